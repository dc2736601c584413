"""The kill matrix is whole: every phase meets every signal, and the short subset is the one that is written down."""

from __future__ import annotations

from collections import Counter
from signal import SIGKILL

import pytest

from experiments.record.kinds import Phase
from tests.killmatrix.matrix import CAUGHT, SECOND, SMOKE, cells

pytestmark = pytest.mark.unit


def test_each_fault_is_killed_in_each_phase_and_twice_in_the_undo() -> None:
    for name in {cell.scenario.name for cell in cells()}:
        own = [cell for cell in cells() if cell.scenario.name == name]
        assert Counter(cell.phase for cell in own if cell.signals == (SIGKILL,)) == Counter(Phase)
        assert Counter(cell.phase for cell in own if len(cell.signals) == 1 and not cell.killed) == Counter(Phase)
        assert [cell.signals for cell in own if len(cell.signals) == 2] == list(SECOND)


def test_over_the_faults_each_phase_meets_each_signal_that_can_be_caught() -> None:
    for phase in Phase:
        assert {cell.signals for cell in cells() if cell.phase is phase} >= {(number,) for number in CAUGHT}


def test_ids_are_unique_and_the_short_subset_is_there() -> None:
    every = cells()
    assert len({cell.id for cell in every}) == len(every)
    known = {cell.scenario.name for cell in every}
    assert len([cell for cell in every if cell.smoke]) == len([name for name, _, _ in SMOKE if name in known])
