"""What authors write survives the run folder: a scenario read back from JSON is the same scenario."""

from __future__ import annotations

import pytest

from experiments.model.scenario import Scenario
from experiments.model.timescale import TimeScale, time_scale
from firedrill.faults import objects
from scenarios.cache_stampede.scenario import SCENARIO

pytestmark = pytest.mark.unit


def test_a_scenario_survives_json() -> None:
    assert Scenario.model_validate_json(SCENARIO.model_dump_json()) == SCENARIO


@pytest.mark.parametrize("key", ["1 h", "one hour", "1.5.2", ""])
def test_a_time_scale_refuses_what_is_no_duration(key: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        TimeScale.model_validate({"factor": 60, "overrides": {key: "15s"}})


def test_a_time_scale_reads_durations() -> None:
    assert time_scale(60, {"1h": "15s"}).overrides == {3600.0: 15.0}


def test_no_fault_strikes_the_watchtower() -> None:
    step = objects.scale("deployment/prometheus", 0, namespace="shop-watchtower")
    with pytest.raises(ValueError, match="shop-watchtower, which judges"):
        Scenario.model_validate(SCENARIO.model_dump() | {"fault": [step]})
