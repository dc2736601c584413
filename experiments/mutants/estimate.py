"""How long a live mutant takes: the phases before the one that decides it, as they were, and that one's deadline."""

from __future__ import annotations

from experiments.compile.estimate import OVERHEAD_S
from experiments.mutants.live import Live
from experiments.record.files import ScenarioFile, VerdictFile
from experiments.record.kinds import Phase, RunKind

_ORDER = list(Phase)


def estimate(mutant: Live, file: ScenarioFile, measured: VerdictFile | None) -> float:
    """Seconds that a live mutant takes at the most, with a warm lab.

    Args:
        mutant: which one.
        file: of the scenario.
        measured: a passed run of the same kind, None where there is none.
    """
    if measured is None:
        before = file.scenario.baseline_hold if mutant.decides is not Phase.BASELINE else 0.0
        waited = mutant.kind is RunKind.INCIDENT and _ORDER.index(mutant.decides) > _ORDER.index(Phase.BITES)
        bitten = file.scenario.onset if waited else 0.0
        return OVERHEAD_S + before + bitten + mutant.within_s
    spent = [
        time.actual_s
        for time in measured.phases
        if _ORDER.index(time.phase) < _ORDER.index(mutant.decides) or time.phase in (Phase.UNDO, Phase.CLEANUP)
    ]
    return sum(spent) + mutant.within_s
