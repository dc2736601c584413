"""Commands of a game day: play a drill, and the trainee's shell."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from cluster.lab import Lab
from drills.debrief import conclude_drill
from drills.hosting.address import Address
from drills.shell.finding import anchor, engine, find, is_opened
from drills.shell.session import Open
from experiments.drill.options import DrillOptions, Mode
from experiments.record.folder import RunFolder
from firedrill.choosing import RANDOM, choose, duration
from firedrill.cli.console import err, out
from firedrill.cli.drill_words import closing, opening, pseudonym
from firedrill.companions import Companions
from firedrill.drills import play_drill
from firedrill.ground import ensure_up
from firedrill.runs import catalogue


def play(
    name: str,
    level: int | None,
    mode: Mode,
    limit: str,
    player: str,
    seed: int | None,
    pack: list[Path],
    host: str,
    port: int,
    agent: str | None,
    stay: bool | None,
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


def shell(script: str | None) -> int:
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
