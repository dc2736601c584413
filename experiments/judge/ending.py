"""The end: undone, clean, and not cut short."""

from __future__ import annotations

from experiments.judge.checks import check
from experiments.judge.evidence import Evidence
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict


def ending(evidence: Evidence) -> list[Check]:
    """Undo left nothing behind; every difference from the snapshot is named."""
    cleanup = evidence.cleanup
    name, failed = "nothing is left behind", Verdict.CLEANUP_FAILED
    if cleanup is None:
        return [check(name, Phase.CLEANUP, False, failed, "no cleanup is on record")]
    if cleanup.kept:
        return [check(name, Phase.CLEANUP, True, failed, "kept on purpose: `firedrill heal` removes it")]
    left = [*cleanup.failed, *cleanup.differences]
    return [check(name, Phase.CLEANUP, not left, failed, "; ".join(left) or f"{len(cleanup.undone)} undone")]
