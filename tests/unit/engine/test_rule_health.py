"""What keeps an alert from ever firing is said by name, and is no fault of the oracle unless it cannot evaluate."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import OracleUnavailable
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
