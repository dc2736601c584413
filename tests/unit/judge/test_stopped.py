"""A live gate that lets the fault reach a canary: what it has to say and to leave behind, and who may be told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from experiments.judge import Evidence, weigh
from experiments.model.alerts import fires, stopped_by
from experiments.model.scenario import Scenario
from experiments.mutants.rejudged import rejudged
from experiments.record.files import AlertSamples, Check, ConditionSamples, Event, RuleHealth, VerdictFile
from experiments.record.kinds import Phase, RunKind, Verdict
from tests.unit.judge.recorded import END, INJECTED, SCENARIO, Recorded

pytestmark = pytest.mark.unit

KEPT, TRACE = "sum(kept) == 1", "sum(burning) > 0"
GATE = stopped_by(
    "walker", "ABORTED: failed checks: 3", "is below", arguments=(), keeps=(KEPT,), trace=(TRACE,), lasts="40s"
)
SAID = "10 %  FAILED  3 of 3: the success rate 0.1 is below 0.99\nABORTED: failed checks: 3; the weight is back at 0\n"
PODS: dict[str, JsonValue] = {"deployment queue/work": [10, 10, 10], "deployment queue/work-canary": [0, 0, 0]}


def samples(key: str, title: str, op: str, right: float, value: Callable[[float], float]) -> ConditionSamples:
    moments = [float(at) for at in range(int(END) + 1)]
    text = {"id": key, "group": key.partition(".")[0], "title": title, "expr": title, "op": op}
    return ConditionSamples.model_validate(
        {**text, "left": [(at, value(at)) for at in moments], "right": [(at, right) for at in moments]}
    )


class Walked:
    """A run that passes: the queue stands at 60, neither full nor short, while the canary has the fault."""

    def __init__(self, gate: Any = GATE) -> None:
        self.run = Recorded(RunKind.PREVENTION, lambda at: 60.0 if at > INJECTED else 5.0)
        detects = (*SCENARIO.detects, fires("Spared"))
        scenario = SCENARIO.model_copy(update={"prevention": gate, "detects": detects})
        self.run.played = self.run.played.model_copy(update={"scenario": scenario})
        assert self.run.signals
        self.run.signals.rule_health.append(RuleHealth(alert="Spared", inputs=1))
        self.detail: dict[str, JsonValue] | None = {
            "gate": "walker",
            "exit_code": 1,
            "output": SAID,
            "changed": [],
            "canary": ["ConfigMap/rules-canary in queue"],
            "pods": PODS,
        }
        self.keep(lambda at: 1.0)
        self.burn(lambda at: float(21 <= at <= 40))

    def keep(self, value: Callable[[float], float]) -> None:
        self._replace(samples("keeps.0", KEPT, "==", 1.0, value))

    def burn(self, value: Callable[[float], float]) -> None:
        self._replace(samples("trace.0", TRACE, ">", 0.0, value))

    def page(self, alert: str) -> None:
        assert self.run.signals and self.run.notifications
        self.run.signals.alerts.append(AlertSamples(alert=alert, labels={}, samples=[(34.0, "firing")]))
        self.run.notifications.deliveries.append(self.run.delivery(35.0, "firing", alert))

    def evidence(self, path: Path) -> Evidence:
        folder = self.run.write(path / "run")
        if self.detail is not None:
            title = "walker walks the canary"
            folder.append(Event(at=19.9, what="step", phase=Phase.FAULT, title=title, detail=self.detail))
        return Evidence.read(folder)

    def judged(self, path: Path) -> VerdictFile:
        return weigh(self.evidence(path))

    def _replace(self, one: ConditionSamples) -> None:
        assert self.run.signals
        others = [other for other in self.run.signals.conditions if other.id != one.id]
        self.run.signals.conditions = [*others, one]


def decided(verdict: VerdictFile) -> tuple[Verdict, str]:
    """The verdict, and the check that it is for."""
    first: Check | None = next((check for check in verdict.checks if not check.held), None)
    return verdict.verdict, first.name if first else ""


STOPS = "walker stops it"


def test_a_canary_that_burnt_and_was_taken_back_is_a_guard_rail(tmp_path: Path) -> None:
    found = Walked().judged(tmp_path)
    assert found.verdict is Verdict.PASSED, [check for check in found.checks if not check.held]
    names = {check.name for check in found.checks}
    assert {STOPS, "nothing reached what serves", "the canary has the fault", KEPT, TRACE} <= names
    assert "every workload has the pods that it had" in names and "the queue is short again" not in names


@pytest.mark.parametrize(
    ("change", "verdict", "check"),
    [
        ({"exit_code": 0}, Verdict.NOT_PREVENTED, STOPS),
        ({"exit_code": 3}, Verdict.NOT_PREVENTED, STOPS),
        ({"exit_code": 2}, Verdict.LAB_ERROR, STOPS),
        ({"exit_code": -9}, Verdict.LAB_ERROR, STOPS),
        ({"exit_code": 143}, Verdict.LAB_ERROR, STOPS),
        ({"exit_code": None}, Verdict.LAB_ERROR, STOPS),
        ({"output": "ABORTED: failed checks: 3"}, Verdict.NOT_PREVENTED, STOPS),
        ({"output": "the success rate 0.1 is below 0.99"}, Verdict.NOT_PREVENTED, STOPS),
        ({"changed": ["ConfigMap/rules in queue"]}, Verdict.NOT_PREVENTED, "nothing reached what serves"),
        ({"changed": None}, Verdict.LAB_ERROR, "nothing reached what serves"),
        ({"pods": PODS | {"d/w": [0, 1, 1]}}, Verdict.NOT_PREVENTED, "every workload has the pods that it had"),
        ({"pods": PODS | {"d/w": [9, 9, 8]}}, Verdict.NOT_PREVENTED, "every workload has the pods that it had"),
        ({"pods": PODS | {"d/w": [9, 8, 8]}}, Verdict.NOT_PREVENTED, "every workload has the pods that it had"),
        ({"pods": None}, Verdict.LAB_ERROR, "every workload has the pods that it had"),
        ({"canary": []}, Verdict.NO_EFFECT, "the canary has the fault"),
        ({"canary": None}, Verdict.LAB_ERROR, "the canary has the fault"),
    ],
)
def test_what_the_gate_leaves_behind_decides(
    change: dict[str, JsonValue], verdict: Verdict, check: str, tmp_path: Path
) -> None:
    walked = Walked()
    walked.detail = {**(walked.detail or {}), **change}
    assert decided(walked.judged(tmp_path)) == (verdict, check)


def test_a_gate_that_never_ran_was_not_tried(tmp_path: Path) -> None:
    walked = Walked()
    walked.detail = None
    assert decided(walked.judged(tmp_path)) == (Verdict.LAB_ERROR, "walker")


def test_what_the_lab_could_not_do_for_the_gate_is_the_labs_failure(tmp_path: Path) -> None:
    walked = Walked()
    walked.detail = None
    folder = walked.run.write(tmp_path)
    late = "The gate walker did not end within 180 s."
    folder.append(Event(at=19.9, what="error", phase=Phase.FAULT, title=late))
    assert decided(weigh(Evidence.read(folder))) == (Verdict.LAB_ERROR, late)


def test_a_canary_that_never_burnt_shows_nothing(tmp_path: Path) -> None:
    walked = Walked()
    walked.burn(lambda at: 0.0)
    assert decided(walked.judged(tmp_path)) == (Verdict.NO_EFFECT, TRACE)


def test_what_was_not_there_before_is_no_news_of_the_gate(tmp_path: Path) -> None:
    walked = Walked()
    walked.keep(lambda at: float(at != 15))
    assert decided(walked.judged(tmp_path)) == (Verdict.BASELINE_FAILED, KEPT)


def test_what_is_not_kept_for_a_moment_is_not_prevented(tmp_path: Path) -> None:
    walked = Walked()
    walked.keep(lambda at: float(at != 50))
    assert decided(walked.judged(tmp_path)) == (Verdict.NOT_PREVENTED, KEPT)


def test_the_harm_itself_is_not_prevented(tmp_path: Path) -> None:
    walked, harmed = Walked(), Recorded(RunKind.PREVENTION)
    assert walked.run.signals and harmed.signals
    bites = [one for one in harmed.signals.conditions if one.group == "bites"]
    walked.run.signals.conditions = [one for one in walked.run.signals.conditions if one.group != "bites"] + bites
    assert decided(walked.judged(tmp_path)) == (Verdict.NOT_PREVENTED, "not yet: the queue is full")


def test_a_watch_that_was_too_short_says_nothing(tmp_path: Path) -> None:
    walked = Walked(GATE.model_copy(update={"lasts": 90.0}))
    found = decided(walked.judged(tmp_path))
    assert found == (Verdict.LAB_ERROR, "watched as long as the guard rail has to hold")


def test_where_none_is_named_nobody_may_be_paged(tmp_path: Path) -> None:
    walked = Walked()
    walked.page("QueueFull")
    assert decided(walked.judged(tmp_path)) == (Verdict.NOT_PREVENTED, "QueueFull stays silent")


@pytest.mark.parametrize(
    ("paged", "found"),
    [
        ("QueueFull", (Verdict.PASSED, "")),
        ("Spared", (Verdict.NOT_PREVENTED, "Spared stays silent")),
        ("ApiDown", (Verdict.NOT_PREVENTED, "ApiDown stays silent")),
    ],
)
def test_a_canarys_harm_may_page_whom_no_outage_does(paged: str, found: tuple[Verdict, str], tmp_path: Path) -> None:
    walked = Walked(GATE.model_copy(update={"silent": ("Spared",)}))
    walked.page(paged)
    assert decided(walked.judged(tmp_path)) == found


def test_each_promise_has_a_mutant_that_dies_of_it(tmp_path: Path) -> None:
    walked = Walked()
    evidence = walked.evidence(tmp_path)
    mutants = {one.name: one for one in rejudged(evidence.played.scenario) if one.kind is RunKind.PREVENTION}
    assert set(mutants) == {
        "let-through.walker",
        "applied-all-the-same.walker",
        "says-otherwise.0",
        "says-otherwise.1",
        "not-put-back.walker",
        "could-not-ask.walker",
        "never-at-the-canary.walker",
        "trace-missing.trace.0",
        "not-kept.keeps.0",
        "two-series.trace.0",
        "two-series.keeps.0",
    }
    for mutant in mutants.values():
        assert weigh(mutant.change(evidence)).verdict is mutant.must, mutant.name


def test_the_walk_is_a_part_of_the_time_that_has_to_be_watched(tmp_path: Path) -> None:
    walked = Walked()
    walked.run.phases = [
        (phase, begin, 50.0 if phase is Phase.FAULT else end) if phase is not Phase.RECOVER else (phase, 50.0, end)
        for phase, begin, end in walked.run.phases
    ]
    floors = {one.phase: one.floor_s for one in walked.judged(tmp_path).phases}
    assert (floors[Phase.FAULT], floors[Phase.RECOVER]) == (30.0, 10.0)


def test_an_alert_that_cannot_fire_is_none_that_a_canary_spares() -> None:
    gate = GATE.model_copy(update={"silent": ("Unknown",)})
    with pytest.raises(ValueError, match=r"Unknown.*no alerts of detects"):
        Scenario.model_validate(SCENARIO.model_dump() | {"prevention": gate})


@pytest.mark.parametrize(("keeps", "trace"), [((), (TRACE,)), ((KEPT,), ())])
def test_who_keeps_nothing_or_shows_nothing_stops_nothing(keeps: tuple[str, ...], trace: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="what it keeps, and by what trace"):
        stopped_by("walker", "no", arguments=(), keeps=keeps, trace=trace)
