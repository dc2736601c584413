"""Everything the report's template shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from reports.drill import DrillView, view
from reports.html.blocks import BlockView, blocks
from reports.html.difference import difference
from reports.html.markdown import Story, story
from reports.html.signals import Figure, figures
from reports.meaning import meaning, tone
from reports.reading.lanes import Lane, lanes
from reports.reading.load import Run
from reports.reading.moments import Moments, moments
from reports.reading.phases import PhaseRow, phase_rows, spans
from reports.reading.shapes import Rule
from reports.svg.marks import mark_names, marks
from reports.svg.scale import Axis, time_axis
from reports.svg.timeline import Told, timeline

_TICKS = 12
_MOST_FILES = 200


@dataclass(frozen=True)
class RuleView:
    """A rule with both forms of its expression, what differs marked; `inputs` is None where nobody counted."""

    rule: Rule
    production: Markup
    lab: Markup
    inputs: int | None


@dataclass(frozen=True)
class RawFile:
    """A file of the run folder: its name, its link, its size (bytes)."""

    name: str
    href: str
    size: int


@dataclass(frozen=True)
class Page:
    """What the template shows; whatever the folder lacks is None or empty, and named in `run.gaps`."""

    run: Run
    title: str
    verdict: str
    tone: str
    meaning: str
    moments: Moments | None
    zero: float
    story: Story | None
    names: Markup
    timeline: Markup | None
    lanes: tuple[Lane, ...]
    figures: tuple[Figure, ...]
    blocks: tuple[BlockView, ...]
    phases: tuple[PhaseRow, ...]
    longest_s: float
    rules: tuple[RuleView, ...]
    versions: dict[str, str]
    files: tuple[RawFile, ...]
    drill: DrillView | None
    debrief: Markup | None


def page(run: Run) -> Page:
    """Work out everything that the report of a run shows."""
    when = moments(run)
    found = lanes(run)
    across = time_axis(when.start, when.end, when.zero, _TICKS) if when is not None else None
    phases = phase_rows(run, when.end if when is not None else 0.0)
    verdict = run.verdict.verdict if run.verdict is not None else None
    scenario = run.scenario
    drill = view(run.path) if run.kind == "drill" else None
    return Page(
        run=run,
        title=scenario.scenario.title if scenario is not None else run.name,
        verdict=verdict or "no verdict",
        tone=tone(verdict),
        meaning=meaning(verdict, run.kind),
        moments=when,
        zero=when.zero if when is not None else 0.0,
        story=story(scenario.story) if scenario is not None and scenario.story.strip() else None,
        names=mark_names(marks(when), across) if when is not None and across is not None else Markup(""),
        timeline=_timeline(run, when, across, found) if when is not None and across is not None else None,
        lanes=found,
        figures=figures(run, when, across) if when is not None and across is not None else (),
        blocks=blocks(run),
        phases=phases,
        longest_s=max([0.001, *(s for row in phases for s in (row.floor_s, row.actual_s) if s is not None)]),
        rules=_rules(run),
        versions=dict(run.verdict.versions if run.verdict else scenario.versions if scenario else {}),
        files=tuple(_files(run.path)),
        drill=drill,
        debrief=story(drill.debrief).told if drill is not None and drill.debrief.strip() else None,
    )


def _timeline(run: Run, when: Moments, across: Axis, found: Sequence[Lane]) -> Markup:
    # Silent alerts that stayed silent are told below in one sentence; a lane each would say nothing.
    loud = [lane for lane in found if lane.role != "silent" or not lane.quiet]
    told = Told(spans(run.events, when.end), loud, run.played, marks(when), when.zero)
    return timeline(told, across, "phases, alerts and runbook on one time axis; the table below says the same")


def _rules(run: Run) -> tuple[RuleView, ...]:
    if run.scenario is None:
        return ()
    health = {h.alert: h.inputs for h in run.signals.rule_health} if run.signals is not None else {}
    views = []
    for rule in run.scenario.rules:
        production, lab = difference(rule.production_expr, rule.lab_expr)
        views.append(RuleView(rule, production, lab, health.get(rule.name)))
    return tuple(views)


def _files(path: Path) -> list[RawFile]:
    """The folder's files, without the report itself and what is being written."""
    found = sorted(p for p in path.rglob("*") if p.is_file() and p.name != "report.html" and not p.name.startswith("."))
    names = [(p.relative_to(path).as_posix(), p.stat().st_size) for p in found[:_MOST_FILES]]
    return [RawFile(name, quote(name), size) for name, size in names]
