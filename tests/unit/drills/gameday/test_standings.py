"""What everybody may see: the scores, and nothing that a team has yet to find out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from drills.gameday.boards import Boards, facilitator, lobby, scoreboard
from drills.gameday.facts import Facts
from drills.gameday.folder import DayFolder
from drills.gameday.live import run_for
from drills.gameday.looking import DayWatch
from drills.gameday.record import Happening
from drills.gameday.standings import standings, wall
from drills.server.access import Role, Visitor
from experiments.record.writing import write_text
from tests.unit.drills.gameday.sample_day import (
    NOW,
    RUN,
    SECRETS,
    STEPS,
    after_one,
    happened,
    running,
    write,
    write_drill,
)

pytestmark = pytest.mark.unit

TO_THE_END = [
    happened(1001, Happening.PLAYING, step=2),
    happened(1002, Happening.RUN, run="second"),
    happened(1400, Happening.ENDED, step=2, text="not-fixed"),
]


def facts(folder: DayFolder) -> Facts:
    return DayWatch(folder).look()


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("prepare", [running, after_one], ids=["running", "break"])
def test_wall_and_waiting_teams_see_no_secret(tmp_path: Path, prepare: object) -> None:
    assert callable(prepare)
    seen, boards = facts(prepare(tmp_path)), Boards()
    for board in (scoreboard(), lobby("Heron"), lobby("Kestrel")):
        assert secrets_in(boards.page(board, seen)) == []
    assert secrets_in(str(asdict(wall(seen)))) == []
    assert secrets_in(boards.page(facilitator({}), seen)) != []


def test_a_finished_incident_is_named_once_nobody_has_to_play_it_any_more(tmp_path: Path) -> None:
    assert [one.title for one in wall(facts(after_one(tmp_path))).lines] == [""]
    write_drill(tmp_path, "second", player="Heron", at=1060)
    told = wall(facts(after_one(tmp_path / "late", *TO_THE_END)))
    assert [one.title for one in told.lines] == ["Every key expires", "Every key expires"]


def test_a_days_file_in_another_ones_place_is_counted_anew(tmp_path: Path) -> None:
    watch = DayWatch(after_one(tmp_path, *TO_THE_END))
    assert len(watch.look().day.played) == 2
    path = watch.folder.path / "day.jsonl"
    first = path.read_text().splitlines(keepends=True)[: -len(TO_THE_END)]
    write_text(path, "".join(first))
    assert len(watch.look().day.played) == 1


def test_the_scores_add_up_and_the_best_is_first(tmp_path: Path) -> None:
    write_drill(tmp_path, "second", player="Heron", at=1060, over=True)
    (tmp_path / "runs" / "second" / "score.json").write_text(
        '{"points": 91, "out_of": 100, "counts": true, "lines": [], "missed": []}'
    )
    found = standings(facts(after_one(tmp_path, *TO_THE_END)))
    assert [(one.team, one.points, one.out_of, one.fixed) for one in found] == [
        ("Heron", 91, 100, 1),
        ("Kestrel", 84, 100, 1),
    ]


def test_a_drill_that_says_nothing_of_the_team_costs_it_nothing(tmp_path: Path) -> None:
    folder = after_one(tmp_path)
    (tmp_path / "runs" / RUN / "score.json").write_text(
        '{"points": 0, "out_of": 100, "counts": false, "why_not": "the lab failed", "lines": [], "missed": []}'
    )
    assert [(one.points, one.out_of) for one in standings(facts(folder))] == [(0, 0), (0, 0)]


def test_the_wall_tells_what_a_team_does_but_not_in_its_words(tmp_path: Path) -> None:
    told = wall(facts(running(tmp_path)))
    assert (told.headline, told.since) == ("Kestrel is on an incident", NOW + 60)
    assert told.signs == ("acknowledged", "SEV2", "1 hint")


def test_a_surprise_that_is_prepared_looks_like_none_at_all(tmp_path: Path) -> None:
    waits = [
        happened(0, Happening.STARTED),
        happened(0, Happening.WAITS, step=3, until=NOW),
        happened(1, Happening.WAITS, step=4, until=NOW + 300),
    ]
    begins = [*waits, happened(300, Happening.PLAYING, step=4), happened(301, Happening.RUN, run="soon")]
    before, prepared = facts(write(tmp_path / "a", *waits)), facts(write(tmp_path / "b", *begins))
    assert wall(before) == wall(prepared)
    assert prepared.shown_to("Kestrel") == ""
    write_drill(tmp_path / "b", "soon")
    paged = facts(write(tmp_path / "b", *begins[len(begins) :]))
    assert paged.shown_to("Kestrel") == "soon"
    assert wall(paged).headline == "Kestrel is on an incident"


def test_each_visitor_is_led_to_the_drill_that_is_theirs(tmp_path: Path) -> None:
    live, over = facts(running(tmp_path / "a")), facts(after_one(tmp_path / "b"))
    kestrel, heron = Visitor(Role.TRAINEE, "Kestrel"), Visitor(Role.TRAINEE, "Heron")
    assert [run_for(live, one) for one in (kestrel, heron, Visitor(Role.FACILITATOR))] == [RUN, "", RUN]
    assert [run_for(over, one) for one in (kestrel, heron, Visitor(Role.FACILITATOR))] == [RUN, "", RUN]
    assert run_for(live, Visitor(Role.OBSERVER)) == ""


def test_what_people_wrote_is_escaped(tmp_path: Path) -> None:
    seen = facts(after_one(tmp_path))
    for board in (scoreboard(), lobby("Heron"), facilitator({})):
        page = Boards().page(board, seen)
        assert "&lt;b&gt;kitchen" in page
        assert "<b>kitchen" not in page


def test_every_step_of_the_plan_can_be_shown(tmp_path: Path) -> None:
    page = Boards().page(facilitator({"wall": "http://127.0.0.1/wall?token=x"}), facts(write(tmp_path)))
    assert page.count("<li class=") >= len(STEPS)
