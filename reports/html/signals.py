"""The signals' plots, one for each left side that conditions compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.reading.held import Held, held
from reports.reading.load import Run
from reports.reading.moments import Moments
from reports.reading.shapes import Condition
from reports.reading.sides import sides
from reports.svg.marks import marks
from reports.svg.plot import plot
from reports.svg.scale import Axis
from reports.svg.strip import strip
from reports.units import number, seconds, since

_MOST_TIMES = 3


@dataclass(frozen=True)
class ConditionView:
    """A condition below its plot: what its left side is compared with, and when that held, in words and as a strip."""

    condition: Condition
    compared: str
    summary: str
    strip: Markup | None


@dataclass(frozen=True)
class Figure:
    """A plot (None where there are only yes and no, or no sample) of an expression, with its conditions."""

    expr: str
    plot: Markup | None
    conditions: tuple[ConditionView, ...]


def figures(run: Run, moments: Moments, across: Axis) -> tuple[Figure, ...]:
    """A figure for each signal of a run, in the order of the file, and one for the traffic."""
    if run.signals is None:
        return ()
    signals = run.signals
    together: list[list[Condition]] = []
    for condition in (*signals.conditions, *_traffic(run)):
        same = next((group for group in together if condition.left and group[0].left == condition.left), None)
        if same is not None and _is_promql(run, condition) and _is_promql(run, same[0]):
            same.append(condition)
        else:
            together.append([condition])
    return tuple(_figure(run, group, moments, across, signals.step_s) for group in together)


def _figure(run: Run, group: Sequence[Condition], moments: Moments, across: Axis, step: float) -> Figure:
    views = tuple(_view(run, condition, moments, across, step) for condition in group)
    drawn = None
    if group[0].left and _is_promql(run, group[0]):
        drawn = plot(group, across, moments.zero, marks(moments), step, _described(group[0], moments))
    return Figure(sides(group[0].expr, group[0].op)[0], drawn, views)


def _traffic(run: Run) -> tuple[Condition, ...]:
    if run.signals is None or not run.signals.sent_rps:
        return ()
    return (
        Condition(
            id="traffic",
            group="traffic",
            title="requests sent a second, of those offered",
            expr="",
            op="of",
            left=run.signals.sent_rps,
            right=run.signals.offered_rps,
        ),
    )


def _is_promql(run: Run, condition: Condition) -> bool:
    """Whether its left side is a signal; where scenario.json is missing, whether it took more than two values."""
    if condition.group in ("traffic", "trace", "keeps"):
        return True
    written = getattr(run.scenario.scenario, condition.group, ()) if run.scenario is not None else ()
    position = condition.id.rpartition(".")[2]
    if position.isdigit() and int(position) < len(written):
        return bool(written[int(position)].kind == "promql")
    return len({value for _, value in condition.left}) > 2


def _view(run: Run, condition: Condition, moments: Moments, across: Axis, step: float) -> ConditionView:
    if condition.group == "traffic":
        return ConditionView(condition, "", "", None)
    # What is no PromQL was asked now and then: an answer holds for its moment, drawn wide enough to be seen.
    width = step if _is_promql(run, condition) else max(step, (across.high - across.low) / 100)
    times = held(condition, width)
    summary = _summary(times, moments.zero)
    drawn = strip(times, across, f"when held: {condition.title}", summary) if times else None
    return ConditionView(condition, sides(condition.expr, condition.op)[1], summary, drawn)


def _summary(times: Sequence[Held], zero: float) -> str:
    if not times:
        return "never asked"
    yes = [time for time in times if time.held]
    if not yes:
        return "never held"
    if len(yes) == len(times):
        return "held at every sample"
    if len(yes) > _MOST_TIMES:
        whole = seconds(sum(time.end - time.begin for time in yes))
        return f"held {len(yes)} times, {whole} in all, first {since(yes[0].begin, zero)}"
    return "held " + ", ".join(f"{since(t.begin, zero)} to {since(t.end, zero)}" for t in yes)


def _described(condition: Condition, moments: Moments) -> str:
    values = [(value, at) for at, value in condition.left if value is not None]
    if not values:
        return "no sample"
    (low, _), (high, when) = min(values), max(values)
    return f"from {number(low)} to {number(high)}, highest {since(when, moments.zero)}"
