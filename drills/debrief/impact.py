"""What the incident did to the system, as far as the samples tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from drills.score import Drill, ScoreFile
from experiments.record.files import ConditionSamples, SignalsFile
from reports.reading.held import held
from reports.reading.lanes import Lane, lanes
from reports.reading.load import Run
from reports.reading.shapes import Condition


@dataclass(frozen=True)
class Suffered:
    """A condition that did not hold: for how long during the incident (seconds), and the farthest value seen."""

    title: str
    expr: str
    failed_s: float
    worst: float


@dataclass(frozen=True)
class Impact:
    """What it did.

    Args:
        begin, end: of the harm (epoch seconds): the bite, and the mitigation, the recovery or the drill's end.
        ended_by: which of these.
        suffered: the conditions of a healthy system that did not hold meanwhile.
        sent, offered: requests in that time, None where nobody counted.
        alerts: those that fired or arrived.
    """

    begin: float | None
    end: float | None
    ended_by: str
    suffered: tuple[Suffered, ...]
    sent: float | None
    offered: float | None
    alerts: tuple[Lane, ...]

    @property
    def lasted_s(self) -> float | None:
        """How long the harm lasted (seconds); 0 where a clock was set back in between."""
        return None if self.begin is None or self.end is None else max(0.0, self.end - self.begin)


def impact(drill: Drill, score: ScoreFile, run: Run) -> Impact:
    """Work out the impact of a drill's incident.

    Args:
        drill: what the drill left behind.
        score: its score, whose times end the harm.
        run: the same folder as the reports read it.
    """
    bitten = drill.said("bitten") or drill.said("paged")
    begin = bitten.at if bitten is not None else None
    end, ended_by = _end(drill, score)
    alerts = tuple(lane for lane in lanes(run) if not lane.quiet and lane.role != "heartbeat")
    if begin is None or end is None or drill.signals is None:
        return Impact(begin, end, ended_by, (), None, None, alerts)
    signals = drill.signals
    return Impact(
        begin,
        end,
        ended_by,
        suffered=tuple(_suffered(signals, begin, max(begin, end))),
        sent=_sum(signals.sent_rps, begin, end),
        offered=_sum(signals.offered_rps, begin, end),
        alerts=alerts,
    )


def _end(drill: Drill, score: ScoreFile) -> tuple[float | None, str]:
    times = score.times
    if drill.paged is None:
        return drill.ended, "the drill's end"
    if times.mitigate_s is not None and times.mitigate_s != times.fix_s:
        return drill.paged + times.mitigate_s, "the mitigation"
    if times.fix_s is not None:
        return drill.paged + times.fix_s, "the recovery"
    return drill.ended, "the drill's end; the lab healed it"


def _suffered(signals: SignalsFile, begin: float, end: float) -> list[Suffered]:
    found: dict[str, Suffered] = {}
    for group in ("healthy", "recovers"):
        for one in signals.conditions:
            if one.group != group or one.expr in found or len(one.left) < 3:
                continue
            failed = _failed_s(one, signals.step_s, begin, end)
            if failed > 0:
                found[one.expr] = Suffered(one.title, one.expr, failed, _worst(one, begin, end))
    return sorted(found.values(), key=lambda one: -one.failed_s)


def _failed_s(one: ConditionSamples, step: float, begin: float, end: float) -> float:
    shape = Condition.model_validate(one.model_dump(exclude={"error"}))
    return sum(max(0.0, min(time.end, end) - max(time.begin, begin)) for time in held(shape, step) if not time.held)


def _worst(one: ConditionSamples, begin: float, end: float) -> float:
    """The value farthest on the wrong side of the comparison."""
    values = [value for at, value in one.left if begin <= at <= end]
    return min(values) if one.op in (">", ">=") else max(values)


def _sum(rps: list[tuple[float, float]], begin: float, end: float) -> float | None:
    """Requests between two moments, each sample standing for the time to the next one."""
    inside = [(at, value) for at, value in rps if begin <= at <= end]
    if len(inside) < 2:
        return None
    return sum(value * (after - at) for (at, value), (after, _) in pairwise(inside))
