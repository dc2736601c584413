"""The page over all scenarios, its JUnit and its summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from experiments.record.kinds import RunKind, Verdict
from reports import history, suite
from reports.history import Entry, History, Told
from reports.suite import KINDS, Batch, Subject, Suite
from reports.suite import junit as suite_junit
from reports.suite import page as suite_page
from reports.suite import summary as suite_summary
from reports.svg.spark import HEIGHT, spark
from tests.unit.reports.sample_run import HOSTILE, VERSIONS, write

pytestmark = pytest.mark.unit

NOW = 1_900_000_000.0
STAMPEDE = Subject(
    name="cache-stampede",
    folder="scenarios/cache_stampede",
    content_hash="3f2a9c117de0",
    title="Every cache key expires in the same minute",
    detects=("DbPoolNearlyExhausted",),
    silent=("ApiDown",),
    ground={"engine": VERSIONS["engine"], "image shop": VERSIONS["image shop"]},
)


def proof(root: Path, **failed: str) -> list[Entry]:
    """The four runs of the stampede; those named failed with this check."""
    found = []
    for n, kind in enumerate(KINDS):
        check = failed.get(kind.replace("-", "_"), "")
        verdict = Verdict.NOT_FIXED if check else Verdict.PASSED
        run = write(root, name=f"{n}-cache-stampede-{kind}", kind=RunKind(kind), verdict=verdict, failed=check)
        (run / "report.html").write_text("", encoding="utf-8")
        found.append(history.entry(run))
    return found


def made(
    root: Path,
    entries: Sequence[Entry],
    *subjects: Subject,
    told: Sequence[Told] = (),
    reused: Sequence[str] = (),
) -> Suite:
    recorded = History(tuple(entries), tuple(told))
    return suite.build(subjects or [STAMPEDE], recorded, root / "runs", Batch("firedrill nightly", reused), NOW)


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())


def cases(document: str) -> dict[str, Tree.Element]:
    root = Tree.fromstring(document)  # noqa: S314  written by the code under test
    return {f"{one.get('classname')} {one.get('name')}": one for one in root.iter("testcase")}


def test_four_passes_of_the_present_content_are_trust(tmp_path: Path) -> None:
    found = made(tmp_path, proof(tmp_path))
    assert (found.tone, found.word, found.rows[0].word) == ("good", "1 of 1 trusted", "trusted")
    assert [cell.engine_changed for cell in found.rows[0].cells] == [False] * 4
    said = text(suite_page.render(found))
    for part in ("firedrill nightly", "Every cache key expires", "passed", "212.3 s", "1 of 1 alerts", "ApiDown"):
        assert part in said, part


def test_three_of_four_are_none(tmp_path: Path) -> None:
    found = made(tmp_path, proof(tmp_path)[:3])
    assert (found.tone, found.rows[0].word, found.rows[0].cells[3].word) == ("unsure", "not proven", "never played")


def test_what_older_content_ended_with_says_nothing_about_the_present_one(tmp_path: Path) -> None:
    found = made(tmp_path, proof(tmp_path, incident="p95 under 200 ms"), replace(STAMPEDE, content_hash="new"))
    assert found.rows[0].word == "not proven"
    assert "older content" in text(suite_page.render(found))
    assert "reused" not in text(suite_page.render(found))


def test_a_run_of_the_present_content_counts_before_a_newer_one_of_another(tmp_path: Path) -> None:
    entries = proof(tmp_path)
    later = entries[0].model_copy(update={"time": NOW, "content_hash": "undone", "verdict": "not-fixed"})
    assert made(tmp_path, [*entries, later]).rows[0].word == "trusted"


def test_a_failure_is_told_with_file_and_line_everywhere(tmp_path: Path) -> None:
    found = made(tmp_path, proof(tmp_path, no_fix="p95 under 200 ms"))
    where = "scenarios/cache_stampede/scenario.py:41: p95 under 200 ms did not hold: 3.61 < 0.2"
    assert found.tone == "bad"
    assert where in text(suite_page.render(found)).replace("&lt;", "<")
    failure = cases(suite_junit.render(found))["cache-stampede no-fix"].find("failure")
    assert failure is not None and failure.get("message", "").startswith(where)
    assert "scenario.py:41: p95 under 200 ms did not hold" in suite_summary.render(found).replace("\\", "")


def test_a_changed_engine_or_image_is_said_beside_the_verdict(tmp_path: Path) -> None:
    entries = proof(tmp_path)
    other = replace(STAMPEDE, ground={**STAMPEDE.ground, "image shop": "rebuilt"})
    assert "engine changed since" in suite_page.render(made(tmp_path, entries, other))
    assert "engine changed since" not in suite_page.render(made(tmp_path, entries))
    bare = [one.model_copy(update={"versions": {}}) for one in entries]
    assert "engine not on record" in suite_page.render(made(tmp_path, bare))


def test_a_reused_proof_is_dated(tmp_path: Path) -> None:
    found = made(tmp_path, proof(tmp_path), reused=["cache-stampede"])
    said = text(suite_page.render(found))
    assert "2025-11-21 08:00 proof of that day, reused" in said
    assert "an earlier proof of the same content was taken over: cache-stampede" in said
    assert "reused, of 2025-11-21 08:00 UTC" in suite_summary.render(found)
    properties = cases(suite_junit.render(found))["cache-stampede incident"].iterfind("properties/property")
    assert {"name": "reused", "value": "the proof of 2025-11-21 08:00 UTC"} in [one.attrib for one in properties]


def test_links_lead_to_reports_that_are_there_and_nowhere_else(tmp_path: Path) -> None:
    entries = proof(tmp_path)
    (tmp_path / "report.html").write_text("")
    (tmp_path / "runs" / entries[1].run_id / "report.html").unlink()
    entries[2] = entries[2].model_copy(update={"run_id": ".."})
    entries[3] = entries[3].model_copy(update={"run_id": ""})
    page = suite.write(made(tmp_path, entries), tmp_path / suite.FOLDER)
    links = re.findall(r'href="([^"]+)"', page.read_text())
    assert links == ["data:,", f"../runs/{entries[0].run_id}/report.html"]
    assert (page.parent / links[1]).is_file()


def test_junit_has_a_case_for_each_scenario_and_kind(tmp_path: Path) -> None:
    entries = proof(tmp_path, incident="p95 under 200 ms")
    entries[1] = entries[1].model_copy(update={"verdict": "lab-error"})
    entries[2] = entries[2].model_copy(update={"content_hash": "old"})
    fresh = Subject("disk-full", "scenarios/disk_full", "1")
    half = Subject("half", "scenarios/half", "2", broken="scenarios/half/scenario.py:25: NameError: fire")
    document = suite_junit.render(made(tmp_path, entries, STAMPEDE, fresh, half))
    found = cases(document)
    assert len(found) == 12
    kinds = {name: [child.tag for child in one if child.tag != "properties"] for name, one in found.items()}
    assert kinds["cache-stampede incident"] == ["failure"]
    assert kinds["cache-stampede no-fault"] == ["error"]
    assert kinds["cache-stampede no-fix"] == ["skipped"]
    assert kinds["cache-stampede prevention"] == []
    assert kinds["disk-full incident"] == ["skipped"]
    broken = found["half incident"].find("error")
    assert broken is not None and broken.get("message") == half.broken
    counts = Tree.fromstring(document).find("testsuite")  # noqa: S314
    assert counts is not None
    assert [counts.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["12", "1", "5", "5"]


def test_an_empty_history_and_an_empty_catalogue_are_told(tmp_path: Path) -> None:
    found = made(tmp_path, [])
    assert (found.tone, found.runs, found.rows[0].cells[0].word) == ("unsure", 0, "never played")
    assert "never played" in text(suite_page.render(found))
    nothing = suite.build([], History((), ()), tmp_path, Batch("all"), NOW)
    assert (nothing.tone, nothing.word) == ("unsure", "no scenario")
    assert "The catalogue is empty." in text(suite_page.render(nothing))
    assert "no scenario" in suite_summary.render(nothing)
    assert cases(suite_junit.render(nothing)) == {}


def test_what_was_damaged_interrupted_or_of_no_pack_is_told(tmp_path: Path) -> None:
    entries = proof(tmp_path)
    killed = entries[0].model_copy(update={"time": NOW, "verdict": "none", "run_id": "killed-run", "wall": None})
    other = entries[0].model_copy(update={"scenario": "tiny-outage"})
    lines = [Told(f"history.jsonl:{n}", "was passed over") for n in range(30)]
    found = made(tmp_path, [*entries, killed, other, other], told=lines)
    said = text(suite_page.render(found))
    assert found.rows[0].cells[0].word == "no verdict" and found.rows[0].word == "not proven"
    assert "history.jsonl:0 was passed over" in said and "and 11 more" in said
    assert "tiny-outage (2)" in said
    assert "killed-run has no verdict" in " ".join(f"{one.where} {one.why}" for one in found.told)
    error = cases(suite_junit.render(found))["cache-stampede incident"].find("error")
    assert error is not None and "ended before it was judged" in error.get("message", "")
    assert "and 11 more" in suite_summary.render(found)


def test_an_interrupted_run_is_neither_passed_nor_failed(tmp_path: Path) -> None:
    entries = proof(tmp_path)
    entries[0] = entries[0].model_copy(update={"verdict": "interrupted"})
    found = made(tmp_path, entries)
    assert (found.rows[0].word, found.rows[0].cells[0].tone) == ("not proven", "unsure")
    assert cases(suite_junit.render(found))["cache-stampede incident"].find("error") is not None


def test_nothing_of_a_history_or_a_catalogue_is_obeyed(tmp_path: Path) -> None:
    one = proof(tmp_path, incident="p95 under 200 ms")[0]
    failed = one.failed[0].model_copy(update={"name": HOSTILE, "place": f"|{HOSTILE}", "evidence": HOSTILE})
    one = one.model_copy(
        update={"scenario": HOSTILE, "run_id": HOSTILE, "verdict": HOSTILE, "failed": (failed,), "content_hash": "1"}
    )
    subject = Subject(HOSTILE, HOSTILE, "1", HOSTILE, (HOSTILE,), (f"{HOSTILE}2",))
    broken = Subject(f"{HOSTILE}3", HOSTILE, "2", broken=f"[a](http://example.invalid) {HOSTILE}")
    other = one.model_copy(update={"scenario": f"{HOSTILE}4"})
    found = made(tmp_path, [one, other], subject, broken, told=[Told(HOSTILE, HOSTILE)])
    page, summary, document = (part.render(found) for part in (suite_page, suite_summary, suite_junit))
    for made_text in (page, summary, document):
        assert "<script" not in made_text and "<img" not in made_text
        assert "\x1b" not in made_text and "\u202e" not in made_text
    assert "- \\[a\\](http&#58;//" in summary and "\\|" in summary
    assert len(cases(document)) == 8


def test_the_page_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    page = suite_page.render(made(tmp_path, proof(tmp_path)))
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|@import|<script|<link(?! rel=\"icon\" href=\"data:,\")", page)


def test_a_sparkline_shows_each_run_where_it_belongs() -> None:
    drawn = str(spark([(100.0, "good"), (200.0, "bad"), (150.0, "good")], "three runs"))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', drawn)]
    assert heights[0] > heights[2] > heights[1] and max(heights) <= HEIGHT
    assert re.findall(r'class="spark (\w+)"', drawn) == ["good", "bad", "good"]
    assert len(re.findall(r"[\d.]+,[\d.]+", re.findall(r'points="([^"]*)"', drawn)[0])) == 2
    assert "three runs" in drawn


@pytest.mark.parametrize("values", [[], [0.0], [5.0, 5.0]])
def test_a_sparkline_of_nothing_much_stays_in_its_place(values: list[float]) -> None:
    drawn = str(spark([(value, "good") for value in values], "few"))
    assert all(0 <= float(y) <= HEIGHT for y in re.findall(r'cy="([^"]+)"', drawn))
