"""Asking a real Prometheus: exactly one finite series is an answer, everything else is not."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from cluster.errors import OracleUnavailable
from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress
from experiments.model.conditions import PromCondition, holds
from experiments.probes.past import Past, past
from experiments.probes.prometheus import Prometheus, Samples
from experiments.waiting import Seen, eventually

pytestmark = pytest.mark.component

LAB = Lab.of_checkout(Path(__file__).resolve().parents[2])
testcontainers_config.ryuk_disabled = True  # its image is none of the lab's; the containers carry the lab's labels
CONFIG = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [/etc/prometheus/rules.yaml]
scrape_configs:
  - job_name: itself
    static_configs: [{targets: ["127.0.0.1:9090"]}]
  - job_name: nobody
    static_configs: [{targets: ["127.0.0.1:9"]}]
"""
RULES = """
groups:
  - name: test
    rules:
      - {alert: NobodyDown, expr: 'up{job="nobody"} == 0', for: 2s}
"""


class _NothingSampled:
    def samples(self, name: str) -> Samples:
        raise AssertionError(f"{name} is Prometheus' to keep")


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus")
    folder.chmod(0o755)
    (folder / "prometheus.yml").write_text(CONFIG)
    (folder / "rules.yaml").write_text(RULES)
    image = ensure(LAB, ["prometheus"], Progress(LAB.logs))["prometheus"]
    container = (
        DockerContainer(image, labels=LAB.labels)
        .with_volume_mapping(str(folder), "/etc/prometheus")
        .with_exposed_ports(9090)
    )
    with container:
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(9090)}"
        asked = Prometheus(url)

        def look() -> Seen[bool]:
            try:
                firing = requests.get(f"{url}/api/v1/query?query=ALERTS", timeout=5).text
            except requests.RequestException as error:
                return Seen(None, str(error))
            return Seen(True if '"firing"' in firing else None, firing)

        eventually(look, what="the alert fires", within_s=60)
        yield asked


def test_one_finite_series_is_a_number(prometheus: Prometheus) -> None:
    assert prometheus.number('sum(up{job="itself"})') == 1
    assert prometheus.number("0.05") == 0.05


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("sum(no_such_metric)", "no series"),
        ("up", "2 series"),
        ("sum(up) / 0 * 0", "nan"),
        ("sum(up) / 0", "inf"),
        ("sum(", "could not be asked"),
    ],
)
def test_anything_else_is_no_answer(prometheus: Prometheus, expr: str, said: str) -> None:
    with pytest.raises(OracleUnavailable, match=said):
        prometheus.number(expr)


def test_an_unreachable_prometheus_is_no_answer_and_is_not_asked_twice() -> None:
    began = time.monotonic()
    with pytest.raises(OracleUnavailable, match="could not be asked"):
        Prometheus("http://127.0.0.1:9").number("up")
    assert time.monotonic() - began < 1


def test_samples_over_time_are_at_every_step_and_never_in_the_future(prometheus: Prometheus) -> None:
    now = time.time()
    samples = prometheus.line('sum(up{job="itself"})', now - 3, now, 1)
    assert [value for _, value in samples] == [1.0] * len(samples)
    assert all(b[0] - a[0] == 1 for a, b in itertools.pairwise(samples))
    assert samples[-1][0] <= now


def test_several_series_at_one_moment_are_no_line(prometheus: Prometheus) -> None:
    now = time.time()
    with pytest.raises(OracleUnavailable, match="2 series at once"):
        prometheus.line("up", now - 3, now, 1)


def test_the_past_of_a_condition_has_both_sides(prometheus: Prometheus) -> None:
    now = time.time()
    condition = holds("up", 'sum(up{job="itself"}) >= 1')
    assert isinstance(condition, PromCondition)
    seen: Past = past("healthy.0", condition, prometheus, _NothingSampled(), now - 2, now, 1)
    assert seen.first_held() is not None
    assert seen.first_broken() is None
    assert seen.state() == "1 >= 1"


def test_alert_states_are_series_with_their_state(prometheus: Prometheus) -> None:
    states = {s.labels["alertstate"] for s in prometheus.vector('ALERTS{alertname="NobodyDown"}')}
    assert states == {"firing"}
