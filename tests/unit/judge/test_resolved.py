"""Delivered as resolved: what the pager heard last of each series, not whether anything came after the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.judge import judge
from experiments.record.files import AlertSamples
from experiments.record.kinds import Verdict
from tests.unit.judge.recorded import FIXED, Recorded

pytestmark = pytest.mark.unit

HEARD = FIXED - 4
"""When the pager heard that the alert resolved, in runs whose alert comes and goes: before the fix was done."""


def flaring(seconds: int) -> Recorded:
    """A run whose alert was delivered as resolved before the fix, and fired once more afterwards, unheard."""
    run = Recorded()
    assert run.notifications and run.signals
    run.notifications.deliveries[-1] = Recorded.delivery(HEARD, "resolved")
    first = [at for at, _ in run.signals.alerts[0].samples if at < HEARD]
    samples = [*((at, "firing") for at in first), *((HEARD + 1 + n, "firing") for n in range(seconds + 1))]
    run.signals.alerts[0] = AlertSamples.model_validate({"alert": "QueueFull", "labels": {}, "samples": samples})
    return run


def verdict(run: Recorded, path: Path) -> tuple[Verdict, list[str]]:
    found = judge(run.write(path / "run"))
    return found.verdict, [f"{one.name}: {one.evidence}" for one in found.checks if not one.held]


def test_a_flare_between_two_flushes_is_nothing_that_had_to_be_delivered(tmp_path: Path) -> None:
    assert verdict(flaring(3), tmp_path) == (Verdict.PASSED, [])


def test_what_fires_for_longer_than_a_flush_has_to_be_delivered(tmp_path: Path) -> None:
    said = "QueueFull is delivered as resolved: it fired for 7 s after the last that was delivered"
    assert verdict(flaring(7), tmp_path) == (Verdict.NOT_FIXED, [said])


def test_one_series_that_is_left_open_is_not_resolved(tmp_path: Path) -> None:
    run = Recorded()
    assert run.notifications
    other = Recorded.delivery(35.0, "firing").model_copy(update={"labels": {"pod": "b"}})
    run.notifications.deliveries.insert(1, other)
    said = "QueueFull is delivered as resolved: 1 of 2 series were last delivered as firing"
    assert verdict(run, tmp_path) == (Verdict.NOT_FIXED, [said])
