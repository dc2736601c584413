"""What a drill is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from drills.score import Line, ScoreFile, read, reference, score
from drills.score.timed import full_until
from drills.score.weights import ANSWERS, COLLATERAL, HINTS, REFUSED, TIMES, UPDATES
from experiments.record.drill import Look, Move, Said
from experiments.record.kinds import Verdict
from tests.unit.drills import sample_drill
from tests.unit.drills.sample_drill import BEFORE, DESK, LITTER, MOVES, PAGED, card, move, said, write

pytestmark = pytest.mark.unit

OUT_OF_TIME = [*BEFORE, said(90, "ended", "out of time")]


def scored(root: Path, *, proven: bool = False, **drill: object) -> ScoreFile:
    if proven:
        sample_drill.write_reference(root)
    run = write(root, **drill)  # type: ignore[arg-type]
    return score(read(run), reference.find(root / "runs", "cache-stampede"))


def line(found: ScoreFile, id: str) -> Line:
    return next(one for one in found.lines if one.id == id)


def without(what: str) -> list[Move]:
    return [one for one in MOVES if one.what != what]


def test_the_lines_add_up_to_a_hundred(tmp_path: Path) -> None:
    assert sum(weight.points for weight in TIMES.values()) + HINTS + REFUSED + COLLATERAL + ANSWERS + UPDATES == 100
    found = scored(tmp_path, proven=True)
    assert sum(one.out_of for one in found.lines) == found.out_of == 100
    assert sum(one.points for one in found.lines) == found.points == 93


def test_each_figure_is_the_one_on_record(tmp_path: Path) -> None:
    found = scored(tmp_path, proven=True)
    assert found.times.model_dump() == {
        "acknowledge_s": 8.2,
        "diagnose_s": 58.0,
        "mitigate_s": 62.0,
        "fix_s": pytest.approx(70.7),
    }
    assert (found.hints, found.refused, found.outcome, found.counts) == (1, 1, "fixed", True)
    assert [line(found, id).points for id in ("hints", "refused", "collateral", "answers", "updates")] == [
        6,
        4,
        4,
        6,
        3,
    ]
    assert "is silenced until 09:40" in line(found, "refused").text
    assert "shop/worker: 1 replica" in line(found, "collateral").text
    assert all(one.text.endswith(".") for one in found.lines)


def test_the_reference_is_the_newest_run_that_passed(tmp_path: Path) -> None:
    sample_drill.write_reference(tmp_path, "20251118T080000-cache-stampede-incident")
    sample_drill.write_reference(tmp_path)
    failed = sample_drill.write_reference(tmp_path, "20251120T090000-cache-stampede-incident")
    text = (failed / "verdict.json").read_text().replace('"verdict": "passed"', '"verdict": "not-fixed"', 1)
    (failed / "verdict.json").write_text(text)
    found = reference.find(tmp_path / "runs", "cache-stampede")
    assert found is not None
    assert found.run_id == sample_drill.REFERENCE
    assert (found.acknowledge_s, found.diagnose_s) == (5.9, 9.8)
    assert found.fix_s == found.mitigate_s == 93.7
    assert reference.find(tmp_path / "runs", "stampede") is None


def test_without_a_reference_the_limit_takes_its_place(tmp_path: Path) -> None:
    found = scored(tmp_path)
    assert found.reference is None
    assert "no proven run" in line(found, "fix").text
    assert full_until("fix", None, 1000) == 500
    assert full_until("fix", 20, 1000) == 420
    assert full_until("fix", 200, 1000) == 600
    assert full_until("fix", 10, 100) == 50
    assert full_until("fix", 900, 1000) == 1000


def test_late_is_worth_less_and_never_nothing(tmp_path: Path) -> None:
    points = []
    for after in (30, 200, 600, 899):
        moves = [*MOVES[1:], move(after, "acknowledge")]
        desk = [*BEFORE, said(899.5, "ended", "out of time")]
        points.append(line(scored(tmp_path, desk=desk, moves=moves), "acknowledge").points)
    assert points == sorted(points, reverse=True)
    assert (points[0], points[-1]) == (10, 2)


def test_nobody_did_anything(tmp_path: Path) -> None:
    found = scored(tmp_path, desk=OUT_OF_TIME, moves=[], commands=[], mitigated=None, recovered=None)
    assert (found.points, found.outcome, found.counts) == (0, "out of time", True)
    assert "not one command was run" in found.missed
    assert "DbPoolNearlyExhausted was never acknowledged" in found.missed


def test_nobody_was_paged(tmp_path: Path) -> None:
    found = scored(tmp_path, desk=[*BEFORE[:-1], said(90, "ended", "nobody was paged")])
    assert (found.points, found.outcome, found.counts, found.missed) == (3, "never paged", False, [])
    assert found.why_not


def test_out_of_time_scores_what_was_earned(tmp_path: Path) -> None:
    found = scored(tmp_path, desk=OUT_OF_TIME, verdict=Verdict.NOT_FIXED, recovered=None)
    assert found.outcome == "out of time"
    assert line(found, "fix").points == line(found, "refused").points == 0
    assert line(found, "diagnosis").points == 20
    assert line(found, "mitigation").points == 15, "users were served to the end"


@pytest.mark.parametrize(
    ("verdict", "ended"), [(Verdict.LAB_ERROR, "out of time"), (Verdict.NOT_FIXED, "ended by the facilitator")]
)
def test_what_is_not_the_players_doing_does_not_count(tmp_path: Path, verdict: Verdict, ended: str) -> None:
    found = scored(tmp_path, desk=[*BEFORE, said(90, "ended", ended)], verdict=verdict, failed="p95 under 50 ms")
    assert not found.counts
    assert found.why_not


def test_the_diagnosis_that_stayed_counts(tmp_path: Path) -> None:
    others = without("diagnosis")
    right = [*others, move(30, "diagnosis", "0"), move(40, "diagnosis", "1"), move(50, "diagnosis", "0")]
    assert scored(tmp_path, moves=right).times.diagnose_s == 50
    again = [*others, move(30, "diagnosis", "0"), move(50, "diagnosis", "0", id="again")]
    assert scored(tmp_path, moves=again).times.diagnose_s == 30
    wrong = scored(tmp_path, moves=[*others, move(30, "diagnosis", "0"), move(50, "diagnosis", "1")])
    assert wrong.times.diagnose_s is None
    assert "the true cause: another one was chosen last" in wrong.missed


def test_mitigation_is_not_a_word(tmp_path: Path) -> None:
    early = [*without("mitigated"), move(10, "mitigated")]
    assert scored(tmp_path, moves=early).times.mitigate_s == pytest.approx(60.7), "when the samples agree"
    never = scored(tmp_path, moves=early, mitigated=None)
    assert never.times.mitigate_s == never.times.fix_s
    assert "do not bear it out" in line(never, "mitigation").text
    always = scored(tmp_path, moves=early, mitigated=-4.0)
    assert always.times.mitigate_s == always.times.fix_s, "what held through the harm says nothing of its end"
    untold = scored(tmp_path, moves=without("mitigated"))
    assert untold.times.mitigate_s == untold.times.fix_s
    late = scored(tmp_path, moves=[*without("mitigated"), move(80, "mitigated")])
    assert late.times.mitigate_s == late.times.fix_s


def test_without_samples_the_declaration_counts(tmp_path: Path) -> None:
    run = write(tmp_path)
    (run / "signals.json").unlink()
    found = score(read(run), None)
    assert found.times.fix_s == 74
    assert "no sample says" in line(found, "fix").text


def test_a_clock_that_went_back_makes_nothing_negative(tmp_path: Path) -> None:
    found = scored(tmp_path, moves=[*without("acknowledge"), move(-40, "acknowledge")])
    assert found.times.acknowledge_s == 0
    assert any("40.0 s before the page" in remark for remark in found.remarks)


def test_pauses_are_nobodys_time(tmp_path: Path) -> None:
    pauses = [move(10, "pause", role="facilitator"), move(40, "resume", role="facilitator")]
    found = scored(tmp_path, moves=[*MOVES, *pauses])
    assert found.times.diagnose_s == 28
    assert any("paused for 30.0 s" in remark for remark in found.remarks)


def test_a_desk_that_began_again_says_nothing_twice(tmp_path: Path) -> None:
    desk = [*DESK, said(60, "paged", id="second"), *DESK]
    found = scored(tmp_path, desk=desk, moves=[*MOVES, *MOVES])
    assert found.model_dump(exclude={"remarks"}) == scored(tmp_path).model_dump(exclude={"remarks"})


def test_a_line_that_was_cut_short_is_told(tmp_path: Path) -> None:
    run = write(tmp_path)
    with (run / "drill" / "moves.jsonl").open("a") as file:
        file.write('{"id": "m9", "at": 17')
    found = score(read(run), None)
    assert found.points == 93
    assert any("moves.jsonl, line 13" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("answers", "ended", "points"),
    [
        ([(100.0, "soon")], 600.0, 6),
        ([(201.0, "sorry")], 600.0, 0),
        ([(100.0, "  ")], 600.0, 0),
        ([], 600.0, 0),
        ([], 150.0, 6),
    ],
)
def test_a_question_waits_three_minutes(
    tmp_path: Path, answers: Sequence[tuple[float, str]], ended: float, points: int
) -> None:
    desk = [*BEFORE, said(20, "asks", "When?", id="q1"), said(ended, "ended", "out of time")]
    moves = [*without("answer"), *(move(at, "answer", text, of="q1") for at, text in answers)]
    found = scored(tmp_path, desk=desk, moves=moves)
    assert line(found, "answers").points == points
    assert any("no answer in time: When?" in one for one in found.missed) == (points == 0)


def test_updates_are_due_every_ten_minutes(tmp_path: Path) -> None:
    desk: list[Said] = [*BEFORE, said(1300, "ended", "out of time")]
    found = scored(tmp_path, desk=desk, moves=[move(1, "acknowledge"), move(5, "status", "we look")])
    assert line(found, "updates").points == 1
    assert "3 due" in line(found, "updates").text


def test_what_nobody_could_look_at_is_not_whole(tmp_path: Path) -> None:
    blind = Look(at=PAGED + 86, of="", findings=[], error="the API server does not answer")
    assert line(scored(tmp_path, looks=[blind]), "collateral").points == 0
    assert line(scored(tmp_path, looks=[]), "collateral").points == 0
    repaired = Look(at=PAGED + 86, of="", findings=[])
    before = Look(at=PAGED + 50, of="d1", findings=[LITTER])
    assert line(scored(tmp_path, looks=[before, repaired]), "collateral").points == 6
    assert line(scored(tmp_path, looks=[repaired, before, blind]), "collateral").points == 4, "the last that could look"


def test_moves_after_the_end_and_by_others_are_not_the_players(tmp_path: Path) -> None:
    late = [*MOVES, move(90, "diagnosis", "1"), move(91, "hint", "2"), move(30, "hint", "3", role="facilitator")]
    assert scored(tmp_path, moves=late).points == 93


def test_a_limit_that_is_short_still_has_room_for_all_points(tmp_path: Path) -> None:
    found = scored(tmp_path, card_file=card(limit_s=100.0))
    assert line(found, "acknowledge").points == 10
    assert 12 < line(found, "fix").points < 25
