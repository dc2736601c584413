from collections.abc import Callable

import pytest
import yaml

from cluster.errors import BrokenScenario
from experiments.model.timescale import TimeScale, time_scale
from experiments.record.files import AlertClock, ScaledRule
from experiments.rules import scale_rules, survey_rules

pytestmark = pytest.mark.unit

CLOCK = AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5)

STAMPEDE = """\
# comments stay on their lines
groups:
  - name: shop
    interval: 30s
    rules:
      - alert: DbPoolNearlyExhausted
        expr: max_over_time((sum(db_connections_active) / sum(db_connections_max))[15m:1m]) > 0.8
        for: 3m
        labels: {severity: warning, tier: 1}
        annotations: {runbook_url: "https://runbooks.example/pool", summary: "{{ $value }} of the pool"}
      - alert: LatencyAnomalyDetected
        expr: |
          histogram_quantile(0.95, sum by (le) (rate(latency_bucket[5m])))
          > 4 * histogram_quantile(0.95, sum by (le) (rate(latency_bucket[1h] offset 1d)))
        for: 2m
"""


def one(expr: str, scale: TimeScale, hold: str = "0s", clock: AlertClock = CLOCK) -> ScaledRule:
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expr, "for": hold}]}]})
    return scale_rules(text, scale, clock).rules[0]


def test_the_cache_stampedes_rules() -> None:
    scaled = scale_rules(STAMPEDE, time_scale(60, {"1h": "15s", "1d": "30s"}), CLOCK)
    pool, latency = scaled.rules
    assert (pool.name, pool.line, pool.form) == ("DbPoolNearlyExhausted", 6, "exact")
    assert pool.lab_expr == "max_over_time((sum(db_connections_active) / sum(db_connections_max))[15s:1s]) > 0.8"
    assert (pool.production_for_s, pool.lab_for_s, pool.window_s) == (180, 3, 15)
    assert pool.labels == {"severity": "warning", "tier": "1"}
    assert latency.line == 11
    assert latency.lab_expr == (
        "histogram_quantile(0.95, sum by (le) (rate(latency_bucket[5s])))"
        " > 4 * histogram_quantile(0.95, sum by (le) (rate(latency_bucket[15s] offset 30s)))"
    )
    assert (latency.lab_for_s, latency.window_s) == (2, 15)


def test_the_lab_file_keeps_all_but_durations() -> None:
    lab = yaml.safe_load(scale_rules(STAMPEDE, time_scale(60, {"1h": "15s", "1d": "30s"}), CLOCK).text)
    production = yaml.safe_load(STAMPEDE)
    (group,) = lab["groups"]
    assert "interval" not in group
    for rule, original in zip(group["rules"], production["groups"][0]["rules"], strict=True):
        assert rule["alert"] == original["alert"]
        assert rule.get("annotations") == original.get("annotations")
    assert group["rules"][0]["for"] == "3s"


@pytest.mark.parametrize(
    ("factor", "hold", "evaluation_s", "lab_s"),
    [
        (60, "3m", 1, 3),
        (60, "90s", 1, 2),
        (60, "61s", 1, 2),
        (60, "5s", 1, 1),
        (60, "0s", 1, 0),
        (60, "3m", 2, 4),
        (1, "3m", 1, 180),
        (3, "10m", 1, 200),
        (7, "7s", 1, 1),
        (0.1 * 30, "3s", 1, 1),
    ],
)
def test_for_is_whole_evaluations_rounded_up(factor: float, hold: str, evaluation_s: float, lab_s: float) -> None:
    clock = CLOCK.model_copy(update={"evaluation_s": evaluation_s})
    assert one("up == 0", time_scale(factor), hold, clock).lab_for_s == lab_s


@pytest.mark.parametrize(
    ("expr", "hold", "lab_s"),
    [
        ('sum(up{job="shop"}) == 0', "1m", 7),
        ("absent(x)", "5m", 7),
        ("absent_over_time(x[5m])", "10m", 10),
        ("up == 0", "3s", 3),
        ("up == 0", "0s", 0),
        ("pg_up == 0", "1m", 1),
    ],
)
def test_for_outlasts_discovery_where_a_rule_sees_targets(expr: str, hold: str, lab_s: float) -> None:
    clock = CLOCK.model_copy(update={"discovery_s": 5})
    rule = one(expr, time_scale(60), hold, clock)
    assert rule.lab_for_s == lab_s
    assert ("discovery" in rule.note) == (lab_s in (3, 7))


