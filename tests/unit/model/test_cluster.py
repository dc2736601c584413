"""Where a scenario may stand: what wrecks a control plane never in the lab's."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.actions.control_plane import with_flags
from experiments.model.cluster import Dedicated, dedicated
from experiments.model.scenario import Scenario
from experiments.model.traffic import locust
from firedrill.faults import control_plane
from scenarios.cache_stampede.scenario import SCENARIO

pytestmark = pytest.mark.unit


def changed(**fields: Any) -> Scenario:
    return Scenario.model_validate(SCENARIO.model_dump() | {"traffic": None} | fields)


def test_a_dedicated_cluster_survives_json() -> None:
    scenario = changed(cluster=dedicated(nodes=2, etcd={"quota-backend-bytes": "1"}).model_dump())
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


def test_the_bare_word_is_a_cluster_of_one_node() -> None:
    assert changed(cluster="dedicated").cluster == Dedicated()
    assert changed().cluster == "shared"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nodes": 0}, "greater than or equal to 1"),
        ({"nodes": 5}, "less than or equal to 4"),
        ({"etcd": {"--quota-backend-bytes": "1"}}, "without dashes"),
        ({"etcd": {"quota-backend-bytes": "1\n2"}}, "one line"),
        ({"etcd": {"listen-metrics-urls": "http://0.0.0.0:1"}}, "the lab's own"),
    ],
)
def test_a_cluster_that_cannot_be_made_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        dedicated(**wrong)


@pytest.mark.parametrize(
    "step", [control_plane.fill_etcd("shop"), control_plane.set_flags("etcd", {"quota-backend-bytes": "1"})]
)
def test_what_wrecks_a_control_plane_is_refused_on_the_labs(step: Any) -> None:
    with pytest.raises(ValueError, match="declare cluster=dedicated"):
        changed(fault=[step.model_dump()])
    assert changed(fault=[step.model_dump()], cluster="dedicated").fault == (step,)


def test_traffic_goes_to_the_victims_node() -> None:
    with pytest.raises(ValueError, match="victim:30080"):
        changed(cluster="dedicated", traffic=locust(rps=1).model_dump())
    assert changed(cluster="dedicated", traffic=locust(rps=1, target="victim:30080").model_dump()).traffic


@pytest.mark.parametrize("wrong", [{"object_kib": 0}, {"object_kib": 2000}, {"most_mib": 0}])
def test_a_fill_that_no_etcd_takes_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="take"):
        control_plane.fill_etcd("shop", **wrong)


@pytest.mark.parametrize("flags", [{}, {"--quota": "1"}, {"quota backend": "1"}])
def test_flags_that_are_none_are_refused(flags: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match="without dashes"):
        control_plane.set_flags("etcd", flags)


def test_flags_are_replaced_added_and_taken_away() -> None:
    command = ["etcd", "--name=a", "--quota-backend-bytes=1", "--snapshot-count=5"]
    assert with_flags(command, {"quota-backend-bytes": "2", "snapshot-count": None, "debug": "true"}) == [
        "etcd",
        "--name=a",
        "--quota-backend-bytes=2",
        "--debug=true",
    ]
