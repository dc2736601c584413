import promql_parser as promql
import pytest

from experiments.rules.printer import duration, number, write
from experiments.rules.walk import walk

pytestmark = pytest.mark.unit

UNCHANGED = [
    "max_over_time((sum(active) / sum(max))[15m:1m]) > 0.8",
    "max_over_time(x[15m:] offset 1h)",
    "max_over_time(deriv(x[5m])[30m:1m])",
    'sum by (le) (rate(h_bucket{job="a", code!~"5..", b=~"x|y", c!="d"}[5m] offset -1d))',
    "sum without (a) (x) + on (a) group_left (b, c) y",
    "a * ignoring (z) group_right () b",
    "a or on () b unless c and d",
    "a > bool 4",
    "quantile by (a) (0.9, x)",
    'count_values("version", y)',
    "-predict_linear(x[1h] @ end(), 3600) > (3)",
    "x @ start() + x @ 1609746000.123 offset 5m",
    "x[5m:30s] @ end() offset 1d",
    "--x",
    "-1 ^ 2",
    "2 ^ -3",
    "(1 + 2) * 3",
    "Inf + NaN + 1.5e-09 + 1e+25",
    "rate(x[1s500ms])",
    'label_replace(x, "a", "$1", "b", "(.*)")',
    'x{a="quote \\" slash \\\\ line\\n", b="ü\\\\."}',
    '{__name__="with space", a="b"}',
    "time() - x > 86400",
    "absent(up)",
]


@pytest.mark.parametrize("expr", UNCHANGED)
def test_prints_what_was_parsed(expr: str) -> None:
    assert write(promql.parse(expr)) == expr


@pytest.mark.parametrize("expr", UNCHANGED)
def test_the_printed_text_has_the_same_tree(expr: str) -> None:
    tree = promql.parse(expr)
    again = promql.parse(write(tree))
    assert [type(node) for node in walk(tree)] == [type(node) for node in walk(again)]
    assert str(tree) == str(again)


@pytest.mark.parametrize(
    ("expr", "printed"),
    [
        ("sum(x) by (job)", "sum by (job) (x)"),
        ("x{a='b'} # why", 'x{a="b"}'),
        ("rate(x[90s])", "rate(x[1m30s])"),
        ("x[300]", "x[5m]"),
        ("1e3 + 0x10", "1000 + 16"),
        ('{"foo.bar"}', '{__name__="foo.bar"}'),
        ("a\n  > 3\n", "a > 3"),
    ],
)
def test_prints_one_canonical_form(expr: str, printed: str) -> None:
    assert write(promql.parse(expr)) == printed


def test_refuses_what_prometheus_does_not_know() -> None:
    with pytest.raises(ValueError, match="`or` between label matchers"):
        write(promql.parse('a{x="1" or y="2"}'))


@pytest.mark.parametrize(
    ("value", "text"), [(3600.0, "3600"), (0.95, "0.95"), (-2.0, "-2"), (float("-inf"), "-Inf"), (0.0, "0")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_durations_keep_their_milliseconds() -> None:
    selector = promql.parse("x[1d2h3m4s5ms]")
    assert isinstance(selector, promql.MatrixSelector)
    assert duration(selector.range) == "1d2h3m4s5ms"
    assert duration(-selector.range) == "-1d2h3m4s5ms"
