"""mutants.json: what became of every mutant of one scenario."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.mutants.derive import Mutant
from experiments.record.files import Item, Recorded, VerdictFile
from experiments.record.kinds import Phase, RunKind, Verdict

FILE = "mutants.json"


class MutantResult(Item):
    """One mutant: what it must end in, what it ended in, and by which check."""

    name: str
    how: Literal["re-judged", "live"]
    kind: RunKind
    must: Verdict
    ended: Verdict
    earliest: Phase = Field(description="the first phase whose checks can notice the break")
    decided_in: Phase | None = Field(description="the phase of the check that decided; None where every check held")
    decided_by: str = Field(description="the check that decided, and its evidence")
    run: str = Field(description="the run folder that was re-judged or played")
    seconds: float
    excused: str | None = Field(default=None, description="the scenario's reason why its survival counts for nothing")

    @property
    def survived(self) -> bool:
        """Whether it ended otherwise than it must, or for a reason that was there before the break could matter.

        A lab that cannot deploy ends in `lab-error` too, and has not noticed that Prometheus was taken away.
        """
        phases = list(Phase)
        early = self.decided_in is not None and phases.index(self.decided_in) < phases.index(self.earliest)
        return self.ended is not self.must or early


class MutantsFile(Recorded):
    """The mutants of one scenario, in the order in which they were tried."""

    scenario: str
    content_hash: str
    began: float = Field(description="epoch seconds")
    versions: dict[str, str] = Field(default_factory=dict, description="what played and judged, as in scenario.json")
    mutants: list[str] = Field(default_factory=list, description="the names of all that the scenario has")
    results: list[MutantResult] = Field(default_factory=list)
    left: dict[str, str] = Field(default_factory=dict, description="mutants that were not tried -> why")

    @property
    def whole(self) -> bool:
        """Whether every mutant was tried."""
        return bool(self.mutants) and set(self.mutants) == {one.name for one in self.results}

    @property
    def survivors(self) -> list[MutantResult]:
        """Those that survived and are not excused."""
        return [one for one in self.results if one.survived and one.excused is None]


def result(mutant: Mutant, verdict: VerdictFile, run: str, seconds: float, excused: str | None) -> MutantResult:
    """What became of a mutant, from its verdict.

    Args:
        mutant: which one.
        verdict: on its evidence.
        run: the run folder that was re-judged or played.
        seconds: how long that took.
        excused: the scenario's reason why nothing need notice this mutant. It covers a run that passed; one that ended
            in yet another verdict survives all the same.
    """
    first = next((check for check in verdict.checks if not check.held), None)
    return MutantResult(
        name=mutant.name,
        how=mutant.how,
        kind=mutant.kind,
        must=mutant.must,
        ended=verdict.verdict,
        earliest=mutant.earliest,
        decided_in=Phase(first.group) if first else None,
        decided_by=f"{first.name}: {first.evidence}" if first else "every check held",
        run=run,
        seconds=round(seconds, 1),
        excused=excused if verdict.verdict is Verdict.PASSED else None,
    )
