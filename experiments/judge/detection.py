"""The alerts: which fired, which arrived, and which had to stay silent."""

from __future__ import annotations

import math

from experiments.compile.timing import sure_to_be_sent
from experiments.judge.checks import check, errors
from experiments.judge.evidence import Evidence
from experiments.judge.firing import longest_firing
from experiments.judge.harm import onset
from experiments.model.alerts import Absorbs, Fires
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict


def first_firing(evidence: Evidence, alert: str) -> float | None:
    """The first moment since the fault began at which any label set of the alert was firing."""
    since = evidence.struck
    return min(
        (at for one in evidence.alert(alert) for at, state in one.samples if state == "firing" and at >= since),
        default=None,
    )


def first_delivery(evidence: Evidence, fires: Fires) -> float | None:
    """The first arrival of the alert since the fault began, at its receiver where one is named."""
    since = evidence.struck
    return min(
        (d.at for d in evidence.deliveries(fires.alert, "firing") if d.at >= since and fires.to in (None, d.receiver)),
        default=None,
    )


def detects(evidence: Evidence) -> list[Check]:
    """Each documented alert fired in time and was delivered."""
    checks = errors(evidence, Phase.DETECT)
    for fires in evidence.played.scenario.detects:
        held_back = fires.alert in evidence.played.scenario.held_back
        checks += [_fired(evidence, fires), (_held_back if held_back else delivered)(evidence, fires)]
    return checks


def _fired(evidence: Evidence, fires: Fires) -> Check:
    name, missed = f"{fires.alert} fires", Verdict.NOT_DETECTED
    if evidence.signals is None or evidence.injected is None:
        return check(name, Phase.DETECT, None, missed, "there are no samples")
    at, harm, rule = first_firing(evidence, fires.alert), onset(evidence), evidence.rule(fires.alert)
    if at is None:
        return check(
            name, Phase.DETECT, False, missed, f"never, in {evidence.observed_until - evidence.injected:.0f} s"
        )
    if harm is None or rule is None:
        return check(name, Phase.DETECT, None, missed, "no onset or no rule is on record", at)
    clock = evidence.played.clock
    limit = harm + rule.lab_for_s + rule.window_s + clock.scrape_s + clock.evaluation_s + fires.within
    took = at - evidence.injected
    return check(name, Phase.DETECT, took <= limit, missed, f"{took:.1f} s after injection, limit {limit:.1f} s", at)


def delivered(evidence: Evidence, fires: Fires, missed: Verdict = Verdict.NOT_DETECTED) -> Check:
    """The alert arrived at its receiver, or at any where it names none; else the run is `missed`."""
    name = f"{fires.alert} arrives at {fires.to or 'the pager'}"
    if evidence.notifications is None or evidence.notifications.error:
        reason = evidence.notifications.error if evidence.notifications else None
        return check(name, Phase.DETECT, None, missed, reason or "the pager was not asked")
    at = first_delivery(evidence, fires)
    if at is None:
        others = sorted({d.receiver for d in evidence.deliveries(fires.alert, "firing")})
        text = f"arrived at {', '.join(others)} only" if others else "never"
        return check(name, Phase.DETECT, False, missed, text)
    return check(name, Phase.DETECT, True, missed, f"{at - (evidence.injected or at):.1f} s after injection", at)


def _held_back(evidence: Evidence, fires: Fires) -> Check:
    """Nobody got it, though it fired for longer than a page takes; less would be no sign of an inhibition."""
    name = f"{fires.alert} is held back"
    if evidence.signals is None or evidence.notifications is None or evidence.notifications.error:
        return check(name, Phase.DETECT, None, Verdict.FALSE_ALARM, "the pager was not asked")
    since = evidence.struck
    arrived = [d for d in evidence.deliveries(fires.alert, "firing") if d.at >= since]
    if arrived:
        text = f"arrived at {arrived[0].receiver} {arrived[0].at - (evidence.injected or since):.1f} s after injection"
        return check(name, Phase.DETECT, False, Verdict.FALSE_ALARM, text, arrived[0].at)
    need = sure_to_be_sent(evidence.played.clock)
    lasted = max(
        (longest_firing(one.samples, 2 * evidence.signals.step_s) for one in evidence.alert(fires.alert)), default=0.0
    )
    text = f"fired for {lasted:.1f} s and nobody got it; a page is there within {need:.1f} s"
    return check(name, Phase.DETECT, True if lasted >= need else None, Verdict.FALSE_ALARM, text)


def stays_silent(evidence: Evidence, until: float = math.inf) -> list[Check]:
    """No alert of `silent` fired or arrived at any time since the baseline was steady, up to a moment."""
    silent = evidence.played.scenario.silent
    return [_quiet(evidence, alert, "firing", Verdict.FALSE_ALARM, until) for alert in silent]


def stays_inactive(evidence: Evidence) -> list[Check]:
    """No alert of the scenario was even pending: what a run without the fault must show."""
    return [_quiet(evidence, alert, "pending", Verdict.FALSE_ALARM) for alert in _all(evidence)]


def nobody_is_paged(evidence: Evidence) -> list[Check]:
    """No alert of the scenario fired, and none was delivered: what a guard rail must achieve.

    One that contains the harm pages by itself: those alerts have to arrive, and the fault's own may.
    """
    scenario = evidence.played.scenario
    pages = scenario.prevention.pages if isinstance(scenario.prevention, Absorbs) else ()
    told = [delivered(evidence, Fires(alert=alert), Verdict.NOT_PREVENTED) for alert in pages]
    return [*told, *(_quiet(evidence, alert, "firing", Verdict.NOT_PREVENTED) for alert in scenario.unpaged)]


def _all(evidence: Evidence) -> list[str]:
    scenario = evidence.played.scenario
    return [*(fires.alert for fires in scenario.detects), *scenario.silent]


def _quiet(evidence: Evidence, alert: str, least: str, verdict: Verdict, until: float = math.inf) -> Check:
    name = f"{alert} stays {'silent' if least == 'firing' else 'inactive'}"
    if evidence.signals is None or evidence.signals.error or evidence.notifications is None:
        return check(name, Phase.DETECT, None, verdict, "its samples could not be had")
    if evidence.notifications.error:
        return check(name, Phase.DETECT, None, verdict, evidence.notifications.error)
    start = evidence.steady_from
    counted = [sample for one in evidence.alert(alert) for sample in one.samples if start <= sample[0] <= until]
    seen = [at for at, state in counted if least == "pending" or state == least]
    arrived = [one.at for one in evidence.deliveries(alert, "firing") if start <= one.at <= until]
    text = f"{len(seen)} samples, {len(arrived)} deliveries" if seen or arrived else "never active"
    return check(name, Phase.DETECT, not seen and not arrived, verdict, text, min(seen + arrived, default=None))
