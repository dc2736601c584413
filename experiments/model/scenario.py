"""One incident as one typed value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue, model_validator

from cluster.errors import UsageError
from experiments.model.actions import Step
from experiments.model.alerts import Absorbs, Fires, Inhibits, Prevention, StoppedBy
from experiments.model.base import Frozen, Seconds
from experiments.model.cluster import VICTIM, Cluster, Dedicated
from experiments.model.conditions import Condition
from experiments.model.excuse import Excuse
from experiments.model.machines import Machine
from experiments.model.timescale import TimeScale
from experiments.model.traffic import Traffic
from experiments.record.kinds import GUARD_RAILS, RunKind, proved

WATCHTOWER = "-watchtower"
"""How the namespace of a run's watchtower ends."""


class Source(Frozen):
    """Where the story is told: a seed document's file name and its first and last line."""

    document: str
    first: int = Field(ge=1)
    last: int = Field(ge=1)


class Scenario(Frozen):
    """Everything the engine needs to make one incident happen and to judge it.

    Args:
        title: one line, what happens.
        sources: where it is told.
        namespaces: the scenario's own, the first one names its monitoring (`<first>-monitoring`).
        time_scale: how production rules become lab rules.
        traffic: the load, or None.
        healthy: the steady-state hypothesis, each true before the fault.
        baseline_hold: how long `healthy` is watched before the fault (seconds).
        fault: steps in order; the run's injection time is when the last one returned.
        onset: the most that may pass from injection until all of `bites` held (seconds).
        bites: harm; each false at baseline, each true at some moment within `onset`.
        proof: the trace only the real fault leaves; each false at baseline, each true at some moment.
        detects: alerts that must fire and be delivered; the first is the one that recovery waits for.
        inhibitions: Alertmanager's inhibit rules. An alert of `detects` that is the target of one must fire, and nobody
            may get it.
        silent: alerts that must stay inactive in every run.
        mitigated: true after the runbook's mitigate blocks.
        recovers: true after its fix blocks, and throughout `recovery_hold` and `recurs`.
        recovery_hold: how long recovery is watched (seconds).
        recurs: the period after which harm would return, or None.
        ends_by_itself: why the harm ends without the runbook, or None; then recovery has to be twice as fast.
        invariants: true at the end, whatever happened.
        prevention: how the guard rail in `guardrail/` holds.
        second_prevention: how another one holds, in `second-guardrail/`; None for most. It has a run of its own.
        third_prevention: the same once more, in `third-guardrail/`.
        alerts_by: who evaluates the rules: the scenario's Prometheus, or the watchtower outside the blast radius.
        own_monitoring: one of the scenario's namespaces, in which `system/` itself brings the Prometheus that is victim
            (Service `prometheus`, port 9090); only the watchtower is deployed around it then. None: the run makes the
            usual one in `<first>-monitoring`.
        cluster: where `system/` stands and the fault strikes: `shared` is the warm lab, `dedicated(…)` a throw-away
            cluster of the run's own. Monitoring and traffic stay in the lab either way.
        machines: containers beside the nodes, each with a link-local address of its own that the scenario's pods reach.
        smoke: belongs to the short subset.
        excused: the one block of the runbook whose absence need not be noticed, with the reason; None for most.
    """

    title: str
    sources: tuple[Source, ...] = Field(min_length=1)
    namespaces: tuple[str, ...] = Field(min_length=1)
    time_scale: TimeScale
    traffic: Traffic | None = None
    healthy: tuple[Condition, ...] = Field(min_length=1)
    baseline_hold: Seconds = 10.0
    fault: tuple[Step, ...] = Field(min_length=1)
    onset: Seconds = 60.0
    bites: tuple[Condition, ...] = Field(min_length=1)
    proof: tuple[Condition, ...] = Field(min_length=1)
    detects: tuple[Fires, ...] = Field(min_length=1)
    inhibitions: tuple[Inhibits, ...] = ()
    silent: tuple[str, ...] = Field(min_length=1)
    mitigated: tuple[Condition, ...] = ()
    recovers: tuple[Condition, ...] = Field(min_length=1)
    recovery_hold: Seconds = 10.0
    recurs: Seconds | None = None
    ends_by_itself: str | None = None
    invariants: tuple[Condition, ...] = ()
    prevention: Prevention
    second_prevention: Prevention | None = None
    third_prevention: Prevention | None = None
    alerts_by: Literal["prometheus", "watchtower"] = "prometheus"
    own_monitoring: str | None = None
    cluster: Cluster = "shared"
    machines: tuple[Machine, ...] = ()
    smoke: bool = False
    excused: Excuse | None = None

    @model_validator(mode="after")
    def _alerts_are_disjoint(self) -> Scenario:
        both = {f.alert for f in self.detects} & set(self.silent)
        if both:
            raise ValueError(f"{sorted(both)} cannot both fire and stay silent")
        return self

    @model_validator(mode="after")
    def _guard_rails_are_counted(self) -> Scenario:
        if self.third_prevention is not None and self.second_prevention is None:
            raise ValueError("a third_prevention follows a second_prevention, and there is none")
        return self

    @model_validator(mode="after")
    def _who_a_canary_spares_would_fire(self) -> Scenario:
        detected = {fires.alert for fires in self.detects}
        for one in self.preventions.values():
            others = sorted(set(one.silent) - detected) if isinstance(one, StoppedBy) else []
            if others:
                raise ValueError(f"{others} are no alerts of detects; the others stay silent in any case")
        return self

    @model_validator(mode="after")
    def _who_is_held_back_pages_nobody(self) -> Scenario:
        detects = {fires.alert: fires for fires in self.detects}
        for one in self.inhibitions:
            if not {one.source, one.target} <= detects.keys():
                raise ValueError(f"{one.source} holds back {one.target}: both have to be among the alerts of detects")
            if detects[one.target].to is not None or one.source in self.held_back:
                raise ValueError(f"{one.target} is held back by {one.source}, which has to arrive in its place")
        return self

    @model_validator(mode="after")
    def _what_wrecks_has_its_own_cluster(self) -> Scenario:
        wrecking = [step.title for step in self.fault if step.wrecks]
        if wrecking and not isinstance(self.cluster, Dedicated):
            raise ValueError(f"`{wrecking[0]}` may wreck a control plane; declare cluster=dedicated(…)")
        return self

    @model_validator(mode="after")
    def _traffic_reaches_the_cluster(self) -> Scenario:
        if self.traffic and isinstance(self.cluster, Dedicated) and not self.traffic.target.startswith(f"{VICTIM}:"):
            raise ValueError(f"traffic to a dedicated cluster goes to a NodePort of its control plane: {VICTIM}:30080")
        return self

    @model_validator(mode="after")
    def _machines_stand_beside_the_lab(self) -> Scenario:
        if self.machines and self.cluster != "shared":
            raise ValueError("machines stand beside the nodes of the shared lab; a dedicated cluster has none")
        return self

    @model_validator(mode="after")
    def _no_fault_strikes_the_judge(self) -> Scenario:
        struck = [step.title for step in self.fault if self.watchtower in _texts(step.arguments)]
        if struck:
            raise ValueError(f"{struck} would strike {self.watchtower}, which judges; no fault may")
        return self

    @model_validator(mode="after")
    def _its_own_monitoring_is_judged_from_outside(self) -> Scenario:
        if self.own_monitoring is None:
            return self
        if self.own_monitoring not in self.namespaces:
            raise ValueError(f"own_monitoring is {self.own_monitoring!r}, which is none of {list(self.namespaces)}")
        if self.alerts_by != "watchtower" or self.cluster != "shared":
            raise ValueError('a system that brings its own Prometheus needs alerts_by="watchtower" on the shared lab')
        return self

    @property
    def proved(self) -> tuple[RunKind, ...]:
        """The runs that make this scenario trusted."""
        return proved(len(self.preventions))

    @property
    def preventions(self) -> dict[RunKind, Prevention]:
        """How each guard rail holds, by the run that shows it."""
        written = (self.prevention, self.second_prevention, self.third_prevention)
        return {kind: one for kind, one in zip(GUARD_RAILS, written, strict=True) if one is not None}

    def behind(self, kind: RunKind) -> Scenario:
        """The scenario as a run of that kind plays it: behind a further guard rail, that one is *the* guard rail.

        Raises:
            UsageError: the run is of a guard rail that there is not.
        """
        if kind not in GUARD_RAILS:
            return self
        if kind not in self.preventions:
            has = "one guard rail" if len(self.preventions) == 1 else f"{len(self.preventions)} guard rails"
            raise UsageError(f"“{self.title}” has {has}.", f"play RUN={list(self.preventions)[-1]}")
        return self.model_copy(update={"prevention": self.preventions[kind]})

    @property
    def guard_rails(self) -> dict[RunKind, Scenario]:
        """The runs behind a guard rail, each with the scenario as it plays it."""
        return {kind: self.behind(kind) for kind in self.preventions}

    @property
    def held_back(self) -> frozenset[str]:
        """Alerts that fire and page nobody, because another one does."""
        return frozenset(one.target for one in self.inhibitions)

    @property
    def unpaged(self) -> tuple[str, ...]:
        """The alerts that page nobody behind the guard rail: all, unless its smaller harm may page somebody."""
        match self.prevention:
            case Absorbs(pages=pages) if pages:
                return tuple(alert for alert in self.silent if alert not in pages)
            case StoppedBy(silent=spared) if spared:
                return (*spared, *self.silent)
        return (*(fires.alert for fires in self.detects), *self.silent)

    @property
    def monitoring(self) -> str:
        """The namespace of the run's own Prometheus and Alertmanager, or of the Prometheus that the system brings."""
        return self.own_monitoring or f"{self.namespaces[0]}-monitoring"

    @property
    def watchtower(self) -> str:
        """The namespace of the second Prometheus, which judges where the first one is the victim."""
        return f"{self.namespaces[0]}{WATCHTOWER}"

    @property
    def oracle(self) -> str:
        """The namespace of the Prometheus whose samples and alerts the verdict rests on."""
        return self.watchtower if self.alerts_by == "watchtower" else self.monitoring

    @property
    def clients(self) -> str:
        """The namespace the traffic comes from, out of the on-call's reach."""
        return f"{self.namespaces[0]}-clients"


def _texts(value: JsonValue) -> set[str]:
    """Every text in a JSON value, at any depth."""
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for one in inner for text in _texts(one)}
