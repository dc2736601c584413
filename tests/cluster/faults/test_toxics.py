"""Toxics between a client and Redis: what the client sees, and that the undo takes it away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import redis
from chaoslib.exceptions import ActivityFailed
from redis.backoff import NoBackoff
from redis.retry import Retry

from cluster import manifests
from cluster.errors import CommandFailed
from cluster.guard import Handle
from cluster.lab import Lab
from experiments.model.actions import Step
from experiments.toxiproxy import PORT, talk
from firedrill.faults import toxics
from tests.cluster.faults.open_run import NAMESPACE, OpenRun, open_run

pytestmark = pytest.mark.nightly

LISTENS = 20000
BIG = b"x" * 200_000
#: what an undisturbed answer takes at most, on a busy machine
PROMPT_S = 0.25


@pytest.fixture(scope="module")
def run(lab: Lab, handle: Handle) -> Iterator[OpenRun]:
    """An open run with Redis, and Toxiproxy in front of it."""
    with open_run(lab, handle) as opened:
        for name in ("redis", "toxiproxy"):
            opened.room.apply(*manifests.render(lab, lab.root / "fixtures" / name))
        for name in ("redis", "toxiproxy"):
            opened.room.kubectl("rollout", "status", f"deployment/{name}", "--timeout=60s", timeout_s=70)
        with talk(*opened.session.sources.door(NAMESPACE, "toxiproxy", PORT)) as server:
            server.create(upstream="redis:6379", name="redis", listen=f"0.0.0.0:{LISTENS}")
        yield opened
        opened.session.sources.close()


@pytest.fixture
def client(run: OpenRun) -> Iterator[redis.Redis]:
    """A client of Redis by way of Toxiproxy, with one connection, open and undisturbed."""
    with connect(run) as opened:
        opened.set("big", BIG)
        assert took(opened.ping) < PROMPT_S
        yield opened
    assert run.session.journal.owed() == []


def test_latency_delays_what_is_sent_on_an_open_connection(run: OpenRun, client: redis.Redis) -> None:
    run.strike(toxics.latency("redis", "300ms", namespace=NAMESPACE))
    assert 0.3 <= took(client.ping) < 0.3 + PROMPT_S
    run.strike(toxics.latency("redis", "300ms", namespace=NAMESPACE, stream="upstream"))
    assert 0.6 <= took(client.ping) < 0.6 + PROMPT_S
    assert len(run.undo().undone) == 2
    assert took(client.ping) < PROMPT_S


def test_jitter_delays_each_answer_by_another_time(run: OpenRun, client: redis.Redis) -> None:
    run.strike(toxics.latency("redis", "200ms", jitter="200ms", namespace=NAMESPACE))
    times = [took(client.ping) for _ in range(12)]
    assert max(times) - min(times) > 0.1, times
    assert max(times) < 0.4 + PROMPT_S, times
    run.undo()
    assert took(client.ping) < PROMPT_S


def test_bandwidth_slows_large_answers_down(run: OpenRun, client: redis.Redis) -> None:
    assert took(lambda: client.get("big")) < PROMPT_S
    run.strike(toxics.bandwidth("redis", 100, namespace=NAMESPACE))
    assert 1.5 < took(lambda: client.get("big")) < 3.0  # 200 KB at 100 KB/s
    assert took(lambda: client.set("big", BIG)) < PROMPT_S, "what the client sends is slow, too"
    run.undo()
    assert took(lambda: client.get("big")) < PROMPT_S


def test_a_timeout_lets_nothing_through(run: OpenRun, client: redis.Redis) -> None:
    run.strike(toxics.timeout("redis", namespace=NAMESPACE))
    with pytest.raises(redis.TimeoutError), connect(run, patience_s=1.0) as impatient:
        impatient.ping()
    run.undo()
    with connect(run) as again:
        assert took(again.ping) < PROMPT_S
    run.strike(toxics.timeout("redis", "500ms", namespace=NAMESPACE))
    with pytest.raises(redis.ConnectionError, match="closed by server"), connect(run) as closed:
        closed.ping()
    run.undo()
    with connect(run) as again:
        assert took(again.ping) < PROMPT_S


def test_a_reset_is_seen_as_one(run: OpenRun, client: redis.Redis) -> None:
    assert said(run) == "PONG"
    run.strike(toxics.reset("redis", namespace=NAMESPACE))
    assert "reset by peer" in said(run)
    run.undo()
    assert said(run) == "PONG"


def test_a_proxy_that_is_down_refuses(run: OpenRun, client: redis.Redis) -> None:
    run.strike(toxics.down("redis", namespace=NAMESPACE))
    assert "Connection refused" in said(run)
    with pytest.raises(ActivityFailed, match="is down already"):
        run.strike(toxics.down("redis", namespace=NAMESPACE))
    run.undo()
    assert said(run) == "PONG"


def test_toxicity_is_a_share_of_the_connections(run: OpenRun, client: redis.Redis) -> None:
    run.strike(toxics.latency("redis", "100ms", namespace=NAMESPACE, toxicity=0.5))
    slow = []
    for _ in range(16):  # all alike once in 30 000 times
        with connect(run) as one:
            slow.append(min(took(one.ping), took(one.ping)) >= 0.1)
    assert any(slow) and not all(slow)
    run.undo()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (toxics.latency("mysql", "1s", namespace=NAMESPACE), "has no proxy mysql, but redis"),
        (toxics.down("mysql", namespace=NAMESPACE), "has no proxy mysql, but redis"),
        (toxics.latency("redis", "1s", namespace=NAMESPACE, service="nothing"), "Service nothing in tiny: 404"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_promised(run: OpenRun, step: Step, why: str) -> None:
    with pytest.raises(ActivityFailed, match=why):
        run.strike(step)
    assert run.session.journal.owed() == []


def test_a_toxic_that_went_with_its_pod_needs_no_undo(run: OpenRun) -> None:
    run.strike(toxics.latency("redis", "1s", namespace=NAMESPACE))
    run.room.kubectl("delete", "deployment/toxiproxy", "--cascade=foreground", "--wait", timeout_s=60)
    assert run.undo().undone


def connect(run: OpenRun, patience_s: float = 5.0) -> redis.Redis:
    """A new connection through Toxiproxy."""
    host, port = run.session.sources.door(NAMESPACE, "toxiproxy", LISTENS)
    once = Retry(NoBackoff(), 0)
    return redis.Redis(host=host, port=port, socket_timeout=patience_s, single_connection_client=True, retry=once)


def took(ask: Callable[[], object]) -> float:
    """Seconds until there is an answer."""
    began = time.monotonic()
    ask()
    return time.monotonic() - began


def said(run: OpenRun) -> str:
    """What a client in the cluster gets for a ping through Toxiproxy."""
    ping = ("timeout", "5", "redis-cli", "-h", "toxiproxy", "-p", str(LISTENS), "ping")
    try:
        return run.room.kubectl("exec", "deploy/redis", "-c", "redis", "--", *ping, timeout_s=20).strip()
    except CommandFailed as failure:
        return failure.happened
