"""What writes the suite report, and when. Nothing is played here."""

from __future__ import annotations

from pathlib import Path

import pytest

import firedrill.suite
from cluster.errors import LabError, NotWritten, UnknownScenario
from experiments.catalogue import Catalogue, ScenarioFolder
from firedrill.batch import Ended
from firedrill.cli import playing, records, results
from firedrill.cli.console import err, out
from reports import history
from tests.unit.reports.sample_run import write

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands read and write here; the catalogue is the real one."""
    (tmp_path / "requirements").mkdir()
    for module in (firedrill.suite, records, results):
        for name, path in (("RUNS", "runs"), ("HISTORY", "history.jsonl")):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, tmp_path / "reports" / path)
    monkeypatch.setattr(firedrill.suite, "REPORTS", tmp_path / "reports")
    monkeypatch.delenv(firedrill.suite.SUMMARY, raising=False)
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


def page(checkout: Path) -> str:
    return (checkout / "latest-suite" / "index.html").read_text(encoding="utf-8")


def test_the_real_catalogue_has_a_page_with_its_alerts_and_what_would_play_it_now(checkout: Path) -> None:
    found = firedrill.suite.gather("all", [])
    stampede = next(row.subject for row in found.rows if row.subject.name == "cache-stampede")
    folder = ScenarioFolder(ROOT / "scenarios" / "cache_stampede")
    assert stampede.content_hash == folder.content_hash
    assert stampede.detects == ("DbPoolNearlyExhausted", "LatencyAnomalyDetected")
    assert "ApiDown" in stampede.silent
    assert {"engine", "image shop"} <= set(stampede.ground) and "machine" not in stampede.ground


def test_the_command_writes_page_junit_and_summary_from_what_is_on_record(checkout: Path) -> None:
    history.append(write(checkout))
    with out.capture() as said:
        assert records.suite([]) == 0
    assert said.get().strip() == str(checkout / "latest-suite" / "index.html")
    assert "older content" in page(checkout)
    assert {path.name for path in (checkout / "latest-suite").iterdir()} == {"index.html", "junit.xml", "summary.md"}


def test_the_summary_is_appended_where_the_ci_says(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = checkout / "step.md"
    named.write_text("before\n")
    monkeypatch.setenv(firedrill.suite.SUMMARY, str(named))
    firedrill.suite.write("all", [])
    written = (checkout / "latest-suite" / "summary.md").read_text(encoding="utf-8")
    assert named.read_text(encoding="utf-8") == f"before\n{written}"
    assert "| cache-stampede |" in written


def test_a_summary_that_cannot_be_written_is_told_and_the_page_is_there(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(firedrill.suite.SUMMARY, str(checkout / "no" / "step.md"))
    with pytest.raises(NotWritten, match="step"):
        firedrill.suite.write("all", [])
    assert "cache-stampede" in page(checkout)


def test_a_scenario_that_does_not_load_has_a_row_that_says_why(checkout: Path, tmp_path: Path) -> None:
    broken = tmp_path / "pack" / "half_written"
    broken.mkdir(parents=True)
    (broken / "scenario.py").write_text("SCENARIO = None\n")
    firedrill.suite.write("all", [tmp_path / "pack"])
    assert "pack/half_written/scenario.py:1" in page(checkout)


def test_a_proof_ends_with_the_page_also_where_it_could_not_go_on(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "play_proof", lambda name, pack: Ended(7, "incident not-fixed"))
    with err.capture() as said:
        assert playing.prove("cache-stampede", []) == 7
    assert "index.html" in said.get() and "firedrill prove cache-stampede" in page(checkout)

    def gone(name: str, pack: list[Path]) -> int:
        raise LabError("the cluster is gone")

    monkeypatch.setattr(playing, "play_proof", gone)
    (checkout / "latest-suite" / "index.html").unlink()
    with pytest.raises(LabError, match="the cluster is gone"):
        playing.prove("cache-stampede", [])
    assert "firedrill prove" in page(checkout)


def test_a_page_that_cannot_be_written_does_not_hide_what_went_wrong(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str, pack: list[Path]) -> int:
        raise LabError("the cluster is gone")

    monkeypatch.setattr(playing, "play_proof", gone)
    (checkout / "latest-suite").write_text("in the way")
    with err.capture() as said, pytest.raises(LabError, match="the cluster is gone"):
        playing.prove("cache-stampede", [])
    assert "could not be written" in said.get()


def test_the_history_of_a_name(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "catalogue", lambda packs: Catalogue([ROOT / "scenarios"]))
    with out.capture() as said:
        assert records.history("cache_stampede", []) == 0
    assert "No run is on record yet: firedrill run cache-stampede" in said.get()
    with pytest.raises(UnknownScenario):
        records.history("no-such-thing", [])
    history.append(write(checkout))
    with (checkout / "history.jsonl").open("a") as handle:
        handle.write('{"torn')
    with out.capture() as said, err.capture() as aside:
        assert records.history("cache_stampede", []) == 0
    assert "passed" in said.get() and "recover 71.4 s" in said.get()
    assert "history.jsonl:2 was passed over" in aside.get()


def test_a_run_that_is_judged_again_has_its_new_verdict_in_the_history(checkout: Path) -> None:
    run = write(checkout)
    first = history.append(run)
    assert first.verdict == "passed"
    with out.capture():
        results.judge(checkout / "runs" / run.name)
    (again,) = history.entries(checkout / "history.jsonl")
    assert again.run_id == first.run_id and again.verdict != "passed"


def test_what_is_no_run_of_this_checkouts_scenarios_leaves_the_history_alone(checkout: Path, tmp_path: Path) -> None:
    mutant = write(checkout, name="20251121-080000-cache-stampede-mutant-rule-deleted")
    for run in (write(tmp_path / "elsewhere"), mutant):
        with out.capture():
            results.judge(run)
    assert not list(tmp_path.rglob("history.jsonl"))
