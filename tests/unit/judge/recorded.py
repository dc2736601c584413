"""A small incident as a run folder, made by the writer's own models; tests break one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from experiments.model.actions import Step
from experiments.model.alerts import absorbs, fires, inhibits
from experiments.model.conditions import holds
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from experiments.record.files import (
    AlertClock,
    AlertSamples,
    BlockResult,
    CleanupFile,
    ConditionSamples,
    Delivery,
    Event,
    NotificationsFile,
    RuleHealth,
    RunbookBlock,
    ScaledRule,
    ScenarioFile,
    SignalsFile,
)
from experiments.record.folder import RunFolder
from experiments.record.kinds import GUARD_RAILS, Phase, RunKind

# Seconds after the run's start. The fault is injected at 20, bites from 30 to 44, and would return at 70.
INJECTED, BITES, HARM_ENDS, FIXED, RECURS, END = 20.0, 30.0, 44.0, 42.0, 40.0, 90.0

SCENARIO = Scenario(
    title="A queue overflows",
    sources=(Source(document="seed.txt", first=1, last=2),),
    namespaces=("queue",),
    time_scale=time_scale(60),
    healthy=(holds("the queue is short", "q < 10"),),
    fault=(Step(title="break it", module="m", function="f", arguments={}),),
    onset="30s",
    bites=(holds("the queue is full", "q > 90"),),
    proof=(holds("messages were dropped", "d > 0"),),
    detects=(fires("QueueFull", to="queue-oncall"),),
    silent=("ApiDown",),
    mitigated=(holds("the queue drains", "q < 95"),),
    recovers=(holds("the queue is short again", "q < 20"),),
    recurs=RECURS,
    prevention=absorbs(lasts="40s"),
)
HELD_BACK = SCENARIO.model_copy(
    update={
        "detects": (*SCENARIO.detects, fires("ConsumerDown")),
        "inhibitions": (inhibits("QueueFull", "ConsumerDown"),),
    }
)
"""The same incident with a second alert, whose page the first one holds back."""
BLOCKS = [
    RunbookBlock(index=0, section="Diagnosis", kind="diagnose", line=10, script="true", expect="full"),
    RunbookBlock(index=1, section="Mitigation", kind="mitigate", line=20, script="true"),
    RunbookBlock(index=2, section="Fix", kind="fix", line=30, script="true"),
]
RULE = ScaledRule(
    name="QueueFull",
    line=3,
    form="exact",
    production_expr="q > 80",
    lab_expr="q > 80",
    production_for_s=120,
    lab_for_s=2,
    window_s=5,
    labels={},
)


def queue(at: float) -> float:
    """The queue's length over time."""
    return 100.0 if BITES <= at < HARM_ENDS else 5.0


