"""When things happened: the judge's figures, the raw files, the lanes of alerts and conditions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.model.alerts import inhibits
from reports.html import write as write_report
from reports.reading.held import Held, held
from reports.reading.lanes import Stretch, lanes
from reports.reading.load import load
from reports.reading.moments import moments
from reports.reading.phases import phase_rows, spans
from reports.reading.shapes import Condition
from reports.reading.sides import sides
from tests.unit.reports.sample_run import write
from tests.unit.reports.sample_signals import EPOCH, FIXED, INJECTED, SPIKE

pytestmark = pytest.mark.unit


Pairs = list[tuple[float, float | None]]


def condition(left: Pairs, right: Pairs, op: str = ">") -> Condition:
    return Condition(
        id="bites.0", group="bites", title="harm", expr="a > 1", op=op, left=tuple(left), right=tuple(right)
    )


def test_the_judges_moments_come_first(tmp_path: Path) -> None:
    when = moments(load(write(tmp_path)))
    assert when is not None
    assert (when.start, when.zero, when.injected) == (EPOCH, INJECTED, INJECTED)
    assert when.firing == INJECTED + 64.0
    assert when.recovered == pytest.approx(FIXED + 71.6)


def test_without_a_verdict_the_raw_files_tell_and_nobody_recovered(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "verdict.json").unlink()
    when = moments(load(path))
    assert when is not None
    assert (when.firing, when.delivered) == (SPIKE + 4, SPIKE + 5.3)
    assert (when.fixed, when.recovered, when.resolved) == (FIXED, None, None)


def test_a_folder_without_times_has_no_moments(tmp_path: Path) -> None:
    assert moments(load(tmp_path)) is None


def test_alerts_come_in_the_authors_order_with_their_states(tmp_path: Path) -> None:
    found = lanes(load(write(tmp_path)))
    assert [(lane.alert, lane.role) for lane in found] == [
        ("DbPoolNearlyExhausted", "expected"),
        ("LatencyAnomalyDetected", "expected"),
        ("ApiDown", "silent"),
        ("PodCrashLoop", "silent"),
        ("PostgresDown", "silent"),
    ]
    assert found[0].stretches == (
        Stretch(SPIKE + 1, SPIKE + 4, "pending"),
        Stretch(SPIKE + 4, SPIKE + 26, "firing"),
    )
    assert found[0].delivered("resolved") == SPIKE + 32.2
    assert found[2].quiet


def test_an_alert_that_is_held_back_is_told_from_one_that_never_arrived(tmp_path: Path) -> None:
    path = write(tmp_path)
    written = json.loads((path / "scenario.json").read_text())
    held_back = inhibits("DbPoolNearlyExhausted", "LatencyAnomalyDetected")
    written["scenario"]["inhibitions"] = [held_back.model_dump()]
    (path / "scenario.json").write_text(json.dumps(written))
    roles = {lane.alert: lane.role for lane in lanes(load(path))}
    assert (roles["DbPoolNearlyExhausted"], roles["LatencyAnomalyDetected"]) == ("expected", "held back")
    assert "had to page nobody" in write_report(path).read_text(encoding="utf-8")


def test_a_phase_that_never_ended_reaches_to_the_last_moment(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path / "verdict.json").unlink()
    lines = (path / "timeline.jsonl").read_text().splitlines()[:4]
    (path / "timeline.jsonl").write_text("\n".join(lines[:3]) + "\n")
    run = load(path)
    assert [(span.phase, span.ended) for span in spans(run.events, EPOCH + 99)] == [
        ("deploy", True),
        ("baseline", False),
    ]
    assert phase_rows(run, EPOCH + 99)[1].actual_s == pytest.approx(99 - 24.6)
    assert phase_rows(run, EPOCH + 99)[1].over_s is None


def test_a_condition_is_neither_true_nor_false_where_a_side_is_missing() -> None:
    left: Pairs = [(0, 2), (1, 2), (2, None), (3, 2), (4, 0), (7, 0)]
    right: Pairs = [(0, 1), (1, 1), (2, 1), (4, 1), (7, 1)]
    assert held(condition(left, right), 1.0) == (Held(0, 2, True), Held(4, 5, False), Held(7, 8, False))


def test_an_unknown_comparison_says_nothing() -> None:
    assert held(condition([(0, 2)], [(0, 1)], op="~"), 1.0) == ()


@pytest.mark.parametrize(
    ("expr", "op", "expected"),
    [
        ("sum(a) > 0.95", ">", ("sum(a)", "> 0.95")),
        ("count(b > 1) > 4 * count(c > 2)", ">", ("count(b > 1)", "> 4 * count(c > 2)")),
        ('up{x=" > "} == 1', "==", ('up{x=" > "}', "== 1")),
        ("select count(*) from orders", "==", ("select count(*) from orders", "")),
    ],
)
def test_an_expression_is_cut_at_its_comparison(expr: str, op: str, expected: tuple[str, str]) -> None:
    assert sides(expr, op) == expected
