"""The cells of the kill matrix: which run is killed, in which phase, by which signals.

Each fault is killed in each phase with SIGKILL and with one of the signals that can be caught, turn and turn about, so
that over the faults each phase meets all three; and twice with a second signal during the undo. Five faults make 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals

from experiments.catalogue import Catalogue, ScenarioFolder
from experiments.record.kinds import Phase

_ENGINE, _OWN = Path(__file__).parents[1] / "cluster" / "engine_pack", Path(__file__).with_name("pack")
PACKS = (_ENGINE, _OWN)
BORROWED = ("tiny-outage", "full-etcd")
"""The engine's own test scenarios, in a namespace and on a cluster of its own; each folder of the pack is one more."""

CAUGHT = (SIGINT, SIGTERM)
SECOND = ((SIGINT, SIGINT), (SIGTERM, SIGKILL))
DURING = (Phase.FAULT, Phase.BITES, Phase.DETECT, Phase.RUNBOOK, Phase.RECOVER)
"""Phases in which the fault is there, so that a killed run leaves it to its own limit."""

SMOKE = {
    ("tiny-outage", Phase.FAULT, (SIGKILL,)),
    ("tiny-outage", Phase.UNDO, (SIGINT, SIGINT)),
    ("kill-node", Phase.DETECT, (SIGKILL,)),
    ("kill-node", Phase.RUNBOOK, CAUGHT),
    ("kill-frozen-node", Phase.BITES, (SIGKILL,)),
    ("kill-toxics", Phase.DETECT, CAUGHT),
}
"""Six kills that a change has to survive before it lands; where both caught signals stand, the one that is its turn."""


@dataclass(frozen=True)
class Cell:
    """One kill.

    Args:
        scenario: what is played.
        phase: when it is killed.
        signals: what is sent; the second one as soon as the first was noticed.
        delay_s: from the phase's beginning to the first signal, so that kills hit different moments.
        next_start: whether a run that could not clean up is healed by the next one, not by `firedrill heal`.
    """

    scenario: ScenarioFolder
    phase: Phase
    signals: tuple[Signals, ...]
    delay_s: float
    next_start: bool

    @property
    def id(self) -> str:
        """`kill-node-fault-SIGKILL`."""
        return "-".join([self.scenario.name, self.phase, *(number.name for number in self.signals)])

    @property
    def smoke(self) -> bool:
        """Whether it is one of the short subset."""
        name, phase = self.scenario.name, self.phase
        return (name, phase, self.signals) in SMOKE or (
            (name, phase, CAUGHT) in SMOKE and len(self.signals) == 1 and self.signals[0] in CAUGHT
        )

    @property
    def killed(self) -> bool:
        """Whether the process cannot clean up itself."""
        return SIGKILL in self.signals

    @property
    def reverts_within_s(self) -> float | None:
        """The limit after which the fault takes itself back (seconds); None where it has none or was not there yet."""
        limits = [step.arguments.get("limit_s") for step in self.scenario.scenario.fault]
        known = [float(limit) for limit in limits if isinstance(limit, (int, float))]
        return max(known) if known and self.phase in DURING and self.killed else None


def cells() -> list[Cell]:
    """The whole matrix."""
    faults = [*(Catalogue([_ENGINE]).find(name) for name in BORROWED), *Catalogue([_OWN]).folders()]
    return [cell for n, scenario in enumerate(faults) for cell in _of(n, scenario)]


def _of(n: int, scenario: ScenarioFolder) -> list[Cell]:
    found = []
    for k, phase in enumerate(Phase):
        delay_s = 0.2 * ((n + k) % 5)
        found.append(Cell(scenario, phase, (SIGKILL,), delay_s, next_start=phase is Phase.DETECT))
        found.append(Cell(scenario, phase, (CAUGHT[(n + k) % 2],), delay_s, next_start=False))
    return found + [Cell(scenario, Phase.UNDO, signals, 0.0, next_start=False) for signals in SECOND]
