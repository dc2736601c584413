"""The command that leads a game day."""

from __future__ import annotations

import json
import random
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from rich.markup import escape
from rich.table import Table

from cluster.errors import BrokenScenario, LabError
from cluster.lab import Lab
from drills.gameday.access import links, tokens
from drills.gameday.conductor import Command, Conductor
from drills.gameday.day import Stage
from drills.gameday.drawing import Playable, draw
from drills.gameday.folder import DayFolder, day_id, unfinished
from drills.gameday.reading import load_plan
from drills.gameday.record import DayFile, Step
from drills.hosting.address import Address
from drills.hosting.kept_alive import KeptAlive, Program
from experiments.catalogue import Catalogue
from firedrill.cli.console import err, out
from firedrill.ground import ensure_up
from firedrill.runs import REPORTS, ROOT, catalogue

DAYS = REPORTS / "gamedays"


def gameday(plan: Path, pack: list[Path], check: bool, fresh: bool) -> int:
    """Lead a game day: several incidents for your teams, with a facilitator's page and a scoreboard.

    Called again after it was stopped or killed, it goes on where the day was.
    """
    if check:
        out.print(_table(_planned(plan, pack).steps))
        return 0
    folder, lab = _folder(plan, pack, fresh), Lab.of_checkout()
    file = folder.file()
    address = Address(file.address, file.port)
    with folder.conducted():
        address.refuse_taken()
        lost: list[LabError] = []
        gone = threading.Event()

        def page_lost(error: LabError) -> None:
            lost.append(error)
            gone.set()

        argv = [sys.executable, "-m", "drills.gameday", str(folder.path)]
        page = KeptAlive(Program(argv, ROOT, folder.logs / "page.log", "the day's page"), page_lost, address.answers)
        page.start()
        try:
            _tell(folder, address)
            if folder.day().stage is not Stage.INCIDENT:
                ensure_up(lab, pack)
            over = _lead(Conductor(folder, _command(file, pack), ROOT, lab.state / "run.lock"), gone)
        finally:
            page.stop()
    if lost:
        raise lost[0]
    if not over:
        err.print(f"The day goes on where it was with: {escape(_again(folder, pack))}", soft_wrap=True)
    return 0 if over else 130


def _lead(conductor: Conductor, gone: threading.Event) -> bool:
    """Lead the day, then leave the pages up until Ctrl-C; whether the day is over."""

    def stop(number: int, frame: FrameType | None) -> None:
        gone.set()

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        err.print("Ready: the facilitator starts the day.")
        conductor.lead(gone.is_set)
        over = conductor.day.stage is Stage.DONE
        if over and not gone.is_set():
            err.print("The day is over. The pages stay until you press Ctrl-C.")
            gone.wait()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    return over


def _command(file: DayFile, packs: Sequence[Path]) -> Command:
    def command(step: Step, seed: int) -> list[str]:
        options = {"mode": step.mode, "player": step.team, "limit_s": step.limit_s, "seed": seed}
        if not file.stakeholders:
            options["stakeholders"] = False
        return [sys.executable, "-m", "firedrill.gameday_incident", step.scenario, json.dumps(options), *_named(packs)]

    return command


def _folder(plan: Path, packs: list[Path], fresh: bool) -> DayFolder:
    """The day to go on with, or a new one."""
    for path in (plan, DAYS / plan.name):
        if (path / "day.json").is_file():
            return DayFolder(path)
    day = _planned(plan, packs)
    text = plan.read_text(encoding="utf-8")
    going_on = None if fresh else unfinished(DAYS, text)
    if going_on is not None:
        err.print(f"A day of this plan is not over; it goes on: {going_on.path.name} (--fresh begins anew)")
        return going_on
    return DayFolder.plan(DAYS, text, day)


def _planned(path: Path, packs: list[Path]) -> DayFile:
    playable = {one.name: one for one in _playable(catalogue(packs))}
    plan = load_plan(path, playable)
    seed = random.SystemRandom().randrange(2**31) if plan.seed is None else plan.seed
    return DayFile(
        day_id=day_id(plan.title),
        title=plan.title,
        teams=list(plan.teams),
        stakeholders=plan.stakeholders,
        seed=seed,
        address=str(plan.address),
        port=plan.port,
        steps=draw(plan, playable, seed),
    )


def _playable(scenarios: Catalogue) -> Iterator[Playable]:
    """A folder that is being written must not keep a day from being planned that does not play it."""
    for one in scenarios.folders():
        try:
            yield Playable(one.name, one.scenario.title, one.level)
        except BrokenScenario as error:
            err.print(f"left out: {escape(error.happened)}")


def _again(folder: DayFolder, packs: Sequence[Path]) -> str:
    """What goes on with a day; without its packs there would be none of their scenarios."""
    return shlex.join(["firedrill", "gameday", folder.path.name, *_named(packs)])


def _named(packs: Sequence[Path]) -> list[str]:
    return [part for pack in packs for part in ("--pack", str(pack))]


def _tell(folder: DayFolder, address: Address) -> None:
    out.print(f"day          {folder.path}", soft_wrap=True, markup=False)
    given = tokens(folder.path, folder.file().teams)
    for who, link in links(address.url().rstrip("/"), given).items():
        out.print(f"{who:12} {link}", soft_wrap=True, markup=False)


def _table(steps: Sequence[Step]) -> Table:
    """What happens, for whoever plans the day; teams are better off without it."""
    table = Table("what", "team", "scenario", "mode", "length", box=None)
    for step in steps:
        what = "surprise" if step.moment_s is not None else step.kind
        at = f" +{step.moment_s / 60:.0f} min" if step.moment_s is not None else ""
        length = step.limit_s if step.kind == "incident" else step.length_s
        mode = step.mode.value if step.kind == "incident" else ""
        table.add_row(what + at, escape(step.team), step.scenario, mode, f"{length / 60:.0f} min")
    return table
