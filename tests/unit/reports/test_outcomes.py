"""JUnit, latest, history, bench and the terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from rich.console import Console, RenderableType

from experiments.record.files import CleanupFile
from experiments.record.kinds import Verdict
from reports import console, history, junit, units
from tests.unit.reports.sample_run import HOSTILE, write

pytestmark = pytest.mark.unit


def case(path: Path) -> Tree.Element:
    found = Tree.parse(path).getroot().find("testsuite/testcase")  # noqa: S314  # written by the code under test
    assert found is not None
    return found


def told(run: Path) -> str:
    return printed(console.summary(run))


def printed(shown: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=100).print(shown, crop=False)
    return out.getvalue()


def test_what_was_kept_is_told_with_whole_commands(tmp_path: Path) -> None:
    run = write(tmp_path)
    look = ".firedrill/firedrill/bin/kubectl --kubeconfig .firedrill/firedrill/kubeconfig get all -n " + 60 * "x"
    left = CleanupFile(undone=[], failed=[], differences=[], standing=["namespace shop"], look=[look], kept=True)
    (run / "cleanup.json").write_text(left.model_dump_json(), encoding="utf-8")
    said = told(run)
    assert "    namespace shop\n" in said and f"    {look}\n" in said


def test_a_passed_run_is_one_test_case_with_its_deliveries(tmp_path: Path) -> None:
    found = case(junit.write(write(tmp_path)))
    assert (found.get("classname"), found.get("name"), found.get("time")) == ("cache-stampede", "incident", "212.300")
    assert found.find("failure") is None and found.find("error") is None
    values = [p.get("value", "") for p in found.iterfind("properties/property") if p.get("name") == "delivery"]
    assert len(values) == 4
    assert values[0].endswith("DbPoolNearlyExhausted firing at database-oncall")


def test_a_failure_names_check_evidence_and_the_rules_line(tmp_path: Path) -> None:
    run = write(tmp_path, verdict=Verdict.NOT_DETECTED, failed="DbPoolNearlyExhausted fires")
    failure = case(junit.write(run)).find("failure")
    assert failure is not None
    assert failure.get("message") == (
        "scenarios/cache_stampede/rules.yaml:6: DbPoolNearlyExhausted fires did not hold: fired for 22 s"
    )


def test_a_proof_says_which_run_failed_and_which_check_decided(tmp_path: Path) -> None:
    runs = [
        write(tmp_path, name="a"),
        write(tmp_path, name="b", verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms"),
    ]
    passed, failed = printed(console.proof(runs)).splitlines()[1:3]
    assert passed.split() == ["incident", "passed", units.NONE]
    assert failed.startswith("incident") and "not-fixed" in failed and "p95 under 200 ms" in failed
    assert console.decided(runs[1]).startswith("incident not-fixed: p95 under 200 ms: ")


def test_a_machine_that_stood_still_is_told_beside_what_failed(tmp_path: Path) -> None:
    run = write(tmp_path, verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms")
    assert "held" not in console.decided(run)
    lines = [json.loads(one) for one in (run / "timeline.jsonl").read_text().splitlines()]
    injected = next(one for one in lines if one["what"] == "inject")
    line = lines[-1] | {"what": "note", "title": "the machine held this process up for 0.9 s"}
    line["detail"] = {"machine": True, "moment": injected["at"] + 12}
    with (run / "timeline.jsonl").open("a") as timeline:
        timeline.write(json.dumps(line) + "\n")
    assert console.decided(run).endswith("(+12 s: the machine held this process up for 0.9 s)")
    assert "+12 s: the machine held this process up for 0.9 s" in told(run)


@pytest.mark.parametrize("verdict", [Verdict.LAB_ERROR, Verdict.INTERRUPTED])
def test_a_run_that_says_nothing_is_an_error_not_a_failure(tmp_path: Path, verdict: Verdict) -> None:
    found = case(junit.write(write(tmp_path, verdict=verdict)))
    assert found.find("error") is not None and found.find("failure") is None


def test_a_suite_counts_its_runs(tmp_path: Path) -> None:
    runs = [
        write(tmp_path, name="a"),
        write(tmp_path, name="b", verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms"),
        write(tmp_path, name="c"),
    ]
    (runs[2] / "verdict.json").unlink()
    suite = Tree.parse(junit.merge(runs, tmp_path / "suite.xml")).getroot().find("testsuite")  # noqa: S314
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]


def test_hostile_text_leaves_the_xml_well_formed(tmp_path: Path) -> None:
    run = write(tmp_path, verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms")
    text = (run / "verdict.json").read_text()
    (run / "verdict.json").write_text(text.replace("3.61 < 0.2", "\\u0000\\u001b[31m ]]> <b>\\ufffe"))
    failure = case(junit.write(run)).find("failure")
    assert failure is not None and "]]> <b>" in failure.get("message", "")


def test_history_gets_a_line_a_run_even_after_one_cut_short(tmp_path: Path) -> None:
    first = history.append(write(tmp_path, name="first"))
    path = tmp_path / "history.jsonl"
    with path.open("a") as handle:
        handle.write('{"time": 17')
    added = history.append(write(tmp_path, name="second"))
    assert list(history.entries(path)) == [first, added]
    assert (added.scenario, added.kind, added.verdict, added.overhead) == ("cache-stampede", "incident", "passed", 42.1)
    assert len(path.read_text().splitlines()) == 3


def test_history_of_a_run_that_was_never_judged(tmp_path: Path) -> None:
    run = write(tmp_path)
    (run / "verdict.json").unlink()
    added = history.append(run)
    assert (added.verdict, added.floor, added.phases) == ("none", None, ())
    assert added.wall == pytest.approx(212.3)


def test_the_terminal_says_verdict_phases_and_where_the_report_is(tmp_path: Path) -> None:
    run = write(tmp_path)
    (run / "report.html").write_text("")
    text = told(run)
    assert "passed  cache-stampede, incident" in text
    assert "recover" in text and "71.4 s" in text and "ratio 1.25" in text
    assert "report.html" in text.replace("\n", "")


def test_the_terminal_shows_what_failed_without_obeying_it(tmp_path: Path) -> None:
    run = write(tmp_path, verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms")
    text = (run / "verdict.json").read_text()
    (run / "verdict.json").write_text(text.replace("3.61 < 0.2", json.dumps(f"[bold]{HOSTILE}")[1:-1]))
    shown = told(run)
    assert "✗ p95 under 200 ms" in shown and "[bold]<script>" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_the_terminal_says_what_is_missing(tmp_path: Path) -> None:
    run = write(tmp_path)
    (run / "verdict.json").unlink()
    assert "verdict.json was not written" in told(run)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, units.NONE),
        (3.44, "3.4 s"),
        (599.0, "599.0 s"),
        (725.0, "12 min 05 s"),
        (7440.0, "2 h 04 min"),
        (-4.0, f"{units.MINUS}4.0 s"),
    ],
)
def test_seconds(value: float | None, text: str) -> None:
    assert units.seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0s"), (90.0, "1m30s"), (0.25, "250ms"), (86400.0, "1d")])
def test_durations(value: float, text: str) -> None:
    assert units.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "0.05"),
        (1234.0, "1234"),
        (12345.0, "12.3k"),
        (3.4e6, "3.4M"),
        (2e-5, "2.0e-05"),
        (-2.0, f"{units.MINUS}2"),
        (0.0, "0"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert units.number(value) == text
