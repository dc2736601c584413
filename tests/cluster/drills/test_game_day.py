"""A game day of two teams: led by its page, played by links and shell, and not ended by the death of its conductor."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from drills.gameday.child import Child
from drills.gameday.day import Stage
from drills.gameday.record import Happening
from drills.reading import SoFar
from drills.score import NAME as SCORE
from drills.score import ScoreFile
from experiments.record.folder import RunFolder
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.leading import Leading, leading
from tests.cluster.drills.link import Link
from tests.cluster.drills.playing import ENDS_WITHIN_S, JUDGED_WITHIN_S, NAME, PAGED_WITHIN_S, free_port
from tests.cluster.drills.telling import CAUSE, NAMES, told

pytestmark = pytest.mark.nightly

FIRST, SECOND = "Kestrel", "Heron"
PLAN = """# Two teams, the same incident for both.
title: Two teams for a test
teams: [{first}, {second}]
limit: 5m
stakeholders: false
seed: 7
port: {port}
entries:
  - incident: {name}
    team: {first}
  - break: 10s
  - incident: {name}
    team: {second}
"""
FIRST_STEP, SECOND_STEP = 0, 2
TRUE_CAUSE = "A release set a password that no client has"
FIX = "kubectl rollout undo deployment/redis && kubectl rollout status deployment/redis --timeout=50s"
FOLLOWS_WITHIN_S = 5.0
SCORED_WITHIN_S = 30.0
ALONE_S = 3.0
"""How long nobody leads the day."""


@dataclass(frozen=True)
class Over:
    """A drill of the day that has ended."""

    run: Path
    port: int


@dataclass(frozen=True)
class Everybody:
    """Those who have a link, each with their page open."""

    day: Leading
    facilitator: Link
    wall: Link
    first: Link
    second: Link

    def unaware(self) -> dict[str, str]:
        """The pages of those who may not know yet what the second team has to find out."""
        pages = {"the wall": self.wall.shows(), "the second team's page": self.second.shows()}
        return pages | {"the second team's state": self.second.get("/api/state").text}


def test_a_day_of_two_teams_outlives_its_conductor(lab: Lab, handle: Handle, tmp_path: Path) -> None:
    plan, port = tmp_path / "plan.yaml", free_port()
    plan.write_text(PLAN.format(first=FIRST, second=SECOND, port=port, name=NAME), encoding="utf-8")
    with leading(lab, plan, port) as day:
        assert set(day.links) == {"facilitator", "wall", FIRST, SECOND}
        all_ = Everybody(day, *(day.open(who) for who in ("facilitator", "wall", FIRST, SECOND)))
        _start(all_)
        first = day.run(FIRST_STEP)
        _plays_and_mends(all_, first)
        _is_on_the_scoreboard(all_)
        second = day.run(SECOND_STEP, within_s=120)
        _loses_its_conductor(all_, second)
        _gives_up(all_, second)
        _is_over(all_, first, second)
        assert day.ends() == 0, day.state()
        assert [*left(handle, Over(first, port)), *left(handle, Over(second, port))] == []


def _start(all_: Everybody) -> None:
    """Nothing happens until the facilitator says so, and nobody else may."""
    assert "The day begins soon" in all_.wall.shows()
    for nobody in (all_.wall, all_.first):
        assert nobody.order("start") == 403
    assert all_.day.at(Stage.PLANNED)
    assert "Start the day" in all_.facilitator.shows()
    assert all_.facilitator.order("start") == 204
    all_.day.until("the first incident begins", lambda: all_.day.at(Stage.INCIDENT), 10)


def _plays_and_mends(all_: Everybody, run: Path) -> None:
    """The first team has the live page, the shell and the clock; the second one waits and learns nothing."""
    day, team = all_.day, all_.first
    assert day.said(run, "paged", within_s=PAGED_WITHIN_S)
    day.until("the first team's page shows the page", lambda: team.state()["clock_s"], FOLLOWS_WITHIN_S)
    assert all_.second.move("note", "not mine") == 409
    assert team.move("acknowledge") == 204
    facilitators = (all_.facilitator.shows("/day"), all_.facilitator.shows("/"))
    assert all(told({"facilitator": page}, NAMES) and told({"facilitator": page}, CAUSE) for page in facilitators)
    day.until("the wall shows it", lambda: (">acknowledged<" in all_.wall.shows()) or None, FOLLOWS_WITHIN_S)
    assert f"{FIRST} is on an incident" in all_.wall.shows()
    assert told(all_.unaware(), {**NAMES, **CAUSE}) == []
    cause = next(id for id, text in team.state()["causes"].items() if text == TRUE_CAUSE)
    assert team.move("diagnosis", cause) == 204
    day.shell(FIX)
    assert "PONG" in day.shell("redis-cli -h redis ping")
    assert (team.move("mitigated"), team.move("declare")) == (204, 204)
    answer = day.said(run, "accepted", "refused", "ended", within_s=JUDGED_WITHIN_S)
    assert answer.what == "accepted", f"{answer.reasons}\n{day.state()}"


def _is_on_the_scoreboard(all_: Everybody) -> None:
    """It shows the first team's points, and no name, since the second team has it still to play."""
    day = all_.day
    day.until("the first incident is over", lambda: day.day.played or None, ENDS_WITHIN_S)
    line = re.compile(rf"<strong>{FIRST}</strong> incident 1: fixed after [\d:]+, (\d+) points")
    shown = day.until("the wall shows the points", lambda: line.search(all_.wall.shows()), SCORED_WITHIN_S)
    assert int(shown[1]) > 0
    assert told(all_.unaware(), {**NAMES, **CAUSE}) == []
    assert told({"debrief": all_.first.shows("/?debrief")}, NAMES) != []


