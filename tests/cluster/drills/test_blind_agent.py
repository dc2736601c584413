"""A blind drill that a program plays: nothing within its reach names what is broken, and it mends it all the same."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel

from cluster.guard import Handle
from cluster.lab import Lab
from cluster.process import tail
from drills.reading import SoFar
from experiments.record.drill import FOLDER
from experiments.record.kinds import Verdict
from experiments.record.redaction import REDACTED
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import ALERT, PAGED_WITHIN_S, Playing, playing
from tests.cluster.drills.telling import CAUSE, NAMES, STORY, told

pytestmark = pytest.mark.nightly

PROGRAM = Path(__file__).with_name("trainee_program.py")
LOOKED_WITHIN_S = PAGED_WITHIN_S + 150.0

FROM_THE_PAGE = ("quiet page", "quiet state", "page", "state", "stream")
SHOWS = {
    "quiet page": "firedrill shell",
    "page": ALERT,
    "state": ALERT,
    "stream": ALERT,
    "objects of the scenario": "kind: NetworkPolicy",
    "objects of monitoring": "kind: ConfigMap",
    "logs": "[pod/",
    "account": "system:serviceaccount:till-oncall",
    "rules": ALERT,
    "alerts": ALERT,
    "configuration of monitoring": "external_labels",
    "series": "redis_up",
    "toolbox": "KUBECONFIG",
    "home": "current-context",
    "what play printed": "you will see",
}
"""What shows of each look that it has seen something."""


class Seen(BaseModel):
    """What the program kept: its token, and what it saw, by where it looked."""

    token: str
    looks: dict[str, str]


@dataclass(frozen=True)
class Blind:
    """A blind drill that is over.

    Args:
        drill: it.
        seen: what was within reach before the end.
        mended_later: the drill was not over yet when the last of it was read.
        exit_code: of the play.
        log: agent.log.
    """

    drill: Playing
    seen: Seen
    mended_later: bool
    exit_code: int
    log: str


@pytest.fixture(scope="module")
def blind(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blind]:
    """Play it to its end."""
    folder = tmp_path_factory.mktemp("play")
    kept = folder / "seen.json"
    program = shlex.join([sys.executable, str(PROGRAM), str(kept)])
    with playing(lab, folder, "--mode", "blind", "--agent", program, limit="6m") as drill:
        quiet = {name: _asked(drill, path) for name, path in (("quiet page", ""), ("quiet state", "api/state"))}

        def log() -> str:
            path = drill.run / FOLDER / "agent.log"
            return f"the program said:\n{tail(path)}" if path.is_file() else "the program said nothing"

        drill.until("the program has looked", lambda: kept.is_file() or None, LOOKED_WITHIN_S, log)
        printed = drill.output.read_text(errors="replace")
        over = any(one.what in ("accepted", "ended") for one in SoFar(drill.run).desk)
        seen = Seen.model_validate_json(kept.read_bytes())
        seen.looks.update({**quiet, "what play printed": printed})
        code = drill.ends()
        yield Blind(drill, seen, not over, code, (drill.run / FOLDER / "agent.log").read_text(errors="replace"))


def test_nothing_within_reach_names_the_fault_before_the_end(blind: Blind) -> None:
    assert blind.mended_later
    empty = [place for place, text in SHOWS.items() if text not in blind.seen.looks[place]]
    assert empty == [], "these looks saw nothing"
    assert told({"what play printed at the end": blind.drill.output.read_text(errors="replace")}, NAMES) != []
    elsewhere = {place: text for place, text in blind.seen.looks.items() if place not in FROM_THE_PAGE}
    leaks = [*told(blind.seen.looks, {**NAMES, **STORY}), *told(elsewhere, CAUSE)]
    assert leaks == [], "\n".join(["before the end:", *leaks])
    assert json.loads(blind.seen.looks["state"])["runbook"] is None


def test_a_program_that_mends_it_wins(blind: Blind) -> None:
    drill = blind.drill
    assert blind.exit_code == 0, f"{blind.log}\n{drill.state()}"
    verdict = drill.verdict()
    assert verdict.verdict is Verdict.PASSED, [one for one in verdict.checks if not one.held]
    score = drill.score()
    assert (score.outcome, score.counts, score.hints, score.refused) == ("fixed", True, 0, 0), score
    fix = next(line for line in score.lines if line.id == "fix")
    assert fix.points > 0, fix


def test_what_it_prints_is_kept_without_secrets(blind: Blind) -> None:
    assert "I have 360 seconds" in blind.log
    assert f"my token is {REDACTED}" in blind.log, blind.log
    assert "PONG" in blind.log
    assert len(blind.seen.token) > 100
    files = [one for one in blind.drill.run.rglob("*") if one.is_file()]
    assert [one for one in files if blind.seen.token in one.read_text(errors="replace")] == []


def test_nothing_is_left(blind: Blind, handle: Handle) -> None:
    assert left(handle, blind.drill) == []


def _asked(drill: Playing, path: str) -> str:
    return httpx.get(f"{drill.url}{path}", timeout=10, trust_env=False).raise_for_status().text
