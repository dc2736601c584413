"""The moments of a run that everything else is told by."""

from __future__ import annotations

from dataclasses import dataclass

from reports.reading.load import Run


@dataclass(frozen=True)
class Moments:
    """When things happened (epoch seconds); None where they did not, or nobody saw it.

    Args:
        start: first and
        end: last moment that any file knows of.
        zero: what times are told from: the injection, else the start.
        injected: the fault's last step returned.
        firing: the first expected alert fired.
        delivered: the first expected alert arrived at the pager.
        fixed: the last fix block ended.
        recovered: recovery had held.
        resolved: the alert that recovery waits for arrived as resolved.
    """

    start: float
    end: float
    zero: float
    injected: float | None = None
    firing: float | None = None
    delivered: float | None = None
    fixed: float | None = None
    recovered: float | None = None
    resolved: float | None = None


def moments(run: Run) -> Moments | None:
    """The moments of a run, or None where no file holds a single time.

    The judge's figures come first; where there is no verdict yet, what the raw files show. Recovery is the judge's
    to say: without a verdict nobody recovered.
    """
    known = _known(run)
    if not known:
        return None
    injected = max((event.at for event in run.events if event.what == "inject"), default=None)
    fixed = max((p.result.ended for p in run.played if p.result.kind == "fix"), default=None)
    verdict = run.verdict
    return Moments(
        start=min(known),
        end=max(known),
        zero=injected if injected is not None else min(known),
        injected=injected,
        firing=_after(injected, verdict.detect_s) if verdict else _first_firing(run, injected),
        delivered=_after(injected, verdict.notify_s) if verdict else _first_delivery(run, injected),
        fixed=fixed,
        recovered=_after(fixed, verdict.recover_s) if verdict else None,
        resolved=_after(fixed, verdict.resolve_s) if verdict else None,
    )


def _after(origin: float | None, delay: float | None) -> float | None:
    return None if origin is None or delay is None else origin + delay


def _known(run: Run) -> list[float]:
    times = [event.at for event in run.events]
    times += [at for p in run.played for at in (p.result.started, p.result.ended)]
    if run.signals is not None:
        times += [run.signals.start, run.signals.end]
    if run.notifications is not None:
        times += [delivery.at for delivery in run.notifications.deliveries]
    return times


def _expected(run: Run, alert: str) -> bool:
    return run.scenario is None or any(alert == expected.alert for expected in run.scenario.scenario.detects)


def _first_firing(run: Run, since: float | None) -> float | None:
    series = run.signals.alerts if run.signals is not None and since is not None else ()
    times = (at for one in series if _expected(run, one.alert) for at, state in one.samples if state == "firing")
    return min((at for at in times if since is not None and at >= since), default=None)


def _first_delivery(run: Run, since: float | None) -> float | None:
    arrived = run.notifications.deliveries if run.notifications is not None and since is not None else ()
    times = (d.at for d in arrived if d.status == "firing" and _expected(run, d.alert))
    return min((at for at in times if since is not None and at >= since), default=None)
