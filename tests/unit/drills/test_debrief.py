"""What happens when a drill is over: score, draft, report, and the page of all drills."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drills.debrief import conclude_drill
from drills.debrief.escaping import code, quoted, section
from drills.debrief.impact import impact
from drills.score import ScoreFile, read
from experiments.record.folder import RunFolder
from experiments.record.kinds import Verdict
from reports.reading.load import load
from reports.units import MINUS
from tests.unit.drills import sample_drill
from tests.unit.drills.sample_drill import BEFORE, DESK, MOVES, move, ran, said, write
from tests.unit.reports.sample_run import HOSTILE

pytestmark = pytest.mark.unit


def drafted(run: Path) -> str:
    return conclude_drill(RunFolder(run)).postmortem.read_text(encoding="utf-8")


def test_all_that_was_measured_is_filled_in(tmp_path: Path) -> None:
    sample_drill.write_reference(tmp_path)
    text = drafted(write(tmp_path))
    for part in (
        "# Postmortem: Every cache key expires in the same minute",
        "The harm lasted **67.3 s**",
        "| p95 under 200 ms | 64.3 s | 3.6 |",
        f"| DbPoolNearlyExhausted | {MINUS}1.3 s | +0.0 s | +26.9 s |",
        "| page to acknowledgement | 8.2 s | 5.9 s |",
        "| page to fix | 70.7 s | 93.7 s |",
        "**Every key of the cache expires at the same moment**",
        "Every key got the *same* lifetime",
        "- +59.0 s `kubectl -n shop set env deploy/shop CACHE_TTL=14400 CACHE_JITTER=1800`",
        "+25.0 s: taken for the cause: The pool is too small for the load",
        "+56.0 s: a declared fix was refused: alert DbPoolNearlyExhausted: is silenced",
        "+22.0 s: ended with 2: psql",
    ):
        assert part in text, part
    for heading in (
        "Situation",
        "Task",
        "Impact",
        "Timeline",
        "Times",
        "Root cause",
        "Action",
        "Result",
        "What worked",
    ):
        assert f"\n## {heading}\n" in text, heading
    for heading in ("Wrong turns", "What was missed", "Prevention", "Key learnings"):
        assert f"\n## {heading}\n" in text, heading
    assert text.count("\n>\n") == 7, "as many questions have room for an answer"


def test_what_people_and_clusters_wrote_is_text(tmp_path: Path) -> None:
    moves = [*MOVES, move(30, "note", f"{HOSTILE} | [x](http://evil.example) `a` @all ![i](x)\n# heading")]
    text = drafted(write(tmp_path, moves=moves, commands=[ran(9, "echo ``` `a` <b>\n# c"), ran(10, "`")]))
    assert "<script" not in text.replace("`", "")
    assert "\x1b" not in text
    assert "\n# heading" not in text
    assert "\\[x\\](http&#58;//evil.example)" in text
    row = next(line for line in text.split("\n") if "evil.example" in line)
    assert row.replace("\\|", "").count("|") == 5
    assert "- +9.0 s ````echo ``` `a` <b> # c````" in text
    assert "- +10.0 s `` ` ``" in text


def test_no_secret_is_told(tmp_path: Path) -> None:
    secret = "tr0ub4dor_and-3"
    folder = RunFolder(write(tmp_path, moves=[*MOVES, move(30, "note", f"I logged in with {secret}")]))
    folder.redaction.learn([secret])
    concluded = conclude_drill(folder)
    moves = (folder.path / "drill" / "moves.jsonl").read_text()
    assert "I logged in with [redacted]" in moves
    assert all(json.loads(line) for line in moves.splitlines())
    for path in (concluded.postmortem, concluded.report, folder.path / "drill" / "moves.jsonl"):
        assert "tr0ub4dor" not in path.read_text(), path


def test_answers_that_people_wrote_stay(tmp_path: Path) -> None:
    run = write(tmp_path)
    drafted(run)
    (run / "postmortem.md").write_text("our words\n")
    assert drafted(run) == "our words\n"


def test_the_score_is_on_disk_and_the_report_has_it(tmp_path: Path) -> None:
    sample_drill.write_reference(tmp_path)
    run = write(tmp_path)
    concluded = conclude_drill(RunFolder(run))
    assert ScoreFile.model_validate_json((run / "score.json").read_text()) == concluded.score
    report = concluded.report.read_text()
    for part in ('<section id="drill">', "<strong>93</strong>", 'href="postmortem.md"', "chose a wrong cause"):
        assert part in report, part
    assert concluded.page == tmp_path / "drills" / "index.html"
    assert f'href="../runs/{run.name}/report.html"' in concluded.page.read_text()


@pytest.mark.parametrize("missing", ["signals.json", "notifications.json", "verdict.json", "scenario.json"])
def test_a_folder_that_is_half_written_has_a_draft(tmp_path: Path, missing: str) -> None:
    run = write(tmp_path)
    (run / missing).unlink()
    assert "# Postmortem" in drafted(run)


def test_nobody_was_paged_and_nobody_moved(tmp_path: Path) -> None:
    run = write(tmp_path, desk=BEFORE[:2], moves=[], looks=[], commands=[])
    text = drafted(run)
    assert "Nobody was paged." in text
    assert "How long the harm lasted is not on record." in text


def test_the_harm_lasts_to_the_end_where_nobody_ended_it(tmp_path: Path) -> None:
    desk = [*BEFORE, said(90, "ended", "out of time")]
    run = write(tmp_path, desk=desk, moves=[], mitigated=None, recovered=None, verdict=Verdict.NOT_FIXED)
    concluded = conclude_drill(RunFolder(run))
    hurt = impact(read(run), concluded.score, load(run))
    assert hurt.lasted_s == pytest.approx(95.3)
    assert "the lab healed it" in hurt.ended_by
    assert hurt.sent == pytest.approx(9.44e3, rel=0.01)


def test_a_clock_that_went_back_lasts_nothing(tmp_path: Path) -> None:
    desk = [said(200, "bitten"), *(one for one in DESK if one.what != "bitten")]
    text = drafted(write(tmp_path, desk=desk))
    assert "The harm lasted **0.0 s**" in text


def test_an_authors_markdown_stands_as_a_quotation() -> None:
    text = "## Prevention\n- [a gate](../../docs/x.md) `a < b`\n\n# not\n<img src=x>\n## Next\nno"
    assert section(text, "Prevention") == "- [a gate](../../docs/x.md) `a < b`"
    assert quoted("- [a gate](../x.md) `<b>`\n# h\n<img src=x>") == "> - a gate `<b>`\n> h\n> &lt;img src=x>"
    assert section("```\n## Prevention\n```\n", "Prevention") == ""
    assert code("a ``b`` c") == "```a ``b`` c```"
