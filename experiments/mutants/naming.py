"""How mutants of a guard rail's run are named: those of a further guard rail say so."""

from __future__ import annotations

from experiments.record.kinds import GUARD_RAILS, RunKind


def of(kind: RunKind, name: str) -> str:
    """The name of a mutant of that run: `no-guard-rail`, `no-guard-rail.second`."""
    return name + (GUARD_RAILS[kind].mark if kind in GUARD_RAILS else "")
