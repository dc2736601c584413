"""Pages that are held back: what an author may write, and what Alertmanager gets."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from experiments.compile.parts import detects
from experiments.model.alerts import fires, inhibits
from experiments.model.scenario import Scenario
from experiments.play.rendering import inhibition
from tests.unit.judge.recorded import HELD_BACK, SCENARIO, Recorded

pytestmark = pytest.mark.unit


def scenario(**changes: object) -> Scenario:
    return Scenario.model_validate(HELD_BACK.model_dump() | changes)


def test_the_target_fires_and_is_held_back() -> None:
    assert scenario().held_back == {"ConsumerDown"}
    assert SCENARIO.held_back == frozenset()
    delivered, held_back = detects(Recorded().with_held_back().played)
    assert delivered["name"] == "QueueFull fires and is delivered"
    assert held_back["name"] == "ConsumerDown fires and is held back"


@pytest.mark.parametrize(
    "changes",
    [
        {"inhibitions": (inhibits("QueueFull", "Unknown"),)},
        {"inhibitions": (inhibits("Unknown", "ConsumerDown"),)},
        {"detects": (fires("QueueFull"), fires("ConsumerDown", to="queue-oncall"))},
        {"inhibitions": (inhibits("QueueFull", "ConsumerDown"), inhibits("ConsumerDown", "QueueFull"))},
    ],
)
def test_what_cannot_be_held_back_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"holds back|held back"):
        scenario(**changes)


def test_alertmanager_gets_the_rule() -> None:
    rule = inhibition(inhibits("QueueFull", "ConsumerDown", equal=("pod",)))
    assert (rule.source, rule.target, rule.equal) == (
        ('alertname="QueueFull"',),
        ('alertname="ConsumerDown"',),
        ("pod",),
    )
