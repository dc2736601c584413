"""Trying a scenario's mutants: which recorded runs they need, what becomes of each, and mutants.json."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import reports.html
from cluster.errors import LabError
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.judge import Evidence, judge, weigh
from experiments.mutants import Live, Mutant, Rejudged, derive
from experiments.mutants.estimate import estimate
from experiments.mutants.playing import play_mutant
from experiments.mutants.recorded import newest_passed
from experiments.mutants.result import FILE, MutantResult, MutantsFile, result
from experiments.play.folder import new_folder, runs
from experiments.play.source import scenario_file
from experiments.play.versions import versions
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict
from firedrill.runs import play

Told = Callable[[str], None]


@dataclass
class Trial:
    """The mutants of one scenario, tried one after the other; mutants.json is on disk after each.

    Args:
        lab: the lab, up.
        scenario: the scenario's folder.
        told: is told in a line what happens next.
    """

    lab: Lab
    scenario: ScenarioFolder
    told: Told

    def __post_init__(self) -> None:
        self._file = scenario_file(self.scenario, RunKind.INCIDENT, runs(self.lab))
        self.folder = new_folder(self.lab, self.scenario.name, "mutants")
        self.record = MutantsFile(
            scenario=self.scenario.name,
            content_hash=self._file.content_hash,
            began=time.time(),
            versions=versions(self.lab.root, self.scenario.pack),
            mutants=[one.name for one in derive(self._file)],
        )
        self._ground: dict[RunKind, RunFolder] = {}

    def mutants(self, only: Collection[str] = ()) -> list[Mutant]:
        """The scenario's mutants, the cheap ones first; with `only`, those whose names begin with one of it."""
        found = derive(self._file)
        return [one for one in found if not only or one.name.startswith(tuple(only))]

    def seconds(self, mutant: Live) -> float:
        """How long a live mutant takes at the most."""
        folder = newest_passed(runs(self.lab), self._file.name, self._file.content_hash, mutant.kind)
        return estimate(mutant, self._file, judge(folder) if folder else None)

    def leave(self, mutant: Mutant, why: str) -> None:
        """Note that a mutant is not tried."""
        self.record.left[mutant.name] = why
        self._write()

    def attempt(self, mutant: Mutant) -> MutantResult:
        """Try one mutant.

        Raises:
            LabError: a run that it is made from was played, and did not pass.
            FiredrillError: its run could not begin.
        """
        began = time.monotonic()
        if isinstance(mutant, Rejudged):
            ground = self._recorded(mutant.kind)
            verdict = weigh(mutant.change(Evidence.read(ground)))
        else:
            self.told(f"playing {mutant.name}: it must end {mutant.must.value}")
            ground = play_mutant(self.lab, self.scenario, mutant)
            verdict = judge(ground)
            ground.write("verdict.json", verdict)
            reports.html.write(ground.path)
        excuse = self._file.scenario.excused
        reason = excuse.reason if excuse is not None and excuse.block == mutant.block else None
        found = result(mutant, verdict, ground.path.name, time.monotonic() - began, reason)
        self.record.results.append(found)
        self._write()
        return found

    def _recorded(self, kind: RunKind) -> RunFolder:
        if kind not in self._ground:
            self._ground[kind] = self._newest(kind) or self._played(kind)
        return self._ground[kind]

    def _newest(self, kind: RunKind) -> RunFolder | None:
        return newest_passed(runs(self.lab), self._file.name, self._file.content_hash, kind)

    def _played(self, kind: RunKind) -> RunFolder:
        self.told(f"no {kind.value} run of this content has passed yet: playing it, to have something to break")
        finished = play(self.lab, self.scenario, kind)
        if finished.verdict.verdict is not Verdict.PASSED:
            raise LabError(
                f"The {kind.value} run of {self.scenario.name} ended {finished.verdict.verdict.value}: what does not"
                f" pass unbroken says nothing when it is broken. {finished.report}",
                f"firedrill run {self.scenario.name} --kind {kind.value}",
            )
        return RunFolder(finished.folder)

    def _write(self) -> None:
        self.folder.write(FILE, self.record)
