"""postmortem.md: a draft with everything that was measured, and the rest as questions.

Its parts are those of the catalogue's template (tool 41): situation, task, action, result, timeline, root cause, impact
figures, what worked, wrong turns, prevention, key learnings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from pydantic import ValidationError

from drills.debrief.escaping import cell, code, quoted, section
from drills.debrief.impact import Impact, impact
from drills.score import Drill, ScoreFile, Times
from drills.score.conduct import refusals
from experiments.record.files import ScenarioFile
from experiments.record.folder import RunFolder
from reports import units
from reports.drill.load import load_drill
from reports.drill.told import Told, told
from reports.reading.load import load

NAME = "postmortem.md"


@dataclass(frozen=True)
class _Ran:
    """A command as the draft tells it."""

    after: str
    command: str
    exit_code: int


def draft(folder: RunFolder, drill: Drill, score: ScoreFile) -> str:
    """The draft as Markdown, without secrets.

    Args:
        folder: the drill's run folder.
        drill: what the drill left behind.
        score: its score.
    """
    run = load(folder.path)
    hurt = impact(drill, score, run)
    zero = drill.paged if drill.paged is not None else drill.desk[0].at if drill.desk else 0.0
    ran = [_Ran(units.since(one.at, zero), one.command, one.exit_code) for one in drill.commands]
    return _template(folder.redaction.text).render(
        title=drill.card.title,
        drill={"card": drill.card, "commands": ran},
        score=score,
        than=score.reference or Times(),
        verdict=drill.verdict.verdict.value if drill.verdict is not None else "",
        severity=next((m.text for m in reversed(drill.played) if m.what == "severity"), "not set"),
        impact=hurt,
        begin=hurt.begin if hurt.begin is not None else zero,
        zero=zero,
        harm_to_page=_harm_to_page(drill),
        timeline=_timeline(folder, drill, hurt),
        cause=next((cause.text for cause in drill.card.causes if cause.true), ""),
        worked=list(_worked(drill, score)),
        wrong=_wrong(drill),
        prevention=section(_runbook(folder), "Prevention"),
    )


def _harm_to_page(drill: Drill) -> float | None:
    bitten = drill.said("bitten")
    if bitten is None or drill.paged is None:
        return None
    return max(0.0, drill.paged - bitten.at)


def _timeline(folder: RunFolder, drill: Drill, hurt: Impact) -> list[Told]:
    """Desk, moves, commands and alerts in one order; nothing where nobody was paged."""
    zero = drill.paged
    if zero is None:
        return []
    found = list(told(load_drill(folder.path)))
    for one in drill.commands:
        ended = f"ended with {one.exit_code}" if one.exit_code else "ran"
        found.append(Told(one.at - zero, drill.card.player, ended, one.command))
    for lane in hurt.alerts:
        found += [Told(d.at - zero, "pager", f"{d.alert} {d.status}, at {d.receiver}") for d in lane.deliveries]
    return sorted(found, key=lambda one: one.after)


def _worked(drill: Drill, score: ScoreFile) -> Iterator[str]:
    """What earned all of its points, and what held at the end."""
    for line in score.lines:
        if line.points == line.out_of:
            yield f"{line.title}: all {line.out_of} points"
    right = sum(1 for one in drill.commands if one.exit_code == 0)
    if right:
        yield f"{right} of {len(drill.commands)} commands did what they were asked to"


def _wrong(drill: Drill) -> list[str]:
    """Refused fixes, wrong causes, failed commands, in the order of the clock."""
    zero = drill.paged or 0.0
    found = [
        (one.at, f"a declared fix was refused: {'; '.join(one.reasons) or one.text or 'no reason is on record'}")
        for one in refusals(drill)
    ]
    causes = {str(cause.id): cause for cause in drill.card.causes}
    for move in drill.played:
        cause = causes.get(move.text.strip()) if move.what == "diagnosis" else None
        if cause is not None and not cause.true:
            found.append((move.at, f"taken for the cause: {cause.text}"))
    found += [(c.at, f"ended with {c.exit_code}: {c.command}") for c in drill.commands if c.exit_code]
    return [f"{units.since(at, zero)}: {text}" for at, text in sorted(found)]


def _runbook(folder: RunFolder) -> str:
    try:
        return folder.read("scenario.json", ScenarioFile).runbook
    except (FileNotFoundError, ValidationError):
        return ""  # the draft does without; the report names the file that is missing


def _template(redacted: Callable[[str], str]) -> Template:
    """The template; secrets are taken out of a text before its signs are escaped, which would hide them."""
    made = Environment(
        loader=PackageLoader("drills.debrief"),
        autoescape=False,  # noqa: S701  it is Markdown: every text goes through a filter of `escaping`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "cell": lambda text: cell(redacted(str(text))),
        "code": lambda text: code(redacted(text)),
        "quoted": lambda text: quoted(redacted(text)),
        "seconds": units.seconds,
        "since": units.since,
        "clock": units.clock,
        "number": units.number,
        "count": lambda value: f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
    }
    return made.get_template("postmortem.md.j2")
