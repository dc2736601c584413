"""How long an alert fired without a break."""

from __future__ import annotations

import pytest

from experiments.judge.firing import longest_firing

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("states", "seconds"),
    [
        ({}, 0.0),
        ({1: "pending", 2: "pending"}, 0.0),
        ({1: "firing", 2: "firing", 3: "firing"}, 2.0),
        ({1: "firing", 2: "pending", 3: "firing", 4: "firing"}, 1.0),
        ({1: "firing", 2: "firing", 4: "firing"}, 3.0),
        ({1: "firing", 2: "firing", 5: "firing", 6: "firing", 7: "firing"}, 2.0),
    ],
    ids=["nothing", "never", "throughout", "interrupted", "one sample missing", "a hole"],
)
def test_only_what_was_seen_without_a_break_counts(states: dict[int, str], seconds: float) -> None:
    assert longest_firing(((float(at), state) for at, state in states.items()), gap_s=2.0) == seconds
