"""The run that a drill is compared with: the newest proven incident run of the scenario, done by its runbook."""

from __future__ import annotations

from pathlib import Path

from drills.score.files import ReferenceTimes
from reports.reading.load import Run, load
from reports.reading.moments import moments


def find(runs: Path, scenario: str) -> ReferenceTimes | None:
    """The times of the newest incident run of a scenario that passed, or None where there is none.

    Args:
        runs: the folder of all runs.
        scenario: its name, `cache-stampede`.
    """
    for path in sorted(runs.glob(f"*-{scenario}-incident"), reverse=True):
        if path.is_symlink() or not (path / "verdict.json").is_file():
            continue
        run = load(path)
        if run.verdict is None or run.verdict.verdict != "passed" or run.verdict.scenario != scenario:
            continue
        times = reference(run)
        if times is not None:
            return times
    return None


def reference(run: Run) -> ReferenceTimes | None:
    """The runbook's times in an incident run, counted from its first page; None where it paged nobody.

    It acknowledges when its first block begins, has the diagnosis when the last `diagnose` block before the first
    change has ended, and the mitigation with the last `mitigate` block, or with the recovery where it has none.
    """
    when = moments(run)
    if when is None or when.delivered is None:
        return None
    blocks = sorted((played.result for played in run.played), key=lambda block: block.started)
    change = next((block.started for block in blocks if block.kind in ("mitigate", "fix")), None)
    found = [b.ended for b in blocks if b.kind == "diagnose" and (change is None or b.started < change)]
    mitigations = [b.ended for b in blocks if b.kind == "mitigate"]

    def after(at: float | None) -> float | None:
        return None if at is None or when is None or when.delivered is None else round(max(0.0, at - when.delivered), 1)

    return ReferenceTimes(
        run_id=run.path.resolve().name,
        acknowledge_s=after(blocks[0].started) if blocks else None,
        diagnose_s=after(found[-1]) if found else None,
        mitigate_s=after(mitigations[-1] if mitigations else when.recovered),
        fix_s=after(when.recovered),
    )
