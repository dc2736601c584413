"""Compiling a scenario: valid for Chaos Toolkit, in the order of the design, deadlines from the clocks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chaoslib import substitute
from chaoslib.experiment import ensure_experiment_is_valid
from pydantic import JsonValue

from cluster.errors import UsageError
from experiments.compile import timing
from experiments.compile.activities import literal
from experiments.compile.experiment import compile_experiment
from experiments.drill.options import DrillOptions
from experiments.model.actions import Step
from experiments.model.alerts import absorbs, fires, refused_by, stopped_by
from experiments.model.conditions import holds, sql
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from experiments.model.traffic import locust
from experiments.record.files import AlertClock, RunbookBlock, ScaledRule, ScenarioFile
from experiments.record.kinds import RunKind
from firedrill.faults import cache, config, objects

pytestmark = pytest.mark.unit

PLAYED = [RunKind.INCIDENT, RunKind.NO_FAULT, RunKind.NO_FIX, RunKind.PREVENTION]


def _block(index: int, kind: str) -> RunbookBlock:
    return RunbookBlock.model_validate(
        {"index": index, "section": kind, "kind": kind, "line": 10 * index, "script": "true"}
    )


def _rule(name: str, for_s: float, window_s: float) -> ScaledRule:
    return ScaledRule(
        name=name, line=1, form="exact", production_expr="up == 0", lab_expr="up == 0", production_for_s=60 * for_s,
        lab_for_s=for_s, window_s=window_s, labels={},
    )  # fmt: skip


def _scenario(**changes: object) -> Scenario:
    fields = {
        "title": "Keys expire together",
        "sources": [Source(document="a.txt", first=1, last=2)],
        "namespaces": ["shop"],
        "time_scale": time_scale(60),
        "traffic": locust(rps=100),
        "healthy": [holds("p95", 'sum(x{route=~"/products$"}) < 0.05')],
        "fault": [
            config.roll_out("shop", CACHE_TTL="60"),
            cache.warm("product:", ttl="60s", namespace="shop"),
        ],
        "onset": "75s",
        "bites": [holds("pool", "sum(a) / sum(b) > 0.95"), holds("p95", "sum(x) > 2")],
        "proof": [holds("expired", "sum(e) > 200")],
        "detects": [fires("PoolNearlyExhausted", to="database-oncall"), fires("LatencyAnomaly", within="20s")],
        "silent": ["ApiDown"],
        "mitigated": [holds("no wait", "sum(w) == 0")],
        "recovers": [holds("fast", "sum(x) < 0.2")],
        "recurs": "60s",
        "invariants": [sql("orders", "select 1", equals="1", namespace="shop")],
        "prevention": absorbs(lasts="130s", trace=("sum(t) > 1",)),
    }
    return Scenario.model_validate(fields | changes)


def _file(kind: RunKind = RunKind.INCIDENT, expected_end_s: float | None = None, **changes: object) -> ScenarioFile:
    kinds = ("diagnose", "diagnose", "mitigate", "fix", "verify")
    return ScenarioFile(
        name="cache-stampede",
        kind=kind,
        run_id="r",
        folder="cache_stampede",
        content_hash="0",
        scenario=_scenario(**changes),
        story="",
        runbook="",
        blocks=[_block(n, kind) for n, kind in enumerate(kinds)],
        rules=[_rule("PoolNearlyExhausted", 3, 15), _rule("LatencyAnomaly", 5, 15), _rule("ApiDown", 1, 0)],
        clock=AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5),
        versions={},
        expected_end_s=expected_end_s,
    )


def _method(file: ScenarioFile) -> list[tuple[str, dict[str, Any]]]:
    method: Any = compile_experiment(file)["method"]
    return [(activity["provider"]["func"], activity["provider"]["arguments"]) for activity in method]


@pytest.mark.parametrize("kind", PLAYED)
def test_chaos_toolkit_accepts_the_experiment_after_a_round_trip_through_json(kind: RunKind) -> None:
    experiment = json.loads(json.dumps(compile_experiment(_file(kind))))
    ensure_experiment_is_valid(experiment)
    assert experiment["runtime"]["rollbacks"]["strategy"] == "always"
    assert [a["provider"]["func"] for a in experiment["rollbacks"]] == ["heal"]


def test_an_incident_is_played_in_the_order_of_the_design() -> None:
    assert [function for function, _ in _method(_file())] == [
        "has_held", "rules_are_fed", "inactive", "none_holds", "watchdog_arrived", "load_is_sent",
        "roll_out", "warm",
        "each_held", "rules_reach_back",
        "fires", "fires",
        "run_block", "run_block", "run_block", "all_hold", "run_block",
        "recovered", "run_block", "resolved", "outlasts",
        "all_hold", "all_hold",
    ]  # fmt: skip


def test_bites_and_proof_are_looked_for_together_so_that_a_short_trace_is_not_missed() -> None:
    arguments = dict(_method(_file()))["each_held"]
    assert arguments == {"names": ["bites.0", "bites.1", "proof.0"], "within_s": 75.0}


def test_the_injection_is_marked_at_the_last_step_only() -> None:
    method: Any = compile_experiment(_file())["method"]
    marked = [activity["name"] for activity in method if activity["firedrill"].get("inject")]
    assert marked == ["warm product:* in one pipeline, each for 60 s"]


def test_no_fault_runs_no_step_and_diagnose_blocks_only() -> None:
    method = _method(_file(RunKind.NO_FAULT, expected_end_s=90.0))
    functions = [function for function, _ in method]
    assert "roll_out" not in functions
    assert [arguments["index"] for function, arguments in method if function == "run_block"] == [0, 1]
    assert dict(method)["stay_inactive"]["for_s"] == 150.0
    assert functions.index("stay_inactive") < functions.index("run_block")


def test_no_fix_runs_no_block_and_looks_for_harm_after_the_runbook_would_have_ended() -> None:
    method = _method(_file(RunKind.NO_FIX, expected_end_s=90.0))
    assert "run_block" not in [function for function, _ in method]
    assert dict(method)["harm_after"]["after_s"] == 90.0


def test_no_fix_of_harm_that_ends_by_itself_looks_twice_as_late() -> None:
    method = _method(_file(RunKind.NO_FIX, expected_end_s=90.0, ends_by_itself="the pods come back"))
    assert dict(method)["harm_after"]["after_s"] == 180.0


def test_prevention_watches_the_service_level_since_the_injection_and_its_trace() -> None:
    method = _method(_file(RunKind.PREVENTION))
    watches = [arguments for function, arguments in method if function == "throughout"]
    assert watches[-1] == {"names": ["recovers.0"], "for_s": 130.0}
    assert dict(method)["each_held"]["names"] == ["trace.0"]
    assert method[-2][0] == "nothing_delivered"


def test_a_gate_is_shown_what_the_fault_applies() -> None:
    manifest: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ttl"}}
    fault = [objects.apply(manifest, namespace="shop")]
    gate = refused_by("conftest-gate", "no jitter", arguments=("--live", "{change}"))
    method = _method(_file(RunKind.PREVENTION, prevention=gate, fault=fault))
    assert dict(method)["submit"] == {
        "tool": "conftest-gate",
        "arguments": ["--live", "{change}"],
        "change": [{"namespace": "shop", "manifest": manifest}],
    }
    assert "nothing_delivered" in dict(method) and "apply" not in dict(method)


def test_a_gate_cannot_be_shown_what_is_no_object() -> None:
    with pytest.raises(UsageError, match=r"conftest-gate.*cannot be shown"):
        compile_experiment(_file(RunKind.PREVENTION, prevention=refused_by("conftest-gate", "no jitter")))


def test_a_live_gate_walks_the_canary_where_what_it_keeps_was_there_before() -> None:
    manifest: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ttl"}}
    fault = [objects.apply(manifest, namespace="shop")]
    gate = stopped_by(
        "walker",
        "back",
        arguments=("{prometheus}",),
        keeps=("sum(k) < 1",),
        trace=("sum(t) > 1",),
        silent=("LatencyAnomaly",),
        lasts="70s",
        within="99s",
    )
    file = _file(RunKind.PREVENTION, prevention=gate, fault=fault)
    method = _method(file)
    functions = [function for function, _ in method]
    assert dict(method)["walk"] == {
        "tool": "walker",
        "arguments": ["{prometheus}"],
        "change": [{"namespace": "shop", "manifest": manifest}],
        "suffix": "-canary",
        "within_s": 99.0,
    }
    assert method[0] == ("has_held", {"names": ["healthy.0", "keeps.0"], "for_s": file.scenario.baseline_hold})
    assert functions[functions.index("walk") :][:4] == ["walk", "throughout", "each_held", "nothing_delivered"]
    after = dict(method[functions.index("walk") :])
    assert after["throughout"] == {"names": ["keeps.0"], "for_s": 70.0}
    assert after["each_held"]["names"] == ["trace.0"]
    assert after["nothing_delivered"]["alerts"] == ["LatencyAnomaly", *file.scenario.silent]
    assert "apply" not in functions
    with pytest.raises(UsageError, match=r"walker.*cannot be shown"):
        compile_experiment(_file(RunKind.PREVENTION, prevention=gate))


def test_a_drill_is_compiled_where_somebody_said_how_it_is_played() -> None:
    with pytest.raises(UsageError, match="drill"):
        compile_experiment(_file(RunKind.DRILL))
    options = DrillOptions(limit_s=900, wait_s=(7, 7))
    experiment = compile_experiment(_file(RunKind.DRILL).model_copy(update={"drill": options}))
    ensure_experiment_is_valid(experiment)
    method: Any = experiment["method"]
    own = [one for one in method if one["provider"]["module"] == "experiments.actions.drill"]
    assert [one["provider"]["arguments"] for one in own] == [{"for_s": 7.0}, {"limit_s": 900.0}]
    phases = [one["firedrill"]["phase"] for one in method]
    assert phases.index("fault") == len([one for one in phases if one == "baseline"])
    assert "runbook" not in phases and "detect" not in phases


def test_mitigated_is_checked_after_the_last_mitigate_block_and_left_out_where_nothing_is_declared() -> None:
    assert [f for f, _ in _method(_file(mitigated=[]))].count("all_hold") == 2


def test_an_alert_has_its_windows_clocks_and_allowance_to_be_delivered() -> None:
    file = _file()
    assert timing.delivery_within(file.scenario.detects[1], file.rules, file.clock) == 5 + 15 + 1 + 1 + 1 + 5 + 20


def test_the_expected_end_is_the_measured_one_where_there_is_one() -> None:
    assert timing.expected_end(_file(expected_end_s=81.5)) == 81.5
    assert timing.expected_end(_file()) == 75 + 28 + timing.RUNBOOK_S


def test_dollars_survive_chaos_toolkits_substitution() -> None:
    value: JsonValue = {"expr": 'x{a=~"b$",c="${firedrill_kind}"}', "list": ["$1"], "n": 3}
    assert substitute(literal(value), {"firedrill_kind": "incident"}, {}) == value


def test_a_step_with_arguments_that_its_function_does_not_take_is_refused() -> None:
    wrong = Step(title="x", module="experiments.actions.config", function="roll_out", arguments={"nonsense": 1})
    with pytest.raises(Exception, match=r"nonsense|missing"):
        ensure_experiment_is_valid(compile_experiment(_file(fault=[wrong])))
