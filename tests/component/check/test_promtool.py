"""promtool of the toolbox image and kustomize of the lab's kubectl, asked about good and bad files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.binaries import build as binaries
from cluster.errors import BrokenScenario, CommandFailed
from cluster.images import build as images
from cluster.lab import Lab
from cluster.progress import Progress
from experiments.check import Kustomize, Promtool
from experiments.model.timescale import time_scale
from experiments.record.files import AlertClock
from experiments.rules import scale_rules

pytestmark = pytest.mark.component

ROOT = Path(__file__).resolve().parents[3]

RULES = """\
groups:
  - name: g
    rules:
      - alert: QueueFull
        expr: max_over_time(sum(queue{name=~"a\\\\.b|c\\"d"})[5m:]) > 10
        for: 2m
        labels: {severity: critical}
"""

TEST = """\
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: 'queue{name="a.b"}', values: "0x4 20x10"}]
    alert_rule_test:
      - {eval_time: 2m, alertname: QueueFull, exp_alerts: []}
      - eval_time: 8m
        alertname: QueueFull
        exp_alerts: [{exp_labels: {severity: critical}}]
"""


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab.of_checkout(ROOT)


@pytest.fixture(scope="module")
def promtool(lab: Lab) -> Promtool:
    return Promtool.in_image(images.ensure(lab, ["toolbox"], Progress(lab.logs))["toolbox"], lab.labels)


@pytest.fixture(scope="module")
def kustomize(lab: Lab) -> Iterator[Kustomize]:
    yield Kustomize(binaries.ensure(lab, ["kubectl"], Progress(lab.logs))["kubectl"])


def test_good_rules(promtool: Promtool) -> None:
    assert promtool.check_rules({"rules.yaml": RULES}) is None


def test_prometheus_takes_the_scaled_rules(promtool: Promtool) -> None:
    clock = AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5)
    scaled = scale_rules(RULES, time_scale(7), clock).text
    assert promtool.check_rules({"rules.yaml": RULES, "rules.scaled.yaml": scaled}) is None


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("for: 2m", "fro: 2m", 6, "field fro not found"),
        ("> 10", "> (10", 5, "unclosed left parenthesis"),
        ("for: 2m", "for: 2x", 1, "unknown unit"),
        ("alert: QueueFull", "alert: QueueFull\n        alert: Other", 5, "already"),
    ],
)
def test_bad_rules(promtool: Promtool, old: str, new: str, line: int, said: str) -> None:
    assert old in RULES
    wrong = promtool.check_rules({"rules.yaml": RULES.replace(old, new)})
    assert wrong is not None
    assert said in wrong[1]
    assert wrong[0] == line


def test_good_unit_tests(promtool: Promtool) -> None:
    assert promtool.test_rules({"rules.yaml": RULES, "rules_test.yaml": TEST}, "rules_test.yaml") is None


def test_unit_tests_that_fail(promtool: Promtool) -> None:
    test = TEST.replace("eval_time: 8m", "eval_time: 3m")
    wrong = promtool.test_rules({"rules.yaml": RULES, "rules_test.yaml": test}, "rules_test.yaml")
    assert wrong is not None
    assert "alertname: QueueFull, time: 3m" in wrong[1]


def test_an_image_that_is_not_there() -> None:
    nowhere = Promtool.in_image("firedrill/toolbox:none")
    with pytest.raises(CommandFailed, match="did not run"):
        nowhere.check_rules({"rules.yaml": RULES})


def test_kustomize_builds_bases_outside_the_folder(kustomize: Kustomize, tmp_path: Path) -> None:
    system = tmp_path / "pack" / "x" / "system"
    system.mkdir(parents=True)
    base = os.path.relpath(ROOT / "fixtures" / "redis", system)
    (system / "kustomization.yaml").write_text(f"namespace: shop\nresources: [{base}]\n")
    built = kustomize(system)
    assert "namespace: shop" in built
    assert "image: firedrill/redis" in built


def test_kustomize_says_what_is_wrong(kustomize: Kustomize, tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [none.yaml]\n")
    with pytest.raises(BrokenScenario, match=r"kustomize: .*none\.yaml"):
        kustomize(tmp_path)


def test_a_kubectl_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="did not run"):
        Kustomize(tmp_path / "kubectl")(tmp_path)
