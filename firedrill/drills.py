"""Playing a drill to its end: the lab breaks, a person mends, the lab judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.drill.options import DrillOptions
from experiments.play.interrupts import Interrupts
from experiments.play.runner import play
from experiments.play.source import load
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind
from firedrill.runs import Finished, to_the_end


def play_drill(
    lab: Lab,
    scenario: ScenarioFolder,
    options: DrillOptions,
    *,
    keep: bool = False,
    opened: Callable[[RunFolder], None] | None = None,
) -> Finished:
    """Play one drill on the lab's cluster, judge it and write its report, also where a signal ends it.

    Args:
        lab: the lab that is up.
        scenario: the scenario's folder.
        options: how it is played.
        keep: leave the drill standing where no fix was accepted.
        opened: is told the run folder once its `drill/` can be read, before anything is deployed: whoever shows the
            page starts it then. Called in this thread; what it raises ends the run.

    Raises:
        Interrupted: a signal came before the run had begun, or when it was over and only its report was written.
        FiredrillError: the run could not begin; once it has begun, it ends in a verdict.
    """

    def playing(interrupts: Interrupts) -> RunFolder:
        played = replace(load(lab, scenario, RunKind.DRILL, options), opened=opened)
        return play(lab, played, keep=keep, interrupts=interrupts)

    return to_the_end(playing)
