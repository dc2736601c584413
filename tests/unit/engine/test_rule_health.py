"""What keeps an alert from ever firing is said by name, and is no fault of the oracle unless it cannot evaluate."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import OracleUnavailable
from experiments.model.alerts import fires
from experiments.play import session as sessions
from experiments.play.played import Configuration
from experiments.play.recorder import Recorder
from experiments.play.session import Session
from experiments.probes import baseline
from experiments.record.files import RuleHealth
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit

FED = RuleHealth(alert="QueueFull", inputs=2)
EMPTY = RuleHealth(alert="ApiDown", inputs=1, empty=('up{job="api"}',))
GONE = RuleHealth(alert="ApiDown", inputs=0, loaded=False)
BROKEN = RuleHealth(alert="ApiDown", inputs=1, error="health err many-to-many")


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (EMPTY, 'ApiDown: no samples of up{job="api"}'),
        (GONE, "ApiDown: Prometheus has no rule of this name"),
        (BROKEN, "ApiDown: health err many-to-many"),
    ],
)
def test_what_starves_is_named(health: RuleHealth, words: str) -> None:
    assert baseline.starving([FED, health]) == [words]
    assert baseline.starving([FED]) == []


@pytest.mark.parametrize(
    ("health", "raised"), [(EMPTY, ActivityFailed), (GONE, ActivityFailed), (BROKEN, OracleUnavailable)]
)
def test_only_a_rule_that_does_not_evaluate_could_not_be_asked(
    health: RuleHealth, raised: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path / "run")
    open_run = SimpleNamespace(folder=folder, recorder=Recorder(folder), rule_health={}, failed=None)
    configuration: Configuration = {}
    sessions.register(configuration, cast(Session, open_run))
    monkeypatch.setattr(baseline, "rule_health", lambda session, alerts, past: [FED, health])
    monkeypatch.setattr(baseline, "WITHIN_S", 0.0)
    with pytest.raises(raised, match="ApiDown"):
        baseline.rules_are_fed(["QueueFull", "ApiDown"], configuration)
    sessions.forget(cast(Session, open_run))
    assert open_run.rule_health == {"QueueFull": FED, "ApiDown": health}


def test_series_that_the_incident_brings_into_being_are_not_asked_for_before(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = 'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1'
    rule = SimpleNamespace(name="Killed", lab_expr=f"{killed} and on () up")
    answers = SimpleNamespace(prometheus=SimpleNamespace(vector=lambda asked: [asked] if asked == "up{}" else []))

    def health(*begins: str) -> RuleHealth:
        scenario = SimpleNamespace(detects=(fires("Killed", begins=begins),), oracle="shop-watchtower")
        played = SimpleNamespace(rules=[rule], scenario=scenario)
        open_run = cast(Session, SimpleNamespace(file=played, sources=SimpleNamespace(proxy=None, **vars(answers))))
        return baseline.rule_health(open_run, ["Killed"], past=False)[0]

    loaded = {"Killed": SimpleNamespace(health="ok", last_error="")}
    monkeypatch.setattr(baseline, "evaluated_rules", lambda proxy, oracle: loaded)
    assert health().empty == ('kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}',)
    assert health("kube_pod_container_status_last_terminated_reason") == RuleHealth(alert="Killed", inputs=1)


def test_what_a_rule_reads_of_the_present_may_be_gone_after_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = SimpleNamespace(name="Dark", lab_expr="count(up) < 4 or count(up) < count(up offset 30s)")
    asked: list[str] = []

    def vector(selector: str) -> list[str]:
        asked.append(selector)
        return [selector] if "offset" in selector else []

    played = SimpleNamespace(rules=[rule], scenario=SimpleNamespace(detects=(), oracle="shop-monitoring"))
    sources = SimpleNamespace(proxy=None, prometheus=SimpleNamespace(vector=vector))
    open_run = cast(Session, SimpleNamespace(file=played, sources=sources))
    loaded = {"Dark": SimpleNamespace(health="ok", last_error="")}
    monkeypatch.setattr(baseline, "evaluated_rules", lambda proxy, oracle: loaded)
    (past,) = baseline.rule_health(open_run, ["Dark"], past=True)
    assert (past.inputs, past.empty, len(asked)) == (1, (), 1)
    (present,) = baseline.rule_health(open_run, ["Dark"], past=False)
    assert present.empty
