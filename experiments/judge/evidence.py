"""What a run left behind, read once and put in order for the judge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from experiments.judge.truth import Truth
from experiments.record.drill import FOLDER, Look, Said
from experiments.record.files import (
    AlertSamples,
    BlockResult,
    CleanupFile,
    ConditionSamples,
    Delivery,
    Event,
    NotificationsFile,
    ScaledRule,
    ScenarioFile,
    SignalsFile,
)
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase, RunKind
from experiments.record.lines import read_lines

ACCEPTED = "the fix is accepted"
"""The title of a drill's condition that says so. Where it held, `since` and `until` say when the system was watched to
be well, `declared` when the trainee said so (epoch seconds)."""


@dataclass(frozen=True)
class Span:
    """A phase's begin and end (epoch seconds); `end` None means that it never ended."""

    begin: float
    end: float | None
    held: bool | None


@dataclass(frozen=True)
class Accepted:
    """A drill's accepted fix (epoch seconds).

    Args:
        at: when it was accepted.
        since: from when on the system was well.
        until: to when it was watched.
        declared: when the trainee said that it is fixed.
    """

    at: float
    since: float
    until: float
    declared: float


@dataclass(frozen=True)
class Evidence:
    """One run folder in memory. Missing files are None: the judge says so, it never guesses."""

    played: ScenarioFile
    signals: SignalsFile | None
    notifications: NotificationsFile | None
    cleanup: CleanupFile | None
    events: tuple[Event, ...]
    blocks: tuple[BlockResult, ...]
    said: tuple[Said, ...] = ()
    looks: tuple[Look, ...] = ()

    @classmethod
    def read(cls, folder: RunFolder) -> Evidence:
        """Read a run folder.

        Raises:
            FileNotFoundError: there is no scenario.json, so it is no run folder.
            pydantic.ValidationError: a file is damaged or of another schema version.
            NotRead: a line of a drill's file is damaged, or the file may not be read.
        """
        return cls(
            played=folder.read("scenario.json", ScenarioFile),
            signals=folder.read("signals.json", SignalsFile) if folder.has("signals.json") else None,
            notifications=(
                folder.read("notifications.json", NotificationsFile) if folder.has("notifications.json") else None
            ),
            cleanup=folder.read("cleanup.json", CleanupFile) if folder.has("cleanup.json") else None,
            events=tuple(folder.events()),
            blocks=tuple(folder.blocks()),
            said=read_lines(folder.path / FOLDER / "desk.jsonl", Said).sound(),
            looks=read_lines(folder.path / FOLDER / "looks.jsonl", Look).sound(),
        )

    @cached_property
    def phases(self) -> dict[Phase, Span]:
        """Every phase that began."""
        spans: dict[Phase, Span] = {}
        for event in self.events:
            if event.what != "phase":
                continue
            if event.mark == "begin":
                spans[event.phase] = Span(event.at, None, None)
            elif event.phase in spans:
                spans[event.phase] = Span(spans[event.phase].begin, event.at, event.held)
        return spans

    @cached_property
    def injected(self) -> float | None:
        """The moment the fault's last step had returned."""
        return next((event.at for event in self.events if event.what == "inject"), None)

    @property
    def struck(self) -> float:
        """When the fault's first step began; a fault of several steps may page before the last one has returned.

        0 where no fault was begun.
        """
        span = self.phases.get(Phase.FAULT)
        return span.begin if span is not None else self.injected or 0.0

    @property
    def started(self) -> float:
        """The run's first moment."""
        return self.events[0].at if self.events else 0.0

    @property
    def ended(self) -> float:
        """The run's last moment."""
        return self.events[-1].at if self.events else 0.0

    @property
    def steady_from(self) -> float:
        """Where the baseline's hold begins. Before, the lab deploys: a target is found, a series begins; what is absent
        then is no news of the system."""
        span, until = self.phases.get(Phase.BASELINE), self.steady_until
        if span is None or until is None:
            return self.started
        return max(span.begin, until - self.played.scenario.baseline_hold)

    @property
    def steady_until(self) -> float | None:
        """Where the baseline's hold ends; None where the run never came so far. A drill waits a while after it, and
        what a trainee's browser does to the machine meanwhile is no news of the system."""
        span, waiting = self.phases.get(Phase.BASELINE), self.heard("waiting")
        if span is None or span.end is None:
            return None
        return span.end if waiting is None else min(waiting.at, span.end)

    @property
    def observed_until(self) -> float:
        """The last moment of the watched time: where undo began, or where the samples end."""
        ends = [self.signals.end] if self.signals else []
        if Phase.UNDO in self.phases:
            ends.append(self.phases[Phase.UNDO].begin)
        return min(ends) if ends else self.ended

    def truths(self, group: str) -> list[tuple[ConditionSamples, Truth]]:
        """The conditions of a group with their truth over time."""
        if self.signals is None:
            return []
        step = self.signals.step_s
        return [(c, Truth.of(c, step)) for c in self.signals.conditions if c.group == group]

    def alert(self, name: str) -> list[AlertSamples]:
        """Every label set of an alert that was pending or firing at some time."""
        return [a for a in self.signals.alerts if a.alert == name] if self.signals else []

    def deliveries(self, name: str, status: str) -> list[Delivery]:
        """The arrivals of an alert with a status at the pager, in order."""
        return [d for d in self.notified(name) if d.status == status]

    def notified(self, name: str) -> list[Delivery]:
        """The arrivals of an alert at the pager, in order."""
        deliveries = [] if self.notifications is None else self.notifications.deliveries
        return [d for d in deliveries if d.alert == name]

    def rule(self, alert: str) -> ScaledRule | None:
        """The scaled rule of an alert."""
        return next((rule for rule in self.played.rules if rule.name == alert), None)

    def block_end(self, kind: str) -> float | None:
        """When the last block of a kind ended."""
        return max((block.ended for block in self.blocks if block.kind == kind), default=None)

    @property
    def fixed_at(self) -> float | None:
        """When the runbook's last changing block ended: its last fix, or mitigation where it has no fix.

        In a drill nobody saw the fix itself: it was there when the recovery that was accepted began, and when the
        trainee said so. The earlier of the two is the moment.
        """
        if self.played.kind is RunKind.DRILL:
            return None if self.accepted is None else min(self.accepted.since, self.accepted.declared)
        return self.block_end("fix") or self.block_end("mitigate")

    @property
    def recovered_until(self) -> float | None:
        """Until when the recovery was watched; None where it was not, or not to its end."""
        if self.played.kind is RunKind.DRILL:
            return None if self.accepted is None else self.accepted.until
        span = self.phases.get(Phase.RECOVER)
        return None if span is None else span.end

    @cached_property
    def accepted(self) -> Accepted | None:
        """A drill's accepted fix; None where none was."""
        for event in self.events:
            if event.what == "condition" and event.title == ACCEPTED and event.held:
                since, until, declared = (float(str(event.detail[name])) for name in ("since", "until", "declared"))
                return Accepted(event.at, since, until, declared)
        return None

    def heard(self, what: str) -> Said | None:
        """What a drill's desk said first of a kind; None where it said nothing of it."""
        return next((one for one in self.said if one.what == what), None)
