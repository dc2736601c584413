"""Waiting: for a condition, with a deadline whose message says the last state seen."""

from __future__ import annotations

import time

import pytest

from cluster.errors import ConditionTimedOut
from experiments.waiting import Seen, eventually

pytestmark = pytest.mark.unit


def test_the_first_value_ends_the_wait() -> None:
    looks = iter([Seen[int](None, "0 of 2"), Seen(2, "2 of 2"), Seen(3, "never looked at")])
    assert eventually(lambda: next(looks), what="pods", within_s=5, every_s=0.01) == 2


def test_a_false_value_is_a_value() -> None:
    assert eventually(lambda: Seen(0, "zero"), what="x", within_s=0) == 0


def test_the_deadlines_message_says_the_last_state_and_the_next_step() -> None:
    states = iter(range(1000))
    with pytest.raises(ConditionTimedOut, match=r"pods: not within 0.05 s; last seen: \d+ of 2") as late:
        eventually(
            lambda: Seen[int](None, f"{next(states)} of 2"),
            what="pods",
            within_s=0.05,
            every_s=0.01,
            next_step="make status",
        )
    assert late.value.next_step == "make status"


def test_the_last_look_is_at_the_deadline_not_before() -> None:
    began = time.monotonic()
    found = eventually(
        lambda: Seen(True if time.monotonic() - began >= 0.1 else None, "early"), what="x", within_s=0.1, every_s=9
    )
    assert found