class Recorded:
    """A run in parts; change a part, then `write`."""

    def __init__(self, kind: RunKind = RunKind.INCIDENT, value: Callable[[float], float] = queue) -> None:
        self.value = value
        self.played = ScenarioFile(
            name="queue_overflow",
            kind=kind,
            run_id="r1",
            folder="queue_overflow",
            content_hash="0",
            scenario=SCENARIO,
            story="",
            runbook="",
            blocks=BLOCKS,
            rules=[RULE],
            clock=AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5),
            versions={},
            expected_end_s=25.0,
        )
        self.signals: SignalsFile | None = SignalsFile(
            step_s=1.0,
            start=0.0,
            end=END,
            conditions=[
                self._samples("healthy.0", "healthy", "the queue is short", "<", 10, value),
                self._samples("bites.0", "bites", "the queue is full", ">", 90, value),
                self._samples("proof.0", "proof", "messages were dropped", ">", 0, lambda at: float(value(at) > 90)),
                self._samples("mitigated.0", "mitigated", "the queue drains", "<", 95, lambda at: value(at) * 0.5),
                self._samples("recovers.0", "recovers", "the queue is short again", "<", 20, value),
            ],
            alerts=self._alerts(value),
            rule_health=[RuleHealth(alert="QueueFull", inputs=1), RuleHealth(alert="ApiDown", inputs=2)],
        )
        fired = any(value(at) > 80 for at in range(int(END)))
        self.notifications: NotificationsFile | None = NotificationsFile(
            deliveries=[self.delivery(34.0, "firing"), self.delivery(56.0, "resolved")] if fired else [],
            watchdog_at=5.0,
        )
        self.cleanup: CleanupFile | None = CleanupFile(undone=[], failed=[], differences=[])
        self.blocks = [
            BlockResult(
                index=block.index,
                kind=block.kind,
                started=36.0 + 2 * block.index,
                ended=FIXED - 4 + 2 * block.index,
                exit_code=0,
                expect=block.expect,
                matched=True if block.expect else None,
                output_bytes=4,
                truncated=False,
            )
            for block in BLOCKS
        ]
        self.phases = self._phases(kind)

    def with_held_back(self) -> Recorded:
        """The run of HELD_BACK: the second alert fires as long as the first, and is delivered to nobody."""
        assert self.signals
        self.played = self.played.model_copy(
            update={"scenario": HELD_BACK, "rules": [RULE, RULE.model_copy(update={"name": "ConsumerDown"})]}
        )
        self.signals.alerts += [one.model_copy(update={"alert": "ConsumerDown"}) for one in self.signals.alerts]
        self.signals.rule_health.append(RuleHealth(alert="ConsumerDown", inputs=1))
        return self

    @staticmethod
    def delivery(at: float, status: str, alert: str = "QueueFull", receiver: str = "queue-oncall") -> Delivery:
        """One arrival at the pager."""
        return Delivery.model_validate(
            {"at": at, "receiver": receiver, "status": status, "alert": alert, "labels": {}, "starts_at": 30.0}
        )

    @staticmethod
    def _samples(
        key: str, group: str, title: str, op: str, right: float, value: Callable[[float], float]
    ) -> ConditionSamples:
        moments = [float(at) for at in range(int(END) + 1)]
        return ConditionSamples.model_validate(
            {
                "id": key,
                "group": group,
                "title": title,
                "expr": f"x {op} {right}",
                "op": op,
                "left": [(at, value(at)) for at in moments],
                "right": [(at, float(right)) for at in moments],
            }
        )

    @staticmethod
    def _alerts(value: Callable[[float], float]) -> list[AlertSamples]:
        """Firing from `for` after the threshold until the 5 s window has slid out."""
        harmed = [at for at in range(int(END)) if value(at) > 80]
        if not harmed:
            return []
        states = [(float(at), "firing") for at in range(int(min(harmed)) + 2, int(max(harmed)) + 6)]
        return [AlertSamples.model_validate({"alert": "QueueFull", "labels": {}, "samples": states})]

    def _phases(self, kind: RunKind) -> list[tuple[Phase, float, float]]:
        spans = [(Phase.DEPLOY, 0.0, 8.0), (Phase.BASELINE, 8.0, 19.0)]
        if kind is RunKind.NO_FAULT:
            return [*spans, (Phase.RUNBOOK, 19.0, 20.0), (Phase.RECOVER, 20.0, 86.0), (Phase.CLEANUP, 86.0, END)]
        spans.append((Phase.FAULT, 19.0, INJECTED))
        if kind in GUARD_RAILS:
            return [*spans, (Phase.RECOVER, 20.0, 86.0), (Phase.CLEANUP, 86.0, END)]
        spans += [(Phase.BITES, 20.0, 31.0), (Phase.DETECT, 31.0, 35.0)]
        if kind is RunKind.INCIDENT:
            spans.append((Phase.RUNBOOK, 35.0, 43.0))
        return [*spans, (Phase.RECOVER, 43.0, 86.0), (Phase.UNDO, 86.0, 87.0), (Phase.CLEANUP, 87.0, END)]

    def write(self, path: Path) -> RunFolder:
        """Write the parts that are there."""
        folder = RunFolder(path)
        folder.write("scenario.json", self.played)
        for name, part in (
            ("signals.json", self.signals),
            ("notifications.json", self.notifications),
            ("cleanup.json", self.cleanup),
        ):
            if part is not None:
                folder.write(name, part)
        if self.played.kind in (RunKind.INCIDENT, RunKind.NO_FAULT):
            for block in self.blocks:
                folder.write(f"runbook/{block.index:02d}-{block.kind}.json", block)
        events = []
        for phase, begin, end in self.phases:
            events.append(Event(at=begin, what="phase", phase=phase, mark="begin", title=phase.value))
            events.append(Event(at=end, what="phase", phase=phase, mark="end", title=phase.value, held=True))
        if Phase.FAULT in {phase for phase, _, _ in self.phases}:
            events.append(Event(at=INJECTED, what="inject", phase=Phase.FAULT, title="injected"))
        for event in sorted(events, key=lambda event: event.at):
            folder.append(event)
        return folder
