"""The history: merged from several machines, damaged, of runs that were killed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from experiments.record.kinds import Verdict
from reports import history
from reports.history import Entry
from tests.unit.reports.sample_run import write

pytestmark = pytest.mark.unit


def line(entry: Entry) -> str:
    return entry.model_dump_json() + "\n"


def test_a_line_says_what_failed_where_and_what_played_it(tmp_path: Path) -> None:
    run = write(tmp_path, verdict=Verdict.NOT_DETECTED, failed="DbPoolNearlyExhausted fires")
    one = history.append(run)
    assert one.run_id == run.name
    assert (one.content_hash, one.versions["engine"]) == ("3f2a9c117de0", "0123456789ab")
    assert [failed.told for failed in one.failed] == [
        "scenarios/cache_stampede/rules.yaml:6: DbPoolNearlyExhausted fires did not hold: fired for 22 s"
    ]
    assert list(history.entries(tmp_path / "history.jsonl")) == [one]


def test_lines_of_two_machines_in_any_order_are_one_history(tmp_path: Path) -> None:
    one = history.entry(write(tmp_path))
    ours = [one.model_copy(update={"run_id": f"run-{n}", "time": 100.0 + n}) for n in range(4)]
    theirs = [one.model_copy(update={"run_id": f"run-{n}", "time": 100.5 + n}) for n in range(2)]
    lines = [line(each) for each in [*ours, *theirs, *ours[:2]]]
    read = []
    for seed in range(5):
        random.Random(seed).shuffle(lines)  # noqa: S311  any order does
        (tmp_path / "merged.jsonl").write_text("".join(lines) + "\n")
        read.append(history.read(tmp_path / "merged.jsonl"))
    assert [each.time for each in read[0].entries] == [100.0, 100.5, 101.0, 101.5, 102.0, 103.0]
    assert all(each == read[0] for each in read) and read[0].told == ()


def test_of_a_run_that_was_judged_again_the_later_verdict_counts(tmp_path: Path) -> None:
    one = history.entry(write(tmp_path))
    first = one.model_copy(update={"written": 10.0, "verdict": "not-fixed"})
    again = one.model_copy(update={"written": 20.0})
    for order in ([first, again], [again, first]):
        (tmp_path / "history.jsonl").write_text("".join(map(line, order)))
        assert [each.verdict for each in history.entries(tmp_path / "history.jsonl")] == ["passed"]


def test_a_damaged_line_is_told_and_costs_only_itself(tmp_path: Path) -> None:
    one = history.entry(write(tmp_path))
    newer = {**json.loads(line(one)), "schema_version": 2}
    path = tmp_path / "history.jsonl"
    lines = ["{broken\n", line(one), "\n", json.dumps(newer) + "\n", '"text"\n', "\xff\x00\n", line(one)[:40]]
    path.write_text("".join(lines), encoding="latin-1")
    found = history.read(path)
    assert found.entries == (one,)
    assert [told.where for told in found.told] == [f"history.jsonl:{number}" for number in (1, 4, 5, 6, 7)]
    assert "schema_version" in found.told[1].why


def test_a_run_that_was_killed_is_told_and_not_lost(tmp_path: Path) -> None:
    whole, killed, nothing = (write(tmp_path, name=name) for name in ("a", "b", "c"))
    history.append(whole)
    (killed / "verdict.json").unlink()
    for name in ("verdict.json", "scenario.json"):
        (nothing / name).unlink()
    write(tmp_path, name="20251121-080000-cache-stampede-mutant-rule-deleted")
    found = history.read(tmp_path / "history.jsonl", tmp_path / "runs")
    assert [(one.run_id, one.verdict) for one in found.entries] == [("a", "passed"), ("b", "none")]
    assert [told.where for told in found.told] == ["c"]


def test_a_lost_history_is_read_from_the_folders(tmp_path: Path) -> None:
    write(tmp_path)
    assert [one.verdict for one in history.read(tmp_path / "history.jsonl", tmp_path / "runs").entries] == ["passed"]


def test_a_line_from_before_run_ids_is_not_counted_beside_the_runs_folder(tmp_path: Path) -> None:
    one = history.entry(write(tmp_path))
    (tmp_path / "history.jsonl").write_text(line(one.model_copy(update={"run_id": "", "versions": {}})))
    assert len(history.read(tmp_path / "history.jsonl").entries) == 1
    assert history.read(tmp_path / "history.jsonl", tmp_path / "runs").entries == (one,)


def test_latest_is_the_run_it_points_to(tmp_path: Path) -> None:
    run = write(tmp_path)
    (tmp_path / "latest").symlink_to(run)
    assert history.append(tmp_path / "latest").run_id == run.name
    assert (tmp_path / "history.jsonl").is_file()
