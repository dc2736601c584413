"""The command's root: its groups of commands, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer
from rich.markup import escape

from cluster.errors import FiredrillError
from firedrill.cli import authoring, batches, drilling, ground, past_drills, playing, proving, records, results
from firedrill.cli.console import problem
from firedrill.cli.gameday import gameday

app = typer.Typer(
    name="firedrill",
    help="Incidents that really happen, on a disposable Kubernetes cluster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

COMMANDS: tuple[Callable[..., int], ...] = (
    ground.up,
    ground.down,
    ground.doctor,
    ground.status,
    ground.host_undo,
    ground.images,
    playing.list_,
    playing.run,
    playing.prove,
    playing.export,
    playing.heal,
    proving.mutants,
    proving.soak,
    batches.ci_scenarios,
    batches.nightly,
    drilling.play,
    drilling.shell,
    results.judge,
    results.report,
    records.history,
    records.bench,
    records.suite,
    gameday,
    authoring.new,
    authoring.check,
)

DRILLS: tuple[Callable[..., int], ...] = (past_drills.list_, past_drills.show, past_drills.delete)

Parameters = ParamSpec("Parameters")


def exiting(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """The command with its result as the process's exit code."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        raise typer.Exit(command(*args, **kwargs))

    return run


drills = typer.Typer(help="Drills that were played: list, show, delete.", no_args_is_help=True)
for group, commands in ((app, COMMANDS), (drills, DRILLS)):
    for command in commands:
        group.command(name=command.__name__.strip("_").replace("_", "-"))(exiting(command))
app.add_typer(drills, name="drills")


def main() -> None:
    """Run the command line and end the process with Firedrill's exit code."""
    try:
        app()
    except FiredrillError as error:
        problem(escape(str(error)))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
