"""Before the fault: the steady state held, and every oracle was able to answer."""

from __future__ import annotations

from collections import Counter

from experiments.compile.conditions import GROUPS, of_group, steady
from experiments.judge.checks import check, errors, never, reached, throughout
from experiments.judge.evidence import Evidence
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict

# Load that was sent below this share of what was offered says nothing about the system (design, "A scenario folder").
SENT_SHARE = 0.95


def baseline(evidence: Evidence) -> list[Check]:
    """Steady state, silent alerts with input, a pager that answers, and the load that was meant."""
    start, end = evidence.steady_from, evidence.steady_until
    if end is None:
        return [*errors(evidence, Phase.DEPLOY), *errors(evidence, Phase.BASELINE), reached(evidence, Phase.BASELINE)]
    failed = Verdict.BASELINE_FAILED
    return [
        _asked(evidence),
        *_load(evidence, start, end),
        *(
            one
            for group in steady(evidence.played.scenario, evidence.played.kind)
            for one in throughout(evidence.truths(group), start, end, Phase.BASELINE, failed)
        ),
        *never(evidence.truths("bites"), start, end, Phase.BASELINE, failed),
        *never(evidence.truths("proof"), start, end, Phase.BASELINE, failed),
        *_rules(evidence),
        *_inactive(evidence, start, end),
        _watchdog(evidence),
        *errors(evidence, Phase.DEPLOY),
        *errors(evidence, Phase.BASELINE),
    ]


def _asked(evidence: Evidence) -> Check:
    """Samples of every condition of the scenario are on record; a condition nobody asked is not a yes."""
    name = "every condition was asked"
    if evidence.signals is None or evidence.signals.error:
        reason = evidence.signals.error if evidence.signals else None
        return check(name, Phase.BASELINE, None, Verdict.LAB_ERROR, reason or "there is no signals.json")
    scenario = evidence.played.scenario
    asked = Counter(str(condition.group) for condition in evidence.signals.conditions)
    short = [
        f"{group}: {asked[group]} of {len(given)}"
        for group in GROUPS
        if asked[group] < len(given := of_group(scenario, group))
    ]
    return check(name, Phase.BASELINE, None if short else True, Verdict.LAB_ERROR, ", ".join(short) or "all")


def _load(evidence: Evidence, start: float, end: float) -> list[Check]:
    if evidence.played.scenario.traffic is None or evidence.signals is None:
        return []
    offered = [rate for at, rate in evidence.signals.offered_rps if start <= at <= end]
    sent = [rate for at, rate in evidence.signals.sent_rps if start <= at <= end]
    if not sum(offered):
        return [check("there is load", Phase.BASELINE, False, Verdict.BASELINE_FAILED, "no request was offered")]
    share = sum(sent) / sum(offered)
    text = f"{share:.1%} of what was offered was sent"
    return [check("the load was sent", Phase.BASELINE, True if share >= SENT_SHARE else None, Verdict.LAB_ERROR, text)]


def _rules(evidence: Evidence) -> list[Check]:
    if evidence.signals is None:
        return []
    known = {health.alert: health for health in evidence.signals.rule_health}
    scenario = evidence.played.scenario
    checks = []
    detects = [fires.alert for fires in scenario.detects]
    for alert in [*detects, *scenario.silent]:
        health = known.get(alert)
        if health is None:
            checks.append(
                check(f"{alert} can be asked", Phase.BASELINE, None, Verdict.LAB_ERROR, "it was not looked at")
            )
        elif not health.loaded:  # nothing detects without a rule, and the silence of none is for lack of one
            verdict = Verdict.NOT_DETECTED if alert in detects else Verdict.BASELINE_FAILED
            text = "Prometheus has no rule of this name"
            checks.append(check(f"{alert} has a rule", Phase.BASELINE, False, verdict, text))
        elif health.error:
            checks.append(check(f"{alert} evaluates", Phase.BASELINE, None, Verdict.LAB_ERROR, health.error))
        else:
            held = not health.empty and (health.inputs > 0 or not health.needs)
            text = f"no samples of {', '.join(health.empty)}" if health.empty else f"{health.inputs} input series"
            checks.append(check(f"{alert} has input", Phase.BASELINE, held, Verdict.BASELINE_FAILED, text))
    return checks


def _inactive(evidence: Evidence, start: float, end: float) -> list[Check]:
    scenario = evidence.played.scenario
    checks = []
    for alert in [*(f.alert for f in scenario.detects), *scenario.silent]:
        seen = [at for one in evidence.alert(alert) for at, _ in one.samples if start <= at <= end]
        held = not seen if evidence.signals else None
        text = f"active in {len(seen)} samples" if seen else "inactive"
        checks.append(
            check(f"{alert} is inactive", Phase.BASELINE, held, Verdict.BASELINE_FAILED, text, min(seen, default=None))
        )
    return checks


def _watchdog(evidence: Evidence) -> Check:
    name = "the Watchdog arrives at the pager"
    if evidence.notifications is None or evidence.notifications.watchdog_at is None:
        reason = (evidence.notifications.error if evidence.notifications else None) or "it never arrived"
        return check(name, Phase.BASELINE, None, Verdict.LAB_ERROR, reason)
    return check(name, Phase.BASELINE, True, Verdict.LAB_ERROR, "arrived", evidence.notifications.watchdog_at)
