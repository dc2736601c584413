"""The command's root: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer
from rich.markup import escape

from cluster.errors import FiredrillError
from firedrill.cli.commands import COMMANDS
from firedrill.cli.console import problem
from firedrill.cli.drill_commands import DRILLING, PAST

app = typer.Typer(
    name="firedrill",
    help="Incidents that really happen, on a disposable Kubernetes cluster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Parameters = ParamSpec("Parameters")


def exiting(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """The command with its result as the process's exit code."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        raise typer.Exit(command(*args, **kwargs))

    return run


drills = typer.Typer(help="Drills that were played: list, show, delete.", no_args_is_help=True)
for group, commands in ((app, (*COMMANDS, *DRILLING)), (drills, PAST)):
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
