"""All mutants of a scenario, derived from its folder."""

from __future__ import annotations

from experiments.mutants.live import Live, live
from experiments.mutants.rejudged import Rejudged, rejudged
from experiments.record.files import ScenarioFile

Mutant = Rejudged | Live


def derive(file: ScenarioFile) -> list[Mutant]:
    """Every mutant, the cheap ones first: re-judged, then live in the order of the phase that decides them."""
    return [*rejudged(file.scenario), *live(file)]
