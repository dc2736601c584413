"""Scales, lines and labels."""

from __future__ import annotations

import itertools

import pytest

from reports.svg.labels import GAP, LETTER, apart, place
from reports.svg.line import line, runs, thin
from reports.svg.markup import element
from reports.svg.scale import Axis, time_axis, time_label, value_axis, value_label

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "values", [[0.05, 0.2, 4.0], [-3.0, 2.0], [300.0], [0.0], [], [1e9, 2.5e9], [1e-9], [float("inf"), 1.0]]
)
def test_an_axis_holds_its_values_and_zero_with_a_few_round_ticks(values: list[float]) -> None:
    axis = value_axis(values)
    finite = [value for value in values if value != float("inf")]
    assert all(axis.low <= value <= axis.high for value in [0.0, *finite])
    assert 3 <= len(axis.ticks) <= 8
    assert axis.ticks[0] == axis.low and axis.ticks[-1] == axis.high


def test_time_ticks_are_round_distances_from_zero() -> None:
    axis = time_axis(1000.0, 1212.0, 1044.0, 12)
    assert [tick - 1044.0 for tick in axis.ticks] == [
        -40.0,
        -20.0,
        0.0,
        20.0,
        40.0,
        60.0,
        80.0,
        100.0,
        120.0,
        140.0,
        160.0,
    ]


@pytest.mark.parametrize("end", [1000.0, 900.0, 1000.5, 1e9])
def test_a_time_axis_never_has_too_many_ticks(end: float) -> None:
    axis = time_axis(1000.0, end, 1000.0, 12)
    assert axis.high > axis.low
    assert 1 <= len(axis.ticks) <= 14


@pytest.mark.parametrize(
    ("distance", "span", "label"),
    [(40, 200, "40 s"), (-20, 200, "\N{MINUS SIGN}20 s"), (750, 3000, "12:30"), (3900, 9000, "1:05:00")],
)
def test_time_labels(distance: float, span: float, label: str) -> None:
    assert time_label(distance, span) == label


def test_value_labels_have_the_decimals_of_the_step() -> None:
    axis = Axis(0.0, 1.5, (0.0, 0.5, 1.0, 1.5))
    assert [value_label(tick, axis) for tick in axis.ticks] == ["0.0", "0.5", "1.0", "1.5"]
    assert value_label(-1.0, Axis(-1.0, 1.0, (-1.0, 0.0, 1.0))) == "\N{MINUS SIGN}1"


def test_a_line_has_a_gap_where_samples_are_missing() -> None:
    samples = [(0.0, 1.0), (1.0, 1.0), (2.0, None), (3.0, 1.0), (6.0, 1.0), (7.0, float("nan"))]
    assert runs(samples, 1.0) == [[(0.0, 1.0), (1.0, 1.0)], [(3.0, 1.0)], [(6.0, 1.0)]]
    drawn = str(line(samples, 1.0, Axis(0, 10, (0, 10)), Axis(0, 2, (0, 2)), 100.0, "signal"))
    assert 'd="M0.0 50.0L100.0 50.0 M300.0 50.0h0 M600.0 50.0h0"' in drawn


def test_thinning_keeps_every_peak_and_every_gap() -> None:
    samples: list[tuple[float, float | None]] = [(float(at), 0.0) for at in range(10_000)]
    samples[4321] = (4321.0, 9.0)
    samples[7000] = (7000.0, None)
    kept = thin(samples, 1000)
    assert len(kept) <= 1100
    assert (4321.0, 9.0) in kept
    assert any(value is None for _, value in kept)
    assert [at for at, _ in kept] == sorted(at for at, _ in kept)


def test_a_thinned_line_without_holes_is_one_line() -> None:
    samples: list[tuple[float, float | None]] = [(float(at), float(at % 7)) for at in range(10_000)]
    drawn = str(line(samples, 1.0, Axis(0, 10_000, (0, 1)), Axis(0, 9, (0, 9)), 100.0, "signal"))
    assert drawn.count("M") == 1


def test_names_never_overlap_and_never_leave_the_drawing() -> None:
    for step in range(1, 200):
        # Shares that wander over the whole width and come close to each other again and again.
        names = [(f"name{index}", (index * step * 0.0137) % 1.0) for index in range(6)]
        taken: dict[int, list[tuple[float, float]]] = {}
        for name in place(names, 300.0):
            size, at = len(name.name) * LETTER + GAP, name.share * 300.0
            low, high = (at - size, at) if name.anchor == "end" else (at, at + size)
            assert low >= 0 and high <= 300.0
            assert all(high <= a or low >= b for a, b in taken.get(name.row, []))
            taken.setdefault(name.row, []).append((low, high))


def test_heights_keep_their_distance() -> None:
    moved = apart([100.0, 99.0, 10.0, 101.0], 14.0, 12.0, 147.0)
    ordered = sorted(moved)
    assert all(b - a >= 14.0 for a, b in itertools.pairwise(ordered))
    assert min(moved) >= 12.0 and max(moved) <= 147.0


def test_elements_escape_text_and_attributes() -> None:
    drawn = element("text", "<script>", klass='a" onload="x', x=1.5)
    assert str(drawn) == '<text class="a&#34; onload=&#34;x" x="1.5">&lt;script&gt;</text>'