@pytest.mark.parametrize(
    ("expr", "lab"),
    [
        ("rate(x[5m]) > 1", "rate(x[5s]) > 1"),
        ("rate(x[1m]) > 1", "rate(x[4s]) > 1"),
        ("avg_over_time(x[10m:10s]) > 1", "avg_over_time(x[10s:1s]) > 1"),
        ("avg_over_time(x[10m:]) > 1", "avg_over_time(x[10s:]) > 1"),
        ("x offset 90s > 1", "x offset 1s500ms > 1"),
        ("x offset -1h > 1", "x offset -1m > 1"),
        ("max_over_time(rate(x[5m] offset 1h)[1h:5m] offset 2h) > 1", None),
        ("sum(rate(x[5m])) / sum(rate(x[1h])) > 2", "sum(rate(x[5s])) / sum(rate(x[1m])) > 2"),
        ('x{a="[5m] offset 1h"} > 1', 'x{a="[5m] offset 1h"} > 1'),
    ],
)
def test_durations_inside_expressions(expr: str, lab: str | None) -> None:
    lab = lab or "max_over_time(rate(x[5s] offset 1m)[1m:5s] offset 2m) > 1"
    rule = one(expr, time_scale(60))
    assert rule.lab_expr == lab
    assert rule.form == "exact"


def test_a_raised_range_is_noted() -> None:
    assert one("rate(x[1m]) > 1", time_scale(60)).note == "60 s is 1 s in the lab, raised to four scrapes (4 s)"


def test_windows_add_up_through_subqueries_and_recorded_series() -> None:
    text = """\
groups:
  - name: g
    rules:
      - {alert: A, expr: 'max_over_time(job:x:rate5m[10m:1m]) > 1'}
      - {record: 'job:x:rate5m', expr: 'sum(rate(x[5m]))'}
      - {alert: B, expr: 'max_over_time(rate(x[5m])[15m:1m]) > 1'}
      - {alert: C, expr: up == 0}
"""
    rules = scale_rules(text, time_scale(60), CLOCK).rules
    assert [(rule.name, rule.line, rule.window_s) for rule in rules] == [
        ("A", 4, 15),
        ("job:x:rate5m", 5, 5),
        ("B", 6, 20),
        ("C", 7, 0),
    ]


def test_a_recorded_count_is_a_count_where_it_is_used() -> None:
    text = """\
groups:
  - name: g
    rules:
      - {alert: A, expr: 'job:restarts > 3'}
      - {record: 'job:restarts', expr: 'sum(increase(x[5m]))'}
"""
    _, problems = survey_rules(text, time_scale(60), CLOCK)
    assert [str(p).split(";")[0] for p in problems] == ["rules.yaml:4: A: 3 is a count within a window"]


def test_declared_constants_transform_a_rule() -> None:
    rule = one("predict_linear(disk[6h], 86400) < 0", time_scale(60, constants={"86400": "1440"}))
    assert rule.form == "transformed"
    assert rule.lab_expr == "predict_linear(disk[6m], 1440) < 0"
    assert rule.production_expr == "predict_linear(disk[6h], 86400) < 0"
    assert rule.note == "86400 -> 1440"


def test_constants_change_only_figures() -> None:
    rule = one("increase(x[10m]) > 3 and queue > 3", time_scale(60, constants={"3": "1"}))
    assert rule.lab_expr == "increase(x[10s]) > 1 and queue > 3"


SLOW = "histogram_quantile(0.95, sum by (le) (rate(a_seconds_bucket[5m]))) > 30"


def test_how_long_a_request_takes_is_scaled_where_the_time_scale_names_it() -> None:
    rule = one(SLOW, time_scale(60, constants={"30": "2"}))
    assert (rule.form, rule.note) == ("transformed", "30 -> 2")
    assert rule.lab_expr.endswith("> 2")


def test_how_long_a_request_takes_stays_where_no_time_scale_names_it() -> None:
    assert one(SLOW, time_scale(60)).lab_expr.endswith("> 30")


def test_kept_constants_leave_a_rule_exact() -> None:
    rule = one("increase(x[10m]) > 3", time_scale(60, kept={"3.0": "the lab crashes as often in a window"}))
    assert (rule.form, rule.note) == ("exact", "3 kept: the lab crashes as often in a window")


def test_production_time_changes_nothing() -> None:
    rule = one("predict_linear(disk[6h], 86400) < 0", time_scale(60, production_time={"A": "kubelet's clock"}), "5m")
    assert rule.form == "unscalable"
    assert (rule.lab_expr, rule.lab_for_s, rule.window_s) == (rule.production_expr, 300, 21600)
    assert rule.note == "kubelet's clock"


