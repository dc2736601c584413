"""Samples of a sample run, second by second: a stampede 60 s after the injection, and none after the fix."""

from __future__ import annotations

import math
from typing import Literal

from experiments.model.conditions import PromCondition
from experiments.record.files import AlertSamples, ConditionSamples, RuleHealth, SignalsFile
from tests.unit.reports.sample_story import SCENARIO

EPOCH = 1_763_712_000.0
INJECTED = EPOCH + 44
SPIKE = INJECTED + 60
FIXED = EPOCH + 131.4
START, END = EPOCH + 26, EPOCH + 208

Group = Literal["healthy", "bites", "proof", "recovers"]
Pairs = list[tuple[float, float]]


def noise(at: float, size: float) -> float:
    """A wobble that is the same in every run of the tests."""
    return size * (math.sin(at * 1.7) + math.sin(at * 0.61) * 0.6)


def burst(at: float, length: float, tail: float) -> float:
    """0 outside of the spike, 1 within, with an exponential tail (seconds)."""
    if at < SPIKE:
        return 0.0
    return 1.0 if at < SPIKE + length else math.exp(-(at - SPIKE - length) / tail)


def p95(at: float) -> float:
    """The service's p95 (seconds)."""
    return 0.041 + noise(at, 0.003) + 3.9 * burst(at - 1, 11, 1.4) * (0.9 + noise(at, 0.04))


def pool(at: float) -> float:
    """Share of the pool's connections that are in use."""
    return min(1.0, max(0.0, 0.05 + noise(at, 0.02) + 1.1 * burst(at, 9, 2.0)))


def expired(at: float) -> float:
    """Keys that Redis expired within ten seconds."""
    return 300.0 if SPIKE <= at < SPIKE + 10 else 0.0


CURVES = {"histogram_quantile": p95, "sum(db_connections_active)": pool, "sum(increase(redis": expired}


def seconds_of_run() -> list[float]:
    """The moments that were sampled; two scrapes of the pool's exporter were lost during the spike."""
    return [START + second for second in range(int(END - START) + 1)]


def condition(group: Group, position: int, spec: PromCondition, *, fault: bool) -> ConditionSamples:
    """The samples of one PromQL condition."""
    left, op, right = spec.expr.rpartition(" < ") if " < " in spec.expr else spec.expr.rpartition(" > ")
    curve = next(curve for start, curve in CURVES.items() if left.startswith(start))
    moments = [at for at in seconds_of_run() if not SPIKE + 4 <= at <= SPIKE + 5]
    values: Pairs = [(at, round(curve(at if fault else at - 500), 5)) for at in moments]
    return ConditionSamples(
        id=f"{group}.{position}",
        group=group,
        title=spec.title,
        expr=spec.expr,
        op="<" if op == " < " else ">",
        left=values,
        right=[(at, float(right)) for at in moments],
    )


def asked(title: str, moments: list[float]) -> ConditionSamples:
    """A condition that is no PromQL: 1 where it was equal, at the moments it was asked."""
    return ConditionSamples(
        id="invariants.0",
        group="invariants",
        title=title,
        expr="select count(*) from orders where lines = 0",
        op="==",
        left=[(at, 1.0) for at in moments],
        right=[(at, 1.0) for at in moments],
    )


def states(
    alert: str, pending: tuple[float, float], firing: tuple[float, float], labels: dict[str, str]
) -> AlertSamples:
    """An alert's samples, from and until (seconds after the spike)."""
    samples: list[tuple[float, Literal["pending", "firing"]]] = []
    samples += [(SPIKE + s, "pending") for s in range(int(pending[0]), int(pending[1]))]
    samples += [(SPIKE + s, "firing") for s in range(int(firing[0]), int(firing[1]))]
    return AlertSamples(alert=alert, labels=labels, samples=samples)


def signals(*, fault: bool = True) -> SignalsFile:
    """signals.json of a run with or without its fault."""
    groups: list[tuple[Group, tuple[object, ...]]] = [
        ("healthy", SCENARIO.healthy),
        ("bites", SCENARIO.bites),
        ("proof", SCENARIO.proof),
        ("recovers", SCENARIO.recovers),
    ]
    conditions = [
        condition(group, position, spec, fault=fault)
        for group, specs in groups
        for position, spec in enumerate(specs)
        if isinstance(spec, PromCondition)
    ]
    alerts = [
        states("DbPoolNearlyExhausted", (1, 4), (4, 26), {"severity": "warning", "namespace": "shop"}),
        states("LatencyAnomalyDetected", (3, 8), (8, 24), {"severity": "critical"}),
    ]
    return SignalsFile(
        step_s=1.0,
        start=START,
        end=END,
        conditions=[*conditions, asked("orders are complete", [EPOCH + 36, END - 4])],
        alerts=alerts if fault else [],
        rule_health=[RuleHealth(alert="DbPoolNearlyExhausted", inputs=4)],
        sent_rps=[(at, 99.2 + noise(at, 0.5)) for at in seconds_of_run()],
        offered_rps=[(at, 100.0) for at in seconds_of_run()],
    )
