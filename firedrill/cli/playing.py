"""What the commands that play scenarios do, and the one that undoes what was left behind."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

import reports.console
from cluster.errors import CleanupFailed
from cluster.lab import Lab
from experiments.compile.export import export as write_experiment
from experiments.record.kinds import RunKind, Verdict
from experiments.undo.heal import heal as heal_lab
from firedrill.batch import Ended
from firedrill.cli.console import err, out
from firedrill.cli.reported import reported
from firedrill.ground import ensure_up
from firedrill.runs import Finished, catalogue, play


def list_(pack: list[Path]) -> int:
    """The scenarios."""
    table = Table("name", "title", box=None)
    for folder in catalogue(pack).folders():
        table.add_row(folder.name, folder.scenario.title)
    out.print(table)
    return 0


def run(name: str, kind: RunKind, pack: list[Path], keep: bool) -> int:
    """Play one run of a scenario; the exit code is its verdict's."""
    folder = catalogue(pack).find(name)
    return _tell(play(ensure_up(Lab.of_checkout(), pack), folder, kind, keep=keep))


def prove(name: str, pack: list[Path]) -> int:
    """Play the incident and its controls; a scenario that passes them all is trusted."""
    with reported(f"firedrill prove {name}", pack):
        return play_proof(name, pack).code


def play_proof(name: str, pack: list[Path]) -> Ended:
    """Play the runs that make a scenario trusted, and tell each; it ends as the first that did not pass."""
    folder = catalogue(pack).find(name)
    lab = ensure_up(Lab.of_checkout(), pack)
    played: list[Finished] = []
    for kind in folder.scenario.proved:
        played.append(play(lab, folder, kind))
        _tell(played[-1])
        if played[-1].verdict.verdict is Verdict.INTERRUPTED:
            break
    failed = next((one for one in played if one.verdict.verdict is not Verdict.PASSED), None)
    out.print(reports.console.proof([one.folder for one in played]))
    out.print(f"{folder.name}: " + ("[red]not trusted[/red]" if failed else "[green]trusted[/green]"))
    return Ended(failed.verdict.verdict.exit_code, reports.console.decided(failed.folder)) if failed else Ended(0)


def export(name: str, kind: RunKind, pack: list[Path], out: Path | None) -> int:
    """Write a Chaos Toolkit file that a stock `chaos run` plays."""
    folder = catalogue(pack).find(name)
    path = out or Path(f"{folder.name}-{kind.value}.json")
    write_experiment(Lab.of_checkout(), folder, kind, path)
    err.print(f"wrote {path}; play it with: chaos run {path}")
    return 0


def heal() -> int:
    """Undo whatever an earlier run left behind, and say what that was."""
    healed = heal_lab(Lab.of_checkout())
    for title in healed.undone:
        out.print(f"[green]✓[/green] undone: {escape(title)}")
    for name in healed.removed:
        out.print(f"[green]✓[/green] removed: namespace {name}")
    for title in healed.failed:
        out.print(f"[red]✗[/red] undo failed: {escape(title)}")
    for difference in healed.differences:
        out.print(f"[red]✗[/red] {escape(difference.text)}")
        out.print(f"    look: {escape(difference.look)}", soft_wrap=True)
    if not healed.whole:
        raise CleanupFailed(
            "the lab still differs from what it was",
            "mend what is named and heal again, or make down up for a new cluster",
        )
    if not healed.undone and not healed.removed:
        out.print("nothing was left behind")
    return 0


def _tell(finished: Finished) -> int:
    out.print(reports.console.summary(finished.folder), crop=False)
    return finished.verdict.verdict.exit_code
