"""A run folder is read as far as it was written, and what is missing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from experiments.model.scenario import Scenario
from experiments.record import files
from reports.reading import shapes
from reports.reading.load import load
from tests.unit.reports.sample_run import write

pytestmark = pytest.mark.unit

JSON_FILES = ["scenario.json", "verdict.json", "signals.json", "notifications.json", "cleanup.json"]
PAIRS: list[tuple[type[BaseModel], type[BaseModel]]] = [
    (shapes.Scenario, Scenario),
    (shapes.Block, files.RunbookBlock),
    (shapes.Rule, files.ScaledRule),
    (shapes.Clock, files.AlertClock),
    (shapes.ScenarioFile, files.ScenarioFile),
    (shapes.Condition, files.ConditionSamples),
    (shapes.Alert, files.AlertSamples),
    (shapes.RuleHealth, files.RuleHealth),
    (shapes.SignalsFile, files.SignalsFile),
    (shapes.Delivery, files.Delivery),
    (shapes.NotificationsFile, files.NotificationsFile),
    (shapes.Event, files.Event),
    (shapes.BlockResult, files.BlockResult),
    (shapes.PhaseTime, files.PhaseTime),
    (shapes.Check, files.Check),
    (shapes.VerdictFile, files.VerdictFile),
    (shapes.CleanupFile, files.CleanupFile),
]


@pytest.mark.parametrize(("read", "written"), PAIRS, ids=lambda model: model.__name__)
def test_every_field_that_is_read_is_one_that_is_written(read: type[BaseModel], written: type[BaseModel]) -> None:
    assert set(read.model_fields) <= set(written.model_fields)


def test_a_whole_folder_has_no_gap(tmp_path: Path) -> None:
    run = load(write(tmp_path))
    assert run.gaps == ()
    assert (run.name, run.kind) == ("cache-stampede", "incident")
    assert [block.result.kind for block in run.played] == ["diagnose", "diagnose", "fix", "verify"]


@pytest.mark.parametrize("name", [*JSON_FILES, "timeline.jsonl", "rules.scaled.yaml", "runbook/03-fix.out"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    path = write(tmp_path)
    (path / name).unlink()
    assert [(gap.file, gap.why) for gap in load(path).gaps] == [(name, "was not written")]


@pytest.mark.parametrize("name", [*JSON_FILES, "runbook/01-diagnose.json"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_short_is_named(tmp_path: Path, name: str, share: float) -> None:
    path = write(tmp_path)
    text = (path / name).read_text().rstrip()
    (path / name).write_text(text[: int(len(text) * share)])
    gaps = load(path).gaps
    assert [gap.file for gap in gaps] == [name]
    assert "is cut short or damaged" in gaps[0].why


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "verdict.json").write_bytes(b"\xff\xfe{}")
    assert [gap.file for gap in load(path).gaps] == ["verdict.json"]


def test_another_schema_version_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path)
    content = json.loads((path / "verdict.json").read_text())
    (path / "verdict.json").write_text(json.dumps(content | {"schema_version": 2}))
    run = load(path)
    assert run.verdict is None
    assert run.gaps[0].why == "has schema_version 2; this report reads 1"


def test_a_field_of_another_type_is_named_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path)
    content = json.loads((path / "verdict.json").read_text())
    content["phases"][1]["floor_s"] = "ten"
    (path / "verdict.json").write_text(json.dumps(content))
    assert "phases.1.floor_s" in load(path).gaps[0].why


def test_a_moment_outside_of_the_calendar_is_damage(tmp_path: Path) -> None:
    path = write(tmp_path)
    content = json.loads((path / "signals.json").read_text()) | {"end": 1e300}
    (path / "signals.json").write_text(json.dumps(content))
    assert [gap.file for gap in load(path).gaps] == ["signals.json"]


def test_a_sample_that_is_no_number_is_a_hole(tmp_path: Path) -> None:
    path = write(tmp_path)
    content = json.loads((path / "signals.json").read_text())
    content["conditions"][0]["left"][3][1] = float("nan")
    content["conditions"][0]["left"][4][1] = None
    (path / "signals.json").write_text(json.dumps(content))
    run = load(path)
    assert run.signals is not None
    assert [value for _, value in run.signals.conditions[0].left[3:5]] == [None, None]


def test_a_damaged_line_of_the_timeline_costs_only_itself(tmp_path: Path) -> None:
    path = write(tmp_path)
    lines = (path / "timeline.jsonl").read_text().splitlines()
    lines[2] = lines[2][:20]
    (path / "timeline.jsonl").write_text("\n".join(lines) + "\n")
    run = load(path)
    assert len(run.events) == len(lines) - 1
    assert [gap.why for gap in run.gaps] == ["line 3 is cut short or damaged"]


def test_a_line_separator_inside_a_title_is_no_line_end(tmp_path: Path) -> None:
    path = write(tmp_path)
    text = (path / "timeline.jsonl").read_text()
    (path / "timeline.jsonl").write_text(text.replace('"title":"deploy"', '"title":"de\u2028ploy"'))
    assert load(path).gaps == ()


def test_output_is_decoded_whatever_it_is(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "runbook" / "02-diagnose.out").write_bytes(b"\x1b[31mred\x1b[0m \xff\x00 plain\r\nnext")
    assert load(path).played[1].output == "red \ufffd\ufffd plain\nnext"


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        load(tmp_path / "nothing")