def _loses_its_conductor(all_: Everybody, run: Path) -> None:
    """In the middle of an incident; the drill goes on, and who comes back finds everything as it was."""
    day, team = all_.day, all_.second
    paged = day.said(run, "paged", within_s=PAGED_WITHIN_S).at
    day.until("the second team's page shows the page", lambda: team.state()["clock_s"], FOLLOWS_WITHIN_S)
    assert team.move("acknowledge") == 204
    assert team.move("note", "it says NOAUTH") == 204
    assert "NOAUTH" in day.shell("redis-cli -h redis ping")
    before, drill, links = day.day, Child(day.day.pid, day.day.born), day.links
    day.kill()
    time.sleep(ALONE_S)
    assert drill.alive, day.state()
    day.again()
    assert day.links == links
    after = day.day
    assert (after.stage, after.step, after.run, after.pid) == (before.stage, before.step, before.run, before.pid)
    assert sum(one.what is Happening.OPENED for one in day.folder.happened()) == 2
    assert drill.alive
    assert [one.what for one in SoFar(run).desk if one.what in ("ended", "closed")] == []
    clock = team.state()["clock_s"]
    assert abs(clock - (time.time() - paged)) <= 1, f"{clock} s, {time.time() - paged:.1f} s after the page"
    pages = {"team": team.shows(), "wall": all_.wall.shows(), "facilitator": all_.facilitator.shows()}
    assert [who for who, page in pages.items() if f'data-since="{paged}"' not in page] == []
    assert "No conductor" not in pages["facilitator"]
    assert "it says NOAUTH" in pages["team"]
    assert "Your last incident" in all_.first.shows()
    for who in (FIRST, SECOND):
        assert day.open(who).shows()
    assert team.move("note", "we are still here") == 204
    assert all_.facilitator.order("message", "Lunch is late") == 204
    assert "Lunch is late" in team.shows()
    day.until("the wall shows the message", lambda: ("Lunch is late" in all_.wall.shows()) or None, FOLLOWS_WITHIN_S)
    assert "NOAUTH" in day.shell("redis-cli -h redis ping")


def _gives_up(all_: Everybody, run: Path) -> None:
    """The second team has had enough: the drill ends under the new conductor, and the day with it."""
    day = all_.day
    assert all_.second.move("give-up") == 204
    ended = day.said(run, "ended", within_s=30)
    assert ended.text == "given up", day.state()
    day.until("the day is over", lambda: day.at(Stage.DONE), ENDS_WITHIN_S)


def _is_over(all_: Everybody, first: Path, second: Path) -> None:
    """Each drill has its result, and the wall says what it was, now that nobody has to find out any more."""
    day = all_.day
    results = [(one.step, one.run, one.verdict) for one in day.day.played]
    assert results == [(FIRST_STEP, first.name, "passed"), (SECOND_STEP, second.name, "not-fixed")], day.state()
    scores = [RunFolder(run).read(SCORE, ScoreFile) for run in (first, second)]
    assert [(one.player, one.outcome) for one in scores] == [(FIRST, "fixed"), (SECOND, "given up")]
    day.until("the wall knows", lambda: ("The day is over" in all_.wall.shows()) or None, FOLLOWS_WITHIN_S)
    assert told({"the wall": all_.wall.shows()}, NAMES) != []
    assert all_.facilitator.order("message", "one more thing") == 409
