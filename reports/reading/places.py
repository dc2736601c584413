"""Where a check was written: file and line of the condition, rule or runbook block that it is about."""

from __future__ import annotations

import re

from reports.reading.shapes import Check, ScenarioFile

_BLOCK = re.compile(r"RUNBOOK\.md:\d+\b")
_NOT_YET = "not yet: "
_GROUPS = {
    "baseline": ("healthy",),
    "bites": ("bites", "proof"),
    "runbook": ("mitigated",),
    "recover": ("recovers", "trace", "keeps", "invariants"),
    "fault": ("fault",),
}
"""Which conditions a phase asks about first, since a title may stand in two groups."""
_EVERYWHERE = ("healthy", "bites", "proof", "mitigated", "recovers", "invariants", "trace", "keeps", "fault")


def place(check: Check, scenario: ScenarioFile | None) -> str:
    """`scenarios/cache_stampede/rules.yaml:6`, or an empty text where the check is about no one line.

    Args:
        check: of a verdict; what it is about is told by its name.
        scenario: what was played; None where that is not on record.
    """
    if scenario is None:
        return ""
    block = _BLOCK.match(check.name)
    if block is not None:
        return f"{scenario.folder}/{block[0]}"
    number = _condition(check, scenario)
    if number is not None:
        return f"{scenario.folder}/scenario.py:{number}"
    words = set(re.findall(r"[\w:]+", check.name))
    for rule in scenario.rules:
        if rule.name in words:
            return f"{scenario.folder}/rules.yaml:{rule.line}"
    guarded = scenario.lines.get("prevention") if check.verdict == "not-prevented" else None
    return f"{scenario.folder}/scenario.py:{guarded}" if guarded is not None else ""


def told(check: Check, scenario: ScenarioFile | None) -> str:
    """A check in a line: where it was written, if known; what did not hold; the evidence."""
    return line(place(check, scenario), check.name, check.held, check.evidence)


def line(where: str, name: str, held: bool | None, evidence: str) -> str:
    """A check that did not hold, or could not be asked (None), in a line; a part that is empty is left out."""
    outcome = "could not be asked" if held is None else "did not hold"
    return ": ".join(part for part in (where, f"{name} {outcome}", evidence) if part)


def _condition(check: Check, scenario: ScenarioFile) -> int | None:
    """The line of the condition or step of that title, in the groups that the check's phase asks about first."""
    title = check.name.removeprefix(_NOT_YET)
    first = ("bites", "proof") if title != check.name else _GROUPS.get(check.group, ())
    for group in (*first, *_EVERYWHERE):
        for number, written in enumerate(_titles(scenario, group)):
            at = scenario.lines.get(f"{group}.{number}")
            if written == title and at is not None:
                return at
    return None


def _titles(scenario: ScenarioFile, group: str) -> tuple[str, ...]:
    if group in ("trace", "keeps"):
        guarded = scenario.scenario.prevention
        return guarded.trace if group == "trace" else guarded.keeps
    story = scenario.scenario
    if group == "fault":
        return tuple(step.title for step in story.fault)
    written = {
        "healthy": story.healthy,
        "bites": story.bites,
        "proof": story.proof,
        "mitigated": story.mitigated,
        "recovers": story.recovers,
        "invariants": story.invariants,
    }
    return tuple(condition.title for condition in written[group])
