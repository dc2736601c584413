import pytest

from cluster.errors import BrokenScenario
from experiments.rules import comparison, input_selectors, several_series

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("expr", "sides"),
    [
        ("sum(up) == 2", ("sum(up)", "==", "2")),
        ("(sum(a) / sum(b)) > 0.95", ("sum(a) / sum(b)", ">", "0.95")),
        ("(sum(a) <= sum(b))", ("sum(a)", "<=", "sum(b)")),
        ("0.5 < max(a)", ("0.5", "<", "max(a)")),
        ("max(a) != on () max(b)", ("max(a)", "!=", "max(b)")),
        ("(sum(a > 3) or vector(0)) >= 1", ("sum(a > 3) or vector(0)", ">=", "1")),
    ],
)
def test_splits_a_comparison(expr: str, sides: tuple[str, str, str]) -> None:
    split = comparison(expr)
    assert (split.left, split.op, split.right) == sides


@pytest.mark.parametrize(
    ("expr", "why"),
    [
        ("sum(up)", "is a value and compares it with nothing"),
        ("sum(a) + 1", "is a value and compares it with nothing"),
        ("sum(a) > 1 and sum(b) > 1", "is no comparison: its top is `and`"),
        ("sum(a) > 1 or sum(b) > 1", "is no comparison: its top is `or`"),
        ("sum(a) > 1 unless sum(b) > 1", "is no comparison: its top is `unless`"),
        ("sum(a) > bool 1", "says `bool`"),
        ("max by (x) (a) > on (x) max by (x) (b)", "matches labels between its sides"),
        ("sum(a) > 1 > 0", "compares the comparison `sum(a) > 1`"),
        ("1 < (sum(a) < 3)", "compares the comparison `(sum(a) < 3)`"),
        ("sum(a >", "is no PromQL"),
        ("", "is no PromQL"),
    ],
)
def test_refuses_what_is_no_comparison(expr: str, why: str) -> None:
    with pytest.raises(BrokenScenario) as raised:
        comparison(expr)
    assert f"the condition `{expr}` {why}" in raised.value.happened
    assert "LEFT op RIGHT" in raised.value.next_step


@pytest.mark.parametrize(
    "expr",
    [
        "sum(up) == 2",
        "max by () (a) > min(b)",
        "sum(a) / sum(b) > 0.95",
        "histogram_quantile(0.95, sum by (le) (rate(a_bucket[5s]))) < 0.05",
        "max_over_time(sum(a)[10s:1s]) > 3",
        "absent(up) == 1",
        "(sum(a) or vector(0)) == 0",
        "scalar(a) == sum(b)",
        "time() - max(a) > 5",
        "sum(max by (pod) (a)) > 1",
        "max by (pod) (sum(a)) > 1",
    ],
)
def test_one_series_by_form(expr: str) -> None:
    assert several_series(expr) is None


@pytest.mark.parametrize(
    ("expr", "side"),
    [
        ("up == 1", "up"),
        ("sum(a) > b", "b"),
        ("increase(expired[10s]) > 200", "increase(expired[10s])"),
        ("max by (pod) (a) > 1", "max by (pod) (a)"),
        ("sum without (pod) (a) > 1", "sum without (pod) (a)"),
        ("topk(1, a) > 1", "topk(1, a)"),
        ("histogram_quantile(0.9, rate(a_bucket[5s])) > 1", "histogram_quantile(0.9, rate(a_bucket[5s]))"),
        ("sum(a) / b > 1", "sum(a) / b"),
    ],
)
def test_several_series_by_form(expr: str, side: str) -> None:
    assert several_series(expr) == side


@pytest.mark.parametrize(
    ("expr", "selectors"),
    [
        ("rate(a[5m]) > 4 * rate(a[5m] offset 1d)", ["a", "a offset 1d"]),
        ('sum(a{x="y"}) / sum(a{x="y"}) > b', ['a{x="y"}', "b"]),
        ("max_over_time(rate(a[5m] offset 1h)[15m:1m] offset 2h) > 1", ["a offset 3h"]),
        ("max_over_time(a[15m:1m] offset 1h) > a", ["a offset 1h", "a"]),
        ("vector(1) > 0", []),
    ],
)
def test_input_selectors(expr: str, selectors: list[str]) -> None:
    assert input_selectors(expr) == selectors


def test_what_absent_asks_for_need_not_be_there() -> None:
    expr = 'absent(up{job="a"}) or absent_over_time(b[5m]) or rate(c[5m]) > 1'
    assert input_selectors(expr) == ['up{job="a"}', "b", "c"]
    assert input_selectors(expr, needed=True) == ["c"]


def test_input_selectors_of_no_promql() -> None:
    with pytest.raises(BrokenScenario, match="is no PromQL"):
        input_selectors("sum(")
