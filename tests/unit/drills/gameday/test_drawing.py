"""From a plan to its steps: teams in turn, the same dice for the same seed, surprises that fit into their window."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cluster.errors import UsageError
from drills.gameday.drawing import Playable, draw
from drills.gameday.plan import LEAD_S
from drills.gameday.reading import survey_plan
from drills.gameday.record import Step

pytestmark = pytest.mark.unit

SCENARIOS = {
    name: Playable(name, f"The {name}", 1 if name < "c" else 3)
    for name in ("a-cache", "b-queue", "c-disk", "d-node", "e-cert")
}
HEAD = "title: A day\nteams: [Kestrel, Heron]\nlimit: 10m\nentries:\n"
WINDOW = HEAD + "  - window: {length: 2h, incidents: [a-cache, b-queue, c-disk], count: 5, limit: 5m}\n"


def drawn(text: str, seed: int = 1) -> list[Step]:
    plan, problems = survey_plan(text, "plan.yaml", list(SCENARIOS))
    assert plan is not None, problems
    return draw(plan, SCENARIOS, seed)


def test_every_team_plays_the_same_incident_in_turn() -> None:
    steps = drawn(HEAD + "  - incident: a_cache\n  - break: 10m\n  - incident: random\n    mode: blind\n")
    assert [step.team for step in steps] == ["Kestrel", "Heron", "", "Kestrel", "Heron"]
    assert steps[0].scenario == "a-cache"
    assert steps[3].scenario == steps[4].scenario != "a-cache"
    assert (steps[0].mode, steps[3].mode, steps[0].limit_s) == ("guided", "blind", 600.0)


def test_a_random_incident_is_as_hard_as_asked_for_and_not_played_otherwise() -> None:
    text = HEAD + "  - incident: a-cache\n  - incident: random\n    level: 1\n    team: Heron\n"
    assert {drawn(text, seed)[-1].scenario for seed in range(20)} == {"b-queue"}


def test_no_scenario_is_as_hard() -> None:
    with pytest.raises(UsageError, match="of level 2"):
        drawn(HEAD + "  - incident: random\n    level: 2\n")


def test_the_same_seed_draws_the_same_day_and_another_one_another() -> None:
    assert drawn(WINDOW, 3) == drawn(WINDOW, 3)
    assert len({tuple(step.moment_s for step in drawn(WINDOW, seed)) for seed in range(10)}) == 10
    assert len({tuple(step.scenario for step in drawn(WINDOW, seed)) for seed in range(10)}) > 1


@pytest.mark.parametrize("seed", range(50))
def test_surprises_lie_within_the_window_and_leave_each_other_their_time(seed: int) -> None:
    window, *surprises, watch = drawn(WINDOW, seed)
    assert (window.kind, watch.kind, len(surprises)) == ("window", "watch", 5)
    moments = [step.moment_s or 0.0 for step in surprises]
    slot = 300.0 + LEAD_S
    assert moments[0] >= 0
    assert moments[-1] + slot <= 7200.0
    assert all(later - earlier >= slot - 0.2 for earlier, later in pairwise(moments))
    assert [step.team for step in surprises] == ["Kestrel", "Heron", "Kestrel", "Heron", "Kestrel"]
    assert {step.scenario for step in surprises[:3]} == {"a-cache", "b-queue", "c-disk"}
