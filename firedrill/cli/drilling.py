"""Commands of a game day: play a drill, and the trainee's shell."""

from __future__ import annotations

import random
import sys
from typing import Annotated

import typer
from drills.debrief import conclude_drill
from experiments.drill.options import DrillOptions, Mode

from cluster.lab import Lab
from drills.hosting.address import DEFAULT_PORT, LOOPBACK, Address
from drills.shell.finding import anchor, engine, find, is_opened
from drills.shell.session import Open
from experiments.record.folder import RunFolder
from firedrill.choosing import RANDOM, choose, duration
from firedrill.cli.console import err, out
from firedrill.cli.drill_words import closing, opening, pseudonym
from firedrill.cli.playing import Packs
from firedrill.companions import Companions
from firedrill.drills import play_drill
from firedrill.ground import ensure_up
from firedrill.runs import catalogue

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


def play(
    name: Name,
    level: Level = None,
    mode: How = Mode.GUIDED,
    limit: Limit = "30m",
    player: Player = "trainee",
    seed: Seed = None,
    pack: Packs = [],  # noqa: B006  typer reads the default, nobody changes it
    host: Host = LOOPBACK,
    port: Port = DEFAULT_PORT,
    agent: AgentCommand = None,
    stay: Stay = None,
) -> int:
    """Play a drill: the lab breaks, you mend, the lab judges; the exit code is the verdict's."""
    limit_s, address, who = duration(limit, "--limit"), Address(host, port), pseudonym(player)
    chance = random.SystemRandom().randrange(2**31) if seed is None else seed
    folder = choose(catalogue(pack), name, level, chance)
    address.refuse_taken()
    lab = Lab.of_checkout()
    companions = Companions(lab, address, agent, limit_s)
    options = DrillOptions(mode=mode, player=who, limit_s=limit_s, seed=chance)
    told = folder.name if mode is Mode.GUIDED and name != RANDOM else ""
    try:
        ensure_up(lab, pack)
        finished = companions.around(
            lambda opened: play_drill(lab, folder, options, opened=opened),
            lambda page: opening(out, page, told, limit, chance),
        )
        closing(out, finished, conclude_drill(companions.folder or RunFolder(finished.folder)))
        if sys.stdout.isatty() if stay is None else stay:
            err.print("The page stays until you press Ctrl-C.")
            companions.stay()
    finally:
        companions.close()
    return finished.verdict.verdict.exit_code


def shell(script: Script = None) -> int:
    """The toolbox of the drill that is being played: what you type is recorded for the debrief, without secrets."""
    lab, docker = Lab.of_checkout(), engine()
    drill = find(lab)
    if not is_opened(docker, lab, drill):
        err.print("The toolbox opens in a moment, while the lab deploys what you are on call for …")
    opened = Open(lab, drill, anchor(docker, lab, drill))
    if script is not None:
        return opened.one(script)
    code = opened.interactive()
    if opened.is_over:
        err.print("The drill is over, and its toolbox is closed.")
    return code
