"""The files of a run folder as models. Times are UTC seconds since the epoch, durations are seconds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from experiments.drill.options import DrillOptions
from experiments.model.comparison import Op
from experiments.model.scenario import Scenario
from experiments.record.kinds import Phase, RunKind, Verdict

SCHEMA_VERSION: Literal[1] = 1


class Recorded(BaseModel):
    """Ground of every file: versioned, unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[1] = SCHEMA_VERSION


class Item(BaseModel):
    """Ground of every part of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RunbookBlock(Item):
    """A fenced bash block of RUNBOOK.md, as it was when the run started."""

    index: int
    section: str
    kind: Literal["diagnose", "mitigate", "fix", "verify"]
    line: int
    script: str
    expect: str | None = None
    context: bool = False
    limit_s: float = Field(default=60.0, description="after so many seconds it is killed as a whole")


class ScaledRule(Item):
    """One alert or recording rule, in production and lab form."""

    name: str
    line: int
    form: Literal["exact", "transformed", "unscalable"]
    production_expr: str
    lab_expr: str
    production_for_s: float
    lab_for_s: float
    window_s: float = Field(description="longest range (and subquery) of the lab expression, 0 where there is none")
    labels: dict[str, str]
    note: str = ""


class AlertClock(Item):
    """The clocks that bound an alert's way to the pager, lab values."""

    scrape_s: float
    evaluation_s: float
    group_wait_s: float
    group_interval_s: float
    discovery_s: float = Field(default=0.0, description="between a pod's coming or going and Prometheus' knowing it")


class ScenarioFile(Recorded):
    """scenario.json: what was played, whole, so that the judge needs nothing else."""

    name: str
    kind: RunKind
    run_id: str
    folder: str = Field(description="scenario folder with its pack's name: scenarios/cache_stampede")
    content_hash: str
    scenario: Scenario
    story: str = Field(description="README.md of the scenario, Markdown")
    runbook: str = Field(description="RUNBOOK.md, Markdown")
    blocks: list[RunbookBlock]
    rules: list[ScaledRule]
    clock: AlertClock
    versions: dict[str, str] = Field(description="what played it: engine, lab images, packages, machine")
    lines: dict[str, int] = Field(
        default_factory=dict,
        description="in scenario.py, of each condition, step and prevention: bites.0, fault.1",
    )
    expected_end_s: float | None = Field(
        default=None,
        description="no-fix and no-fault: seconds after injection at which the runbook would have ended",
    )
    drill: DrillOptions | None = Field(default=None, description="how a drill is played; None in every other run")


class ConditionSamples(Item):
    """Every sample of one condition. `left` and `right` are the sides of a PromQL comparison over time; other
    kinds record 1 (equal) and 0 in `left`, 1 in `right`, at the moments they were asked."""

    id: str = Field(description="group and position: bites.0")
    group: Literal["healthy", "bites", "proof", "mitigated", "recovers", "invariants", "trace", "keeps"]
    title: str
    expr: str
    op: Op
    left: list[tuple[float, float]]
    right: list[tuple[float, float]]
    error: str | None = Field(default=None, description="why it could not be asked, at least once")


class AlertSamples(Item):
    """The states of one alert (one label set) over time; a moment without a sample is inactive."""

    alert: str
    labels: dict[str, str]
    samples: list[tuple[float, Literal["pending", "firing"]]]


class RuleHealth(Item):
    """Whether a rule's inputs existed and held samples, and whether its evaluations succeeded, before the fault."""

    alert: str
    inputs: int = Field(description="series that its selectors matched at the end of the baseline")
    needs: bool = Field(default=True, description="whether it can fire only where series exist; absent() needs none")
    loaded: bool = Field(default=True, description="whether Prometheus had a rule of this name at all")
    empty: tuple[str, ...] = Field(default=(), description="selectors that matched none: the alert could not fire")
    error: str | None = Field(default=None, description="why it could not be asked or does not evaluate")


class SignalsFile(Recorded):
    """signals.json: samples of every condition and of ALERTS over the whole run."""

    step_s: float
    start: float
    end: float
    conditions: list[ConditionSamples]
    alerts: list[AlertSamples]
    rule_health: list[RuleHealth] = Field(default_factory=list)
    sent_rps: list[tuple[float, float]] = Field(default_factory=list)
    offered_rps: list[tuple[float, float]] = Field(default_factory=list)
    error: str | None = Field(default=None, description="why the samples could not be had")


class Delivery(Item):
    """One alert of one notification, as the pager received it."""

    at: float
    receiver: str
    status: Literal["firing", "resolved"]
    alert: str
    labels: dict[str, str]
    starts_at: float

    @property
    def series(self) -> tuple[str, str]:
        """Which of an alert's series it is about: each is told of, and resolves, on its own."""
        return self.alert, str(sorted(self.labels.items()))


class NotificationsFile(Recorded):
    """notifications.json: what arrived at the pager for this run, in order of arrival."""

    deliveries: list[Delivery]
    watchdog_at: float | None = Field(default=None, description="the Watchdog's newest arrival before the fault")
    error: str | None = None


class Event(Item):
    """One line of timeline.jsonl. `phase` events come in pairs, `begin` and `end`."""

    at: float
    what: Literal["phase", "inject", "step", "condition", "block", "undo", "note", "error"]
    phase: Phase
    mark: Literal["begin", "end", ""] = ""
    title: str
    held: bool | None = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class BlockResult(Recorded):
    """runbook/NN-kind.json: how one block ended. Its output stands beside it as NN-kind.out."""

    index: int
    kind: Literal["diagnose", "mitigate", "fix", "verify"]
    started: float
    ended: float
    exit_code: int | None = Field(description="None: killed at its limit")
    expect: str | None
    matched: bool | None = Field(description="None where nothing was expected")
    context: bool = False
    output_bytes: int
    truncated: bool


class PhaseTime(Item):
    """One phase's floor and what it took."""

    phase: Phase
    floor_s: float
    actual_s: float


class Check(Item):
    """One thing the judge looked at. `held` None means it could not be asked."""

    name: str
    group: str
    held: bool | None
    verdict: Verdict = Field(description="the verdict it leads to where it does not hold")
    evidence: str
    at: float | None = None


class VerdictFile(Recorded):
    """verdict.json: the judge's answer."""

    scenario: str
    kind: RunKind
    run_id: str
    verdict: Verdict
    checks: list[Check]
    phases: list[PhaseTime]
    wall_s: float
    floor_s: float
    overhead_s: float
    ratio: float | None
    onset_s: float | None
    detect_s: float | None = Field(description="first firing minus injection")
    notify_s: float | None = Field(description="first delivery minus injection")
    recover_s: float | None = Field(description="recovery held minus last fix block's end")
    resolve_s: float | None = Field(description="resolved delivered minus last fix block's end")
    versions: dict[str, str]


class CleanupFile(Recorded):
    """cleanup.json: what undo did, every difference from the snapshot, what was kept, and the commands that show it."""

    undone: list[str]
    failed: list[str]
    differences: list[str]
    standing: list[str] = []
    look: list[str] = []
    kept: bool = False
    interrupted: bool = False
