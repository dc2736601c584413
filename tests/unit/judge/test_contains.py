"""A guard rail that trades the harm for a smaller one: what it keeps, whom it tells, and what nobody may be told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.compile.experiment import compile_experiment
from experiments.judge import Evidence, weigh
from experiments.model.alerts import contains
from experiments.mutants.rejudged import rejudged
from experiments.record.files import AlertSamples, ConditionSamples, RuleHealth
from experiments.record.kinds import RunKind, Verdict
from tests.unit.judge.recorded import END, INJECTED, SCENARIO, Recorded

pytestmark = pytest.mark.unit

KEPT = "sum(kept) == 1"
CONTAINED = SCENARIO.model_copy(
    update={"silent": ("ApiDown", "Refused"), "prevention": contains(lasts="40s", keeps=(KEPT,), pages=("Refused",))}
)
MUTANTS = {one.name: one for one in rejudged(CONTAINED) if one.kind is RunKind.PREVENTION}


def samples(key: str, value: Callable[[float], float]) -> ConditionSamples:
    moments = [float(at) for at in range(int(END) + 1)]
    group = key.partition(".")[0]
    text = {"id": key, "group": group, "title": KEPT, "expr": KEPT, "op": "=="}
    return ConditionSamples.model_validate(
        {**text, "left": [(at, value(at)) for at in moments], "right": [(at, 1.0) for at in moments]}
    )


def contained() -> Recorded:
    """The queue stands at 60, neither full nor short: the smaller harm. Its own alert fires and is delivered."""
    run = Recorded(RunKind.PREVENTION, lambda at: 60.0 if at > INJECTED else 5.0)
    run.played = run.played.model_copy(update={"scenario": CONTAINED})
    assert run.signals and run.notifications
    run.signals.conditions.append(samples("keeps.0", lambda at: 1.0))
    run.signals.rule_health.append(RuleHealth(alert="Refused", inputs=1))
    for alert in ("QueueFull", "Refused"):
        run.signals.alerts.append(AlertSamples(alert=alert, labels={}, samples=[(34.0, "firing")]))
        run.notifications.deliveries.append(run.delivery(35.0, "firing", alert))
    return run


def verdict(run: Recorded, path: Path) -> Verdict:
    return weigh(Evidence.read(run.write(path / "run"))).verdict


def test_the_smaller_harm_and_the_faults_own_alert_are_no_failure(tmp_path: Path) -> None:
    found = weigh(Evidence.read(contained().write(tmp_path)))
    assert found.verdict is Verdict.PASSED, [check for check in found.checks if not check.held]
    names = {check.name for check in found.checks}
    assert {KEPT, "Refused arrives at the pager", "ApiDown stays silent"} <= names
    assert not names & {"the queue is short again", "QueueFull stays silent", "Refused stays silent"}


def test_what_is_not_kept_for_a_moment_is_not_prevented(tmp_path: Path) -> None:
    run = contained()
    assert run.signals
    run.signals.conditions[-1] = samples("keeps.0", lambda at: float(at != 50))
    assert verdict(run, tmp_path) is Verdict.NOT_PREVENTED


def test_the_harm_itself_is_not_prevented(tmp_path: Path) -> None:
    run = contained()
    harmed = Recorded(RunKind.PREVENTION)
    assert run.signals and harmed.signals
    bites = [one for one in harmed.signals.conditions if one.group == "bites"]
    run.signals.conditions = [one for one in run.signals.conditions if one.group != "bites"] + bites
    assert verdict(run, tmp_path) is Verdict.NOT_PREVENTED


def test_an_outage_that_nobody_is_told_of_is_not_prevented(tmp_path: Path) -> None:
    run = contained()
    assert run.notifications
    run.notifications.deliveries = [one for one in run.notifications.deliveries if one.alert != "Refused"]
    assert verdict(run, tmp_path) is Verdict.NOT_PREVENTED


def test_a_silent_alert_that_it_does_not_page_stays_silent(tmp_path: Path) -> None:
    run = contained()
    assert run.notifications
    run.notifications.deliveries.append(run.delivery(40.0, "firing", "ApiDown"))
    assert verdict(run, tmp_path) is Verdict.NOT_PREVENTED


def test_each_promise_has_a_mutant_that_dies_of_it(tmp_path: Path) -> None:
    assert set(MUTANTS) == {"not-kept.keeps.0", "nobody-told.Refused", "two-series.keeps.0"}
    evidence = Evidence.read(contained().write(tmp_path))
    for mutant in MUTANTS.values():
        assert weigh(mutant.change(evidence)).verdict is mutant.must


def test_the_run_asks_what_is_kept_and_waits_for_the_page() -> None:
    method: Any = compile_experiment(contained().played)["method"]
    asked = {one["provider"]["func"]: one["provider"]["arguments"] for one in method}
    assert asked["throughout"]["names"] == ["keeps.0"]
    assert asked["fires"]["alert"] == "Refused"
    assert asked["nothing_delivered"]["alerts"] == ["ApiDown"]


@pytest.mark.parametrize(("keeps", "pages"), [((), ("Refused",)), ((KEPT,), ())])
def test_who_keeps_nothing_or_tells_nobody_contains_nothing(keeps: tuple[str, ...], pages: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="what it keeps and whom it pages"):
        contains(keeps=keeps, pages=pages)
