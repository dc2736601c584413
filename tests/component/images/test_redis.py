"""The Redis image and its exporter."""

from __future__ import annotations

import pytest
import redis
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers, address, eventually, text

pytestmark = pytest.mark.component


def client(container: DockerContainer) -> redis.Redis:
    """A client from outside the container."""
    host, port = container.get_container_host_ip(), int(container.get_exposed_port(6379))
    return redis.Redis(host=host, port=port, decode_responses=True)


def answers(container: DockerContainer) -> bool:
    """Whether it takes connections."""
    try:
        return bool(client(container).ping())
    except redis.ConnectionError:
        return False


def test_arguments_win_and_keys_expire_by_themselves(containers: Containers) -> None:
    limits = ["--maxmemory", "16mb", "--maxmemory-policy", "allkeys-lru"]
    with containers.start("redis", ports=[6379], command=limits, writable=["/data"]) as server:
        eventually(lambda: answers(server))
        session = client(server)
        assert session.config_get("maxmemory") == {"maxmemory": str(16 * 1024 * 1024)}
        assert session.config_get("save") == {"save": ""}
        session.set("product:1", "tea", px=200)
        eventually(lambda: session.dbsize() == 0, within_s=5)
        assert session.info("stats")["expired_keys"] == 1


def test_the_exporter_counts_what_redis_expires(containers: Containers) -> None:
    with (
        containers.start("redis", ports=[6379], writable=["/data"]) as server,
        containers.start("redis-exporter", ports=[9121], env={"REDIS_ADDR": "redis://redis:6379"}) as exporter,
    ):
        eventually(lambda: answers(server))
        metrics = f"{address(exporter, 9121)}/metrics"
        eventually(lambda: "\nredis_up 1\n" in text(metrics))
        client(server).set("a", "b", px=100)
        eventually(lambda: "\nredis_expired_keys_total 1\n" in text(metrics), within_s=10)
        server.get_wrapped_container().kill()
        eventually(lambda: "\nredis_up 0\n" in text(metrics))
