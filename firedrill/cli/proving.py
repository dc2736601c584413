"""What the commands that prove the checks themselves do: mutants, and the same incident again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

import reports.soak
from cluster.lab import Lab
from experiments.mutants import Mutant
from experiments.mutants.result import FILE, MutantResult, MutantsFile
from experiments.record.kinds import RunKind, Verdict
from firedrill.batch import Ended
from firedrill.cli.console import err, out
from firedrill.ground import ensure_up
from firedrill.mutants import Trial
from firedrill.runs import catalogue, play

SURVIVED = 11
"""Exit code: a mutant survived, so a check of the scenario's does not look at what it should."""


def mutants(name: str, pack: list[Path], only: Sequence[str] = ()) -> Ended:
    """Break a scenario in one place at a time; each mutant must end in its verdict. One that survives: exit code 11."""
    trial = Trial(ensure_up(Lab.of_checkout(), pack), catalogue(pack).find(name), tell)
    return pursue(trial, trial.mutants(only), lambda mutant: "")


def pursue(trial: Trial, chosen: Iterable[Mutant], refused: Callable[[Mutant], str]) -> Ended:
    """Try mutants, print the table and name the survivors.

    Args:
        trial: of the scenario.
        chosen: the mutants, in order.
        refused: why a mutant is not tried now, in words; empty where it is.

    Returns:
        how it ended, with the survivors' names.

    Raises:
        FiredrillError: a run could not begin, or one that mutants are made from did not pass.
    """
    for mutant in chosen:
        why = refused(mutant)
        if why:
            trial.leave(mutant, why)
            continue
        ended = trial.attempt(mutant)
        err.print(_line(ended))
        if ended.ended is Verdict.INTERRUPTED:
            return Ended(Verdict.INTERRUPTED.exit_code, "interrupted")
    out.print(table(trial.record))
    for one in trial.record.survivors:
        told = f"{one.name} must end {one.must.value} and ended {one.ended.value} ({one.decided_by}); {one.run}"
        out.print(f"[red]survived:[/red] {escape(told)}")
    for left, why in trial.record.left.items():
        out.print(f"[yellow]left:[/yellow] {escape(f'{left}: {why}')}")
    out.print(f"  {trial.folder.path / FILE}")
    names = ", ".join(one.name for one in trial.record.survivors)
    return Ended(SURVIVED, f"survived: {names}") if names else Ended(0)


def table(record: MutantsFile) -> Table:
    """Every mutant with what it must end in and what it ended in."""
    killed = sum(not one.survived for one in record.results)
    shown = Table(title=f"{record.scenario}: {killed} of {len(record.results)} mutants ended as they must")
    for column in ("mutant", "how", "must end", "ended", "seconds", "survived?"):
        shown.add_column(column, overflow="fold", justify="right" if column == "seconds" else "left")
    for one in record.results:
        shown.add_row(one.name, one.how, one.must.value, one.ended.value, f"{one.seconds:.1f}", _survived(one))
    return shown


def _survived(one: MutantResult) -> str:
    if not one.survived:
        return "no"
    return f"[yellow]excused: {escape(one.excused)}[/yellow]" if one.excused else "[red]survived[/red]"


def _line(one: MutantResult) -> str:
    """A mutant's end in a line."""
    mark = "[green]✓[/green]" if not one.survived else "[yellow]·[/yellow]" if one.excused else "[red]✗[/red]"
    return f"{mark} {escape(f'{one.name}: {one.ended.value} ({one.decided_by})')}"


def tell(text: str) -> None:
    """Say what happens next."""
    err.print(escape(text))


def soak(name: str, times: int, pack: list[Path]) -> int:
    """Play a scenario's incident again and again; how long each phase took, and whether every run passed."""
    folder = catalogue(pack).find(name)
    lab = ensure_up(Lab.of_checkout(), pack)
    played = []
    for number in range(1, times + 1):
        played.append(play(lab, folder, RunKind.INCIDENT))
        ended = played[-1].verdict.verdict
        err.print(f"{number} of {times}: {ended.value}, {played[-1].verdict.wall_s:.1f} s")
        if ended is Verdict.INTERRUPTED:
            break
    out.print(reports.soak.table([one.folder for one in played]))
    return next((code for one in played if (code := one.verdict.verdict.exit_code)), 0)
