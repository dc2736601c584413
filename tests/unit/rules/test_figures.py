import promql_parser as promql
import pytest

from experiments.rules.figures import Dimension, time_figures

pytestmark = pytest.mark.unit

AHEAD, SECONDS, COUNT, MINUTES = (
    "a number of seconds ahead",
    "a number of seconds",
    "a count within a window",
    "a factor of whole minutes",
)


@pytest.mark.parametrize(
    ("expr", "figures"),
    [
        ("predict_linear(disk[6h], 3600) < 0", [(3600, AHEAD)]),
        ("predict_linear(disk[6h], 4 * 3600) < 0", [(4, AHEAD), (3600, AHEAD)]),
        ("time() - x > 86400", [(86400, SECONDS)]),
        ("86400 < time() - x", [(86400, SECONDS)]),
        ("cert_expiry - time() < 7 * 86400", [(7, SECONDS), (86400, SECONDS)]),
        ("(time() - x) / 3600 > 24", [(3600, MINUTES), (24, SECONDS)]),
        ("time() - timestamp(x) > 120", [(120, SECONDS)]),
        ("replication_lag_seconds > 300", [(300, SECONDS)]),
        ("max_over_time(replication_lag_seconds[5m]) > 300", [(300, SECONDS)]),
        ("job:lag_seconds:max > 30", [(30, SECONDS)]),
        ("free / -deriv(free[1h]) < 86400", [(86400, SECONDS)]),
        ("queue_length / sum(rate(done_total[5m])) > 600", [(600, SECONDS)]),
        ("hour() > 8", [(8, SECONDS)]),
        ("increase(restarts[10m]) > 3", [(3, COUNT)]),
        ("sum by (pod) (increase(restarts[10m])) > (3)", [(3, COUNT)]),
        ("-increase(restarts[10m]) < -3", [(-3, COUNT)]),
        ("changes(x[5m]) >= 2 and up == 1", [(2, COUNT)]),
        ("count(increase(x[1h]) > 3) > 2", [(3, COUNT)]),
        ("count_over_time(x[5m]) < 5", [(5, COUNT)]),
        ("sum_over_time((up == bool 0)[1h:1m]) > 5", [(5, COUNT)]),
        ("clamp_min(increase(x[5m]), 1)", [(1, COUNT)]),
        ("recorded:restarts > 3", [(3, COUNT)]),
        ("rate(x[5m]) * 60 > 5", [(60, MINUTES)]),
        ("increase(x[5m]) / 300 > 2", [(300, MINUTES), (2, COUNT)]),
    ],
)
def test_finds_numbers_that_depend_on_time(expr: str, figures: list[tuple[float, str]]) -> None:
    found, _ = time_figures(promql.parse(expr), {"recorded:restarts": Dimension.COUNT})
    assert [(figure.node.val, figure.why) for figure in found] == figures


@pytest.mark.parametrize(
    "expr",
    [
        "x > 3",
        "up == 0",
        "increase(x[5m]) > 0",
        "rate(x[5m]) > 10",
        "increase(a[5m]) / increase(b[5m]) > 0.1",
        "100 * increase(a[5m]) / increase(b[5m]) > 10",
        "100 * rate(a[5m]) / rate(b[5m]) > 10",
        "rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m]) > 0.3",
        "histogram_quantile(0.95, sum by (le) (rate(a_bytes_bucket[5m]))) > 4096",
        "rate(process_cpu_seconds_total[5m]) > 0.9",
        "avg_over_time(up[5m]) < 0.9",
        "topk(3, increase(x[5m]))",
        "round(x, 60) > 120",
        "absent(up) == 1",
    ],
)
def test_leaves_numbers_that_do_not(expr: str) -> None:
    assert time_figures(promql.parse(expr), {})[0] == []


@pytest.mark.parametrize(
    ("expr", "threshold"),
    [
        ("histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m]))) > 0.5", 0.5),
        ("4 * histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m]))) > 2", 2),
        ("max(histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m])))) > 30", 30),
    ],
)
def test_how_long_a_request_takes_stays_unless_a_time_scale_names_it(expr: str, threshold: float) -> None:
    found, _ = time_figures(promql.parse(expr), {})
    assert [(figure.node.val, figure.stays) for figure in found] == [(threshold, True)]


def test_how_many_times_slower_than_before_is_plain() -> None:
    slow = "histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m])))"
    assert time_figures(promql.parse(f"{slow} / avg_over_time({slow}[1h:1m]) > 3"), {})[0] == []
