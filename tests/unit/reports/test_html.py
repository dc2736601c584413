"""report.html: what it says of whole, failed, interrupted and damaged runs, and that hostile output stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from experiments.record.files import CleanupFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict
from reports.html import write as write_report
from reports.html.blocks import SHOWN
from reports.html.difference import difference
from tests.unit.reports.sample_run import write

pytestmark = pytest.mark.unit

ADDRESSES = {"href", "src", "srcset", "action", "data", "poster", "xlink:href"}
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Collects a page's elements, attributes and text, and that every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text of the page with single blanks."""
        return " ".join(" ".join(self.words).split())


def read(run: Path) -> Reader:
    reader = Reader()
    reader.feed(write_report(run).read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


def test_a_passed_run_tells_all_of_it(tmp_path: Path) -> None:
    text = read(write(tmp_path)).text
    for part in (
        "Every cache key expires in the same minute",
        "passed",
        "it stayed fixed",
        "3 h 47 m",
        "DbPoolNearlyExhausted",
        "database-oncall",
        "Silent throughout, as they had to be: ApiDown, PodCrashLoop, PostgresDown.",
        "Redis itself expired the keys",
        "RUNBOOK.md:48",
        "CACHE_TTL=14400",
        "successfully rolled out",
        "transformed",
        "unscalable",
        "Production, for 3m",
        "Lab, for 3s",
        "1.36.3",
        "signals.json",
    ):
        assert part in text, part
    assert "had to do without" not in text


def test_every_phase_has_its_floor_beside_what_it_took(tmp_path: Path) -> None:
    text = read(write(tmp_path)).text
    assert "recover 70.0 s 71.4 s 1.4 s" in text
    assert "overhead 42.1 s, ratio 1.25 170.2 s 212.3 s 42.1 s" in text


def test_nothing_is_loaded_and_nothing_runs(tmp_path: Path) -> None:
    reader = read(write(tmp_path))
    assert not reader.elements & {"script", "iframe", "object", "embed", "form", "img", "base", "foreignobject"}
    assert not [name for _, name, _ in reader.attributes if name.startswith("on")]
    loaded = {(tag, value) for tag, name, value in reader.attributes if name in ADDRESSES and tag != "a"}
    assert loaded == {("link", "data:,")}
    assert any(name == "content" and value.startswith("default-src 'none'") for _, name, value in reader.attributes)
    assert not re.search(r"url\(|@import", write_report(write(tmp_path)).read_text(encoding="utf-8"))


def test_links_lead_to_files_of_the_folder(tmp_path: Path) -> None:
    path = write(tmp_path)
    links = [value for tag, name, value in read(path).attributes if (tag, name) == ("a", "href")]
    local = [link for link in links if not link.startswith("http")]
    assert "verdict.json" in local and "runbook/03-fix.out" in local
    assert all((path / link).is_file() for link in local)


def test_hostile_output_and_story_stay_text(tmp_path: Path) -> None:
    page = write_report(write(tmp_path)).read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(&#34;from the cluster&#34;)&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "\x1b" not in page and "\u202e" not in page


def test_hostile_values_everywhere_stay_text(tmp_path: Path) -> None:
    path = write(tmp_path)
    evil = '"><script>alert(1)</script>\u202e{{ 7777*3 }}'
    for name in ("scenario.json", "verdict.json", "signals.json", "notifications.json", "cleanup.json"):
        content = json.loads((path / name).read_text())
        (path / name).write_text(json.dumps(_poisoned(content, evil)))
    page = write_report(path).read_text(encoding="utf-8")
    assert evil.split("\u202e")[0] not in page and "<script" not in page and "23331" not in page
    assert "alert(1)" in page


def _poisoned(content: object, evil: str) -> object:
    if isinstance(content, dict):
        return {key: _poisoned(value, evil) if key != "status" else value for key, value in content.items()}
    if isinstance(content, list):
        return [_poisoned(value, evil) for value in content]
    return evil if isinstance(content, str) else content


def test_a_failed_check_is_told_with_its_evidence_on_top(tmp_path: Path) -> None:
    text = read(write(tmp_path, verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms")).text
    assert "not-fixed The runbook was played, but the system did not recover" in text
    assert "p95 under 200 ms did not hold: 3.61 < 0.2 did not hold for 9 s" in text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_its_sentence(tmp_path: Path, verdict: Verdict) -> None:
    text = read(write(tmp_path, verdict=verdict)).text
    assert "does not know this verdict" not in text


@pytest.mark.parametrize("kind", list(RunKind))
def test_every_kind_has_a_report(tmp_path: Path, kind: RunKind) -> None:
    assert f"{kind.value} run" in read(write(tmp_path, kind=kind)).text


def test_an_interrupted_run_that_was_kept_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, verdict=Verdict.INTERRUPTED)
    left = CleanupFile(
        undone=[], failed=["node-2: start kubelet"], differences=["taint on b"], kept=True, interrupted=True
    )
    RunFolder(path).write("cleanup.json", left)
    text = read(path).text
    assert "The run was interrupted. The system was kept standing; firedrill heal removes it." in text
    assert "undo failed: node-2: start kubelet" in text and "taint on b" in text


def _parts(tmp_path: Path) -> list[str]:
    path = write(tmp_path)
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


def test_any_file_may_be_missing(tmp_path: Path) -> None:
    for name in _parts(tmp_path):
        path = write(tmp_path)
        (path / name).unlink()
        text = read(path).text
        # A block's result that is missing shows as a block that was not played.
        assert name in text or "was not played" in text, name


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_any_file_may_be_cut_short(tmp_path: Path, share: float) -> None:
    for name in _parts(tmp_path):
        path = write(tmp_path)
        content = (path / name).read_bytes()
        (path / name).write_bytes(content[: int(len(content.rstrip()) * share)])
        text = read(path).text
        if name.endswith((".json", ".jsonl")) and name != "journal.json" and (share or name != "timeline.jsonl"):
            assert f"{name} is cut short" in text or f"{name} line" in text, name


def test_an_empty_folder_has_a_report(tmp_path: Path) -> None:
    text = read(tmp_path).text
    assert "no verdict The run ended before it was judged" in text
    assert "No file of this run holds a single time." in text


def test_silence_is_not_claimed_without_samples(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "signals.json").unlink()
    text = read(path).text
    assert "Silent throughout" not in text
    assert "Nobody can say whether these stayed silent: ApiDown" in text


def test_a_long_output_is_shown_at_both_ends(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "runbook" / "02-diagnose.out").write_text("first\n" + "x" * (2 * SHOWN) + "\nlast\n")
    text = read(path).text
    assert "first" in text and "last" in text and "characters left out" in text
    assert len(text) < 4 * SHOWN


def test_expected_evidence_is_marked(tmp_path: Path) -> None:
    assert "<mark>     17 12</mark>" in write_report(write(tmp_path)).read_text(encoding="utf-8")


def test_only_what_differs_between_two_rules_is_marked() -> None:
    production, lab = difference("rate(a[5m]) > 1", "rate(a[15s]) > 1")
    assert str(production) == "rate(a[<mark>5m</mark>]) &gt; 1"
    assert str(lab) == "rate(a[<mark>15s</mark>]) &gt; 1"


def test_conditions_on_one_signal_share_a_plot(tmp_path: Path) -> None:
    page = write_report(write(tmp_path)).read_text(encoding="utf-8")
    # p95, pool, expired keys and traffic; the invariant is SQL and has only a strip.
    assert page.count('<svg class="plot"') == 4
    assert page.count('<svg class="strip"') == 8
    assert page.count("<desc>") == 4 + 8 + 1
