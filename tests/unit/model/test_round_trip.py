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


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"own_monitoring": "observability", "alerts_by": "watchtower"}, "which is none of"),
        ({"own_monitoring": "shop"}, "needs alerts_by="),
    ],
)
def test_a_system_with_its_own_prometheus_is_judged_from_outside(change: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Scenario.model_validate(SCENARIO.model_dump() | change)


def test_the_monitoring_that_a_system_brings_is_one_of_its_namespaces() -> None:
    assert SCENARIO.monitoring == "shop-monitoring"
    brought = {"namespaces": ["shop", "observability"], "own_monitoring": "observability", "alerts_by": "watchtower"}
    scenario = Scenario.model_validate(SCENARIO.model_dump() | brought)
    assert (scenario.monitoring, scenario.oracle) == ("observability", "shop-watchtower")
