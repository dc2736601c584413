"""The commands of drills, with their arguments and their help; what they do is imported when one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from experiments.drill.options import Mode
from firedrill.cli.commands import Packs

Name = Annotated[str, typer.Argument(help="the scenario, or `random`", show_default=False)]
Level = Annotated[int | None, typer.Option(help="of a random one: 1, 2 or 3")]
How = Annotated[Mode, typer.Option(help="guided shows the runbook, blind nothing that names the fault")]
Limit = Annotated[str, typer.Option(help="how long until the lab heals itself: 30m, 1h15m")]
Player = Annotated[str, typer.Option(help="a pseudonym, of a person or a team")]
Seed = Annotated[int | None, typer.Option(help="the same seed plays the same drill")]
Host = Annotated[str, typer.Option(help="where the page is; beyond this machine each role gets a token")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="of the page")]
AgentCommand = Annotated[str | None, typer.Option("--agent", help="a program that plays instead of a person")]
Stay = Annotated[
    bool | None,
    typer.Option("--stay/--no-stay", help="whether the page stays up after the end; it does on a terminal"),
]
Script = Annotated[str | None, typer.Option("-c", help="one command, instead of a shell to type in")]
Plan = Annotated[Path, typer.Argument(help="plan.yaml, or a day's id to go on with", show_default=False)]
Check = Annotated[bool, typer.Option("--check", help="only say what the plan comes to")]
Fresh = Annotated[bool, typer.Option("--fresh", help="begin anew, also where a day of this plan is not over")]
Of = Annotated[str | None, typer.Option("--player", help="only those of this pseudonym")]
Run = Annotated[str, typer.Argument(help="the drill, as `firedrill drills list` names it", show_default=False)]
Runs = Annotated[list[str] | None, typer.Argument(help="drills, as `firedrill drills list` names them")]
Every = Annotated[bool, typer.Option("--all", help="every drill of everybody")]


def play(
    name: Name,
    level: Level = None,
    mode: How = Mode.GUIDED,
    limit: Limit = "30m",
    player: Player = "trainee",
    seed: Seed = None,
    pack: Packs = [],  # noqa: B006  typer reads the default, nobody changes it
    host: Host = "127.0.0.1",
    port: Port = 8700,
    agent: AgentCommand = None,
    stay: Stay = None,
) -> int:
    """Play a drill: the lab breaks, you mend, the lab judges; the exit code is the verdict's."""
    from firedrill.cli import drilling

    return drilling.play(name, level, mode, limit, player, seed, pack, host, port, agent, stay)


def shell(script: Script = None) -> int:
    """The toolbox of the drill that is being played: what you type is recorded for the debrief, without secrets."""
    from firedrill.cli import drilling

    return drilling.shell(script)


def gameday(plan: Plan, pack: Packs = [], check: Check = False, fresh: Fresh = False) -> int:  # noqa: B006
    """Lead a game day: several incidents for your teams, with a facilitator's page and a scoreboard.

    Called again after it was stopped or killed, it goes on where the day was.
    """
    from firedrill.cli import gameday as leading

    return leading.gameday(plan, pack, check, fresh)


def list_(player: Of = None) -> int:
    """Past drills, the oldest first: how each ended, and the seconds from the page to each step."""
    from firedrill.cli import past_drills

    return past_drills.list_(player)


def show(run: Run) -> int:
    """One past drill: every point explained, and what was missed."""
    from firedrill.cli import past_drills

    return past_drills.show(run)


def delete(runs: Runs = None, player: Of = None, every: Every = False) -> int:
    """Delete past drills for good: those that are named, those of one player, or all."""
    from firedrill.cli import past_drills

    return past_drills.delete(runs, player, every)


DRILLING: tuple[Callable[..., int], ...] = (play, shell, gameday)
PAST: tuple[Callable[..., int], ...] = (list_, show, delete)