def test_keep_firing_for_is_scaled_too() -> None:
    text = "groups: [{name: g, rules: [{alert: A, expr: up == 0, keep_firing_for: 5m}]}]"
    assert yaml.safe_load(scale_rules(text, time_scale(60), CLOCK).text)["groups"][0]["rules"][0] == {
        "alert": "A",
        "expr": "up == 0",
        "keep_firing_for": "5s",
    }


def file_of(rule: str) -> str:
    return f"groups:\n  - name: g\n    rules:\n      - alert: A\n{rule}"


HINT = "scale it in time_scale's `constants`, or say in `kept` why it stays"
BAD: list[tuple[str, str, Callable[[], TimeScale], str]] = [
    ("undeclared seconds", file_of("        expr: time() - x > 86400\n"), lambda: time_scale(60),
     "rules.yaml:4: A: 86400 is a number of seconds; " + HINT),
    ("undeclared count", file_of("        expr: increase(x[5m]) > 3\n"), lambda: time_scale(60),
     "rules.yaml:4: A: 3 is a count within a window; " + HINT),
    ("not PromQL", file_of("        for: 1m\n        expr: sum(\n"), lambda: time_scale(60),
     "rules.yaml:6: A: not PromQL: unclosed left parenthesis"),
    ("bad duration", file_of("        expr: up\n        for: soon\n"), lambda: time_scale(60),
     "rules.yaml:6: groups.0.rules.0.for: Value error, 'soon' is not a duration such as 90s, 5m or 1h30m"),
    ("unknown field", file_of("        expr: up\n        fro: 1m\n"), lambda: time_scale(60),
     "rules.yaml:6: groups.0.rules.0.fro: Extra inputs are not permitted"),
    ("no expr", file_of("        for: 1m\n"), lambda: time_scale(60),
     "rules.yaml:4: groups.0.rules.0.expr: Field required"),
    ("alert and record", file_of("        record: b\n        expr: up\n"), lambda: time_scale(60),
     "rules.yaml:4: groups.0.rules.0: Value error, a rule is either an `alert` or a `record`"),
    ("no groups", "groups: []\n", lambda: time_scale(60),
     "rules.yaml:1: groups: List should have at least 1 item after validation, not 0"),
    ("empty", "", lambda: time_scale(60),
     "rules.yaml:1: the document: Input should be a valid dictionary or instance of _Groups"),
    ("not YAML", "groups:\n  - name: g\n   rules: []\n", lambda: time_scale(60),
     "rules.yaml:3: not YAML: expected <block end>, but found '<block mapping start>'"),
    ("a fixed moment", file_of("        expr: x @ 1609746000 > 1\n"), lambda: time_scale(60),
     "rules.yaml:4: A: `@` pins a moment, which no time scale can move"),
    ("step over range", file_of("        expr: avg_over_time(x[10m:1m]) > 1\n"),
     lambda: time_scale(60, {"1m": "30s"}),
     "rules.yaml:4: A: in the lab a subquery's step (30s) exceeds its range (10s)"),
    ("unused constant", file_of("        expr: up == 3\n"), lambda: time_scale(60, constants={"3": "1"}),
     "scenario.py:1: time_scale: constants names '3', which no rule of rules.yaml needs"),
    ("unused reason", file_of("        expr: up == 3\n"), lambda: time_scale(60, kept={"4": "why"}),
     "scenario.py:1: time_scale: kept names '4', which no rule of rules.yaml needs"),
    ("unused override", file_of("        expr: up == 3\n"), lambda: time_scale(60, {"1h": "5s"}),
     "scenario.py:1: time_scale: overrides names '1h', which no rule of rules.yaml needs"),
    ("misspelt alert", file_of("        expr: up == 3\n"), lambda: time_scale(60, production_time={"B": "slow"}),
     "scenario.py:1: time_scale: production_time names 'B', which no rule of rules.yaml needs"),
    ("no number", file_of("        expr: increase(x[5m]) > 3\n"), lambda: time_scale(60, constants={"3": "one"}),
     "scenario.py:1: time_scale: constants holds 'one', which is no number"),
    ("both", file_of("        expr: increase(x[5m]) > 3\n"),
     lambda: time_scale(60, constants={"3": "1"}, kept={"3.0": "why"}),
     "scenario.py:1: time_scale: 3 is both in `constants` and in `kept`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "scale", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refuses_with_file_and_line(text: str, scale: Callable[[], TimeScale], message: str) -> None:
    with pytest.raises(BrokenScenario) as raised:
        scale_rules(text, scale(), CLOCK)
    assert message in raised.value.happened.splitlines()
