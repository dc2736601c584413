"""What the reports read of a run folder's files. Times are UTC seconds since the epoch, durations are seconds.

A reader's view: fields the reports do not show are ignored, words (verdicts, phases, groups) stay text, so that a
report of a newer lab's run is still legible. A sample whose value is null was NaN or infinite when it was recorded.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

SCHEMA_VERSION = 1

Moment = Annotated[float, Field(ge=0, lt=253_402_300_800)]
"""UTC seconds since the epoch, before the year 10000: whatever lies outside of that is damage."""
Samples = tuple[tuple[Moment, float | None], ...]


class Shape(BaseModel):
    """Ground of everything that is read: frozen, unknown fields ignored, every number finite."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Named(Shape):
    """A condition of a scenario as far as a report needs it: its kind and title."""

    kind: str
    title: str


class Titled(Shape):
    """A step of the fault."""

    title: str


class Guarded(Shape):
    """How the guard rail holds, as far as a report needs it: the fault's trace, and what it keeps."""

    trace: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


class Expected(Shape):
    """An alert that has to fire, and the receiver it has to arrive at."""

    alert: str
    to: str | None = None


class Factor(Shape):
    """By how much production rules were sped up."""

    factor: float


class Load(Shape):
    """The load that was offered, in requests a second."""

    rps: float
    target: str


class Excused(Shape):
    """A block whose absence no check notices, `fix.0`, and why that is right."""

    block: str
    reason: str


class Inhibition(Shape):
    """While alert `source` fires, Alertmanager holds back the pages of alert `target`."""

    source: str
    target: str


class Scenario(Shape):
    """What the author wrote."""

    title: str
    namespaces: tuple[str, ...] = ()
    time_scale: Factor | None = None
    traffic: Load | None = None
    detects: tuple[Expected, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    silent: tuple[str, ...] = ()
    fault: tuple[Titled, ...] = ()
    prevention: Guarded = Guarded()
    healthy: tuple[Named, ...] = ()
    bites: tuple[Named, ...] = ()
    proof: tuple[Named, ...] = ()
    mitigated: tuple[Named, ...] = ()
    recovers: tuple[Named, ...] = ()
    invariants: tuple[Named, ...] = ()
    excused: Excused | None = None


class Block(Shape):
    """A fenced bash block of the runbook."""

    index: int
    section: str
    kind: str
    line: int
    script: str
    expect: str | None = None
    context: bool = False


class Rule(Shape):
    """A rule in production and lab form."""

    name: str
    line: int
    form: str
    production_expr: str
    lab_expr: str
    production_for_s: float
    lab_for_s: float
    window_s: float = 0.0
    labels: dict[str, str] = Field(default_factory=dict)
    note: str = ""


class Clock(Shape):
    """The lab's clocks on an alert's way to the pager (seconds)."""

    scrape_s: float
    evaluation_s: float
    group_wait_s: float
    group_interval_s: float


class ScenarioFile(Shape):
    """scenario.json."""

    name: str
    kind: str
    run_id: str
    folder: str = ""
    content_hash: str
    scenario: Scenario
    story: str = ""
    blocks: tuple[Block, ...] = ()
    rules: tuple[Rule, ...] = ()
    clock: Clock | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    lines: dict[str, int] = Field(default_factory=dict)


class Condition(Shape):
    """The samples of a condition's two sides."""

    id: str
    group: str
    title: str
    expr: str
    op: str
    left: Samples
    right: Samples
    error: str | None = None


class Alert(Shape):
    """The states of one label set of an alert; a moment without a sample is inactive."""

    alert: str
    labels: dict[str, str] = Field(default_factory=dict)
    samples: tuple[tuple[Moment, str], ...]


class RuleHealth(Shape):
    """Whether a rule had series to look at before the fault."""

    alert: str
    inputs: int
    error: str | None = None


class SignalsFile(Shape):
    """signals.json."""

    step_s: float = Field(gt=0)
    start: Moment
    end: Moment
    conditions: tuple[Condition, ...] = ()
    alerts: tuple[Alert, ...] = ()
    rule_health: tuple[RuleHealth, ...] = ()
    sent_rps: Samples = ()
    offered_rps: Samples = ()
    error: str | None = None


class Delivery(Shape):
    """One alert of one notification at the pager."""

    at: Moment
    receiver: str
    status: str
    alert: str
    labels: dict[str, str] = Field(default_factory=dict)


class NotificationsFile(Shape):
    """notifications.json."""

    deliveries: tuple[Delivery, ...] = ()
    error: str | None = None


class Event(Shape):
    """One line of timeline.jsonl."""

    at: Moment
    what: str
    phase: str
    mark: str = ""
    title: str
    held: bool | None = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class BlockResult(Shape):
    """runbook/NN-kind.json; an exit code of None means that the block was killed at its limit."""

    index: int
    kind: str
    started: Moment
    ended: Moment
    exit_code: int | None
    expect: str | None = None
    matched: bool | None = None
    context: bool = False
    output_bytes: int = 0
    truncated: bool = False


class PhaseTime(Shape):
    """One phase's floor and what it took."""

    phase: str
    floor_s: float
    actual_s: float


class Check(Shape):
    """One thing the judge looked at; `held` None means that it could not be asked."""

    name: str
    group: str
    held: bool | None
    verdict: str
    evidence: str = ""
    at: Moment | None = None


class VerdictFile(Shape):
    """verdict.json."""

    scenario: str
    kind: str
    run_id: str
    verdict: str
    checks: tuple[Check, ...] = ()
    phases: tuple[PhaseTime, ...] = ()
    wall_s: float
    floor_s: float
    overhead_s: float
    ratio: float | None = None
    onset_s: float | None = None
    detect_s: float | None = None
    notify_s: float | None = None
    recover_s: float | None = None
    resolve_s: float | None = None
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def broken(self) -> tuple[Check, ...]:
        """The checks that did not hold or could not be asked; those that led to the verdict first."""
        return tuple(sorted((c for c in self.checks if c.held is not True), key=lambda c: c.verdict != self.verdict))


class CleanupFile(Shape):
    """cleanup.json."""

    undone: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    kept: bool = False
    interrupted: bool = False
