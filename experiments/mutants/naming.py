"""How mutants of a guard rail's run are named: those of a second guard rail say so."""

from __future__ import annotations

from experiments.record.kinds import RunKind


def of(kind: RunKind, name: str) -> str:
    """The name of a mutant of that run: `no-guard-rail`, `no-guard-rail.second`."""
    return f"{name}.second" if kind is RunKind.SECOND_PREVENTION else name
