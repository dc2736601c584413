"""Live mutants as values: each takes away one thing of what is played, and leaves the rest as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.errors import LabError
from cluster.lab import Lab
from cluster.manifests import Manifest
from experiments.catalogue import ScenarioFolder
from experiments.compile.experiment import compile_experiment
from experiments.mutants import Live, derive
from experiments.mutants.estimate import estimate
from experiments.mutants.playing import mutated
from experiments.mutants.result import MutantsFile, result
from experiments.play.folder import new_folder
from experiments.play.played import Played
from experiments.play.rendering import put_to_sleep
from experiments.play.source import load
from experiments.record.files import Check, PhaseTime, VerdictFile
from experiments.record.kinds import Phase, RunKind, Verdict

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
STAMPEDE = ScenarioFolder(ROOT / "scenarios" / "cache_stampede")
LAB = Lab.of_checkout(ROOT)
LIVE = {one.name: one for one in derive(load(LAB, STAMPEDE, RunKind.INCIDENT).file) if isinstance(one, Live)}


def changed(name: str) -> tuple[Played, Played]:
    original = load(LAB, STAMPEDE, LIVE[name].kind)
    return original, LIVE[name].change(original)


def test_every_live_row_of_the_table_is_there_for_the_first_scenario() -> None:
    assert {(one.name, one.kind, one.must) for one in LIVE.values()} == {
        ("prometheus-unreachable", RunKind.INCIDENT, Verdict.LAB_ERROR),
        ("traffic-off", RunKind.INCIDENT, Verdict.BASELINE_FAILED),
        ("fault-no-op", RunKind.INCIDENT, Verdict.NO_EFFECT),
        ("out-of-reach.DbPoolNearlyExhausted", RunKind.INCIDENT, Verdict.NOT_DETECTED),
        ("left-out.mitigate.0", RunKind.INCIDENT, Verdict.NOT_FIXED),
        ("left-out.fix.0", RunKind.INCIDENT, Verdict.NOT_FIXED),
        ("no-guard-rail", RunKind.PREVENTION, Verdict.NOT_PREVENTED),
    }


def test_the_fault_that_does_nothing_is_a_step_like_any_other() -> None:
    _, played = changed("fault-no-op")
    method = compile_experiment(played.file)["method"]
    assert isinstance(method, list)
    steps = [one for one in method if isinstance(one, dict) and one["firedrill"] == {"phase": "fault", "inject": True}]
    assert [one["provider"]["module"] for one in steps] == ["experiments.mutants.nothing"]  # type: ignore[call-overload,index]


def test_a_block_that_is_left_out_keeps_its_place() -> None:
    original, played = changed("left-out.mitigate.0")
    differ = [(a, b) for a, b in zip(original.file.blocks, played.file.blocks, strict=True) if a != b]
    assert [(a.kind, b.kind, b.script, b.expect) for a, b in differ] == [("mitigate", "mitigate", "true\n", None)]
    assert len(compile_experiment(played.file)["method"]) == len(compile_experiment(original.file)["method"])  # type: ignore[arg-type]


def test_the_rule_out_of_reach_changes_for_prometheus_alone() -> None:
    original, played = changed("out-of-reach.DbPoolNearlyExhausted")
    assert played.file == original.file
    before, after = (
        {rule["alert"]: rule["expr"] for group in yaml.safe_load(one.rules_yaml)["groups"] for rule in group["rules"]}
        for one in (original, played)
    )
    assert {name for name in before if before[name] != after[name]} == {"DbPoolNearlyExhausted"}
    assert "vector(0) > 1" in after["DbPoolNearlyExhausted"]


@pytest.mark.parametrize(
    ("name", "asleep"),
    [("traffic-off", "shop-clients/locust"), ("prometheus-unreachable", "shop-monitoring/prometheus")],
)
def test_what_is_asleep_is_deployed_without_a_replica(name: str, asleep: str) -> None:
    _, played = changed(name)
    assert played.asleep == (asleep,)
    namespace, _, workload = asleep.partition("/")
    objects: list[Manifest] = [
        {"kind": "Service", "metadata": {"name": workload, "namespace": namespace}, "spec": {}},
        {"kind": "Deployment", "metadata": {"name": workload, "namespace": namespace}, "spec": {"replicas": 1}},
        {"kind": "Deployment", "metadata": {"name": workload, "namespace": "shop"}, "spec": {"replicas": 1}},
    ]
    put_to_sleep(objects, played.asleep)
    assert [one["spec"].get("replicas") for one in objects] == [None, 0, 1]


def test_putting_to_sleep_what_is_not_there_is_an_error() -> None:
    with pytest.raises(LabError, match="shop-clients/locust"):
        put_to_sleep([], ("shop-clients/locust",))


def test_the_guard_rail_is_taken_away_and_the_run_stays_a_prevention() -> None:
    original, played = changed("no-guard-rail")
    assert (original.system, played.system) == ("guardrail", "system")
    assert played.file.kind is RunKind.PREVENTION


def test_a_gate_is_shown_a_change_that_it_has_to_let_through() -> None:
    scenario = ScenarioFolder(ROOT / "scenarios" / "networkpolicy_blocks_scrape")
    original = load(LAB, scenario, RunKind.PREVENTION)
    mutants = {one.name: one for one in derive(original.file) if isinstance(one, Live)}
    assert "no-guard-rail" not in mutants and "harmless-change" not in LIVE
    mutant = mutants["harmless-change"]
    assert (mutant.kind, mutant.must, mutant.earliest) == (RunKind.PREVENTION, Verdict.NOT_PREVENTED, Phase.FAULT)
    method: Any = compile_experiment(mutant.change(original).file)["method"]
    (shown,) = [one["provider"]["arguments"] for one in method if one["provider"].get("func") == "submit"]
    assert shown["tool"] == "validate-network-policy"
    assert [one["manifest"]["kind"] for one in shown["change"]] == ["ConfigMap"]
    assert [one["namespace"] for one in shown["change"]] == ["payments"]


def test_a_live_gate_walks_a_canary_that_it_has_to_let_pass() -> None:
    scenario = ScenarioFolder(ROOT / "scenarios" / "regex_cpu_exhaustion")
    original = load(LAB, scenario, RunKind.SECOND_PREVENTION)
    mutants = {one.name: one for one in derive(load(LAB, scenario, RunKind.INCIDENT).file) if isinstance(one, Live)}
    mutant = mutants["harmless-change.second"]
    assert (mutant.kind, mutant.must, mutant.within_s) == (RunKind.SECOND_PREVENTION, Verdict.NOT_PREVENTED, 180.0)
    method: Any = compile_experiment(mutant.change(original).file)["method"]
    (walk,) = [one["provider"]["arguments"] for one in method if one["provider"].get("func") == "walk"]
    assert [one["manifest"]["metadata"]["name"] for one in walk["change"]] == ["harmless"]


@pytest.mark.parametrize("name", sorted(LIVE))
def test_no_run_of_a_mutant_is_taken_for_one_of_the_scenario(name: str) -> None:
    played = mutated(LAB, STAMPEDE, LIVE[name])
    original = load(LAB, STAMPEDE, LIVE[name].kind)
    assert played.file.content_hash != original.file.content_hash
    assert not played.folder.path.match(f"*-cache-stampede-{LIVE[name].kind.value}")
    assert played.file.run_id == played.folder.path.name
    assert len(played.file.run_id) <= 63


def test_a_name_that_is_too_long_for_a_label_is_cut(tmp_path: Path) -> None:
    lab = replace(LAB, root=tmp_path)
    assert len(new_folder(lab, "scenario", "mutant-" + "x" * 80).path.name) == 63


def verdict(**phases: float) -> VerdictFile:
    times = [PhaseTime(phase=Phase(name), floor_s=0, actual_s=took) for name, took in phases.items()]
    return VerdictFile(
        scenario="s", kind=RunKind.INCIDENT, run_id="r", verdict=Verdict.PASSED, checks=[], phases=times, wall_s=0,
        floor_s=0, overhead_s=0, ratio=None, onset_s=None, detect_s=None, notify_s=None, recover_s=None,
        resolve_s=None, versions={},
    )  # fmt: skip


def test_a_mutant_takes_what_came_before_and_the_deadline_of_the_phase_that_decides() -> None:
    measured = verdict(deploy=20, baseline=30, fault=5, bites=60, detect=9, recover=70, undo=1, cleanup=10)
    file = load(LAB, STAMPEDE, RunKind.INCIDENT).file
    assert estimate(LIVE["fault-no-op"], file, measured) == 20 + 30 + 5 + 1 + 10 + 80
    assert estimate(LIVE["prometheus-unreachable"], file, measured) == 20 + 1 + 10 + 30


def test_a_lab_that_fails_before_the_break_can_matter_has_not_noticed_it() -> None:
    def ended(phase: Phase) -> bool:
        failed = Check(name="c", group=phase, held=None, verdict=Verdict.LAB_ERROR, evidence="e")
        broken = verdict().model_copy(update={"verdict": Verdict.LAB_ERROR, "checks": [failed]})
        return result(LIVE["prometheus-unreachable"], broken, "r", 1.0, None).survived

    assert ended(Phase.DEPLOY)
    assert not ended(Phase.BASELINE)
    assert LIVE["left-out.fix.0"].earliest is Phase.RUNBOOK


def test_an_excuse_covers_a_run_that_passed_and_nothing_else() -> None:
    failed = Check(name="c", group="runbook", held=False, verdict=Verdict.NOT_FIXED, evidence="e")
    killed = verdict().model_copy(update={"verdict": Verdict.NOT_FIXED, "checks": [failed]})
    unasked = killed.model_copy(update={"verdict": Verdict.LAB_ERROR})
    mutant, reason = LIVE["left-out.fix.0"], "the fix comes first anyway"
    results = [result(mutant, one, "r", 1.0, reason) for one in (verdict(), killed, unasked)]
    assert [(one.survived, one.excused) for one in results] == [(True, reason), (False, None), (True, None)]
    record = MutantsFile(scenario="s", content_hash="0", began=0.0, results=results)
    assert record.survivors == results[2:]
    again = record.model_copy(update={"results": [result(mutant, verdict(), "r", 1.0, None)]})
    assert [one.name for one in again.survivors] == ["left-out.fix.0"]
