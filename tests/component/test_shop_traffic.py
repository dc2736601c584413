"""Locust as an arrival rate: it keeps sending while nobody answers, and says so when it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress
from experiments.waiting import Seen, eventually
from fixtures.traffic import SHOP_LOCUSTFILE

pytestmark = pytest.mark.component

LAB = Lab.of_checkout(Path(__file__).resolve().parents[2])
testcontainers_config.ryuk_disabled = True  # its image is none of the lab's; the containers carry the lab's labels

SLOW = """
import asyncio
async def answer(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    await asyncio.sleep(60)
async def main():
    server = await asyncio.start_server(answer, "0.0.0.0", 8080)
    await server.serve_forever()
asyncio.run(main())
"""
"""A server that takes every request and answers none."""


@pytest.fixture(scope="module")
def silent() -> Iterator[Network]:
    """A network on which `silent:8080` never answers."""
    image = ensure(LAB, ["locust"], Progress(LAB.logs))["locust"]
    with Network(docker_network_kw={"labels": LAB.labels}) as network:
        server = DockerContainer(image, labels=LAB.labels, network=network, network_aliases=["silent"])
        with server.with_kwargs(entrypoint=["python", "-c", SLOW]):
            yield network


@contextmanager
def locust(network: Network, **settings: str) -> Iterator[str]:
    """Locust with the shop's locustfile; the URL of its metrics."""
    with started(network, **settings) as running:
        yield metrics(running)


@contextmanager
def started(network: Network, **settings: str) -> Iterator[DockerContainer]:
    """Locust with the shop's locustfile."""
    image = ensure(LAB, ["locust"], Progress(LAB.logs))["locust"]
    container = DockerContainer(image, labels=LAB.labels, network=network).with_env("TARGET", "silent:8080")
    for name, value in settings.items():
        container = container.with_env(name, value)
    container = container.with_volume_mapping(str(SHOP_LOCUSTFILE), "/mnt/locust/locustfile.py")
    with container.with_exposed_ports(9646, 9647) as running:
        yield running


def metrics(running: DockerContainer) -> str:
    """The URL of its metrics."""
    return f"http://{running.get_container_host_ip()}:{running.get_exposed_port(9646)}/metrics"


def read(url: str) -> dict[str, float]:
    """All samples without labels, by name; empty while Locust starts."""
    try:
        text = httpx.get(url, timeout=5).text
    except httpx.TransportError:
        return {}
    return {name: float(value) for name, value in re.findall(r"^([a-z_]+) (\S+)$", text, re.MULTILINE)}


def until(url: str, offered: float) -> dict[str, float]:
    """The samples once that many requests were due."""

    def look() -> Seen[dict[str, float]]:
        seen = read(url)
        due = seen.get("traffic_requests_offered_total", 0)
        return Seen(seen if due >= offered else None, f"{due:g} offered")

    return eventually(look, what=f"{offered:g} requests were due", within_s=60)


def test_arrivals_do_not_wait_for_answers(silent: Network) -> None:
    with locust(silent, RPS="50") as url:
        seen = until(url, offered=200)
        assert seen["traffic_requests_sent_total"] >= 0.95 * seen["traffic_requests_offered_total"]
        assert seen["traffic_requests_in_flight"] >= 190


def test_what_is_due_but_cannot_be_sent_is_offered_all_the_same(silent: Network) -> None:
    with locust(silent, RPS="50", OUTSTANDING="20") as url:
        seen = until(url, offered=200)
        assert seen["traffic_requests_sent_total"] == 20


def test_clients_that_get_no_answer_count_as_such(silent: Network) -> None:
    with locust(silent, RPS="50", TIMEOUT="0.5") as url:
        until(url, offered=100)
        assert 'traffic_responses_total{code="none"}' in httpx.get(url).text


def test_the_rate_is_changed_while_it_runs(silent: Network) -> None:
    with started(silent, RPS="5") as running:
        url = metrics(running)
        slow = until(url, offered=5)["traffic_requests_offered_total"]
        assert control(running, "rps=200", "lasts=2") == (0, "")
        assert read(url)["traffic_planned_rps"] == 200
        burst = eventually(lambda: planned(url, 5), what="the burst is over", within_s=20)
        assert 250 <= burst["traffic_requests_offered_total"] - slow <= 600
        assert control(running, "rps=0") == (0, "")
        stopped = read(url)
        assert stopped["traffic_planned_rps"] == 0
        assert read(url)["traffic_requests_offered_total"] == stopped["traffic_requests_offered_total"]


def test_only_a_program_inside_changes_the_rate_and_only_within_bounds(silent: Network) -> None:
    with started(silent, RPS="5") as running:
        url = metrics(running)
        until(url, offered=1)
        code, said = control(running, "rps=1001")
        assert (code, "the lab sends 0 to 1000" in said) == (1, True)
        outside = f"http://{running.get_container_host_ip()}:{running.get_exposed_port(9647)}/?rps=9"
        with pytest.raises(httpx.TransportError):
            httpx.post(outside, timeout=5)
        assert read(url)["traffic_planned_rps"] == 5


def control(running: DockerContainer, *asked: str) -> tuple[int, str]:
    """Exit code of the program that changes the rate, and what it complained about."""
    code, (_, said) = running.get_wrapped_container().exec_run(["python", "/srv/control.py", *asked], demux=True)
    return code, (said or b"").decode()


def planned(url: str, rps: float) -> Seen[dict[str, float]]:
    """The samples once that rate is planned."""
    seen = read(url)
    now = seen["traffic_planned_rps"]
    return Seen(seen if now == rps else None, f"{now:g} planned")
