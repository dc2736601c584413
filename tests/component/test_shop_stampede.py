"""The shop against its own PostgreSQL and Redis: a cold cache is filled once, and identical lifetimes exhaust the pool
unless the guard rail's settings are on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import redis
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress
from experiments.waiting import Seen, eventually

pytestmark = pytest.mark.component

ROOT = Path(__file__).resolve().parents[2]
LAB = Lab.of_checkout(ROOT)
testcontainers_config.ryuk_disabled = True  # its image is none of the lab's; the containers carry the lab's labels

PRODUCTS = 300
AT_ONCE = 12
"""Pages asked for at once where the pool has four connections: the others have to wait."""


@dataclass(frozen=True)
class Store:
    """The parts behind the shop, and how to start it beside them."""

    images: dict[str, str]
    network: Network
    cache: redis.Redis

    @contextmanager
    def shop(self, **settings: str) -> Iterator[httpx.Client]:
        """A shop with these settings on an empty cache, ready."""
        self.cache.flushall()
        container = DockerContainer(self.images["shop"], labels=LAB.labels, network=self.network)
        environment = {"PGPASSWORD": "shop", "DB_POOL_SIZE": "4", "RENDER_MS": "5"} | settings
        for name, value in environment.items():
            container = container.with_env(name, value)
        with container.with_exposed_ports(8080) as shop:
            url = f"http://{shop.get_container_host_ip()}:{shop.get_exposed_port(8080)}"
            with httpx.Client(base_url=url, timeout=30) as client:
                _ready(client)
                yield client

    def expire(self) -> None:
        """Let Redis expire every page, all in the same moment."""
        pages = list(self.cache.scan_iter("product:*"))
        with self.cache.pipeline() as pipe:
            for page in pages:
                pipe.pexpire(page, 1)
            pipe.execute()
        eventually(
            lambda: Seen(None if list(self.cache.scan_iter("product:*")) else True, "pages left"),
            what="Redis expired all pages",
            within_s=10,
        )


def _ready(client: httpx.Client) -> None:
    def look() -> Seen[bool]:
        try:
            answer = client.get("/readyz")
        except httpx.TransportError as error:
            return Seen(None, str(error))
        return Seen(True if answer.status_code == 200 else None, answer.text)

    eventually(look, what="the shop is ready", within_s=60)


def metric(client: httpx.Client, series: str) -> float:
    """The value of one series, by its name with its labels as they are printed."""
    found = re.search(rf"^{re.escape(series)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found, series
    return float(found[1])


def burst(client: httpx.Client, products: list[int]) -> list[int]:
    """Ask for pages side by side; their statuses."""
    with ThreadPoolExecutor(len(products)) as pool:
        return list(pool.map(lambda product: client.get(f"/products/{product}").status_code, products))


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    images = ensure(LAB, ["shop", "postgres", "redis"], Progress(LAB.logs))
    with ExitStack() as stack:
        network = stack.enter_context(Network(docker_network_kw={"labels": LAB.labels}))
        postgres = DockerContainer(images["postgres"], labels=LAB.labels, network=network, network_aliases=["postgres"])
        postgres = postgres.with_env("POSTGRES_PASSWORD", "postgres").with_env("POSTGRES_DB", "shop")
        postgres = postgres.with_volume_mapping(str(ROOT / "fixtures/postgres/init"), "/initdb.d")
        stack.enter_context(postgres.with_command("-c shared_preload_libraries=pg_stat_statements"))
        cache = DockerContainer(images["redis"], labels=LAB.labels, network=network, network_aliases=["redis"])
        cache = stack.enter_context(cache.with_exposed_ports(6379))
        client = redis.Redis(cache.get_container_host_ip(), int(cache.get_exposed_port(6379)))

        def look() -> Seen[bool]:
            try:
                return Seen(bool(client.ping()), "")
            except redis.ConnectionError as error:
                return Seen(None, str(error))

        eventually(look, what="Redis answers", within_s=30)
        yield Store(images, network, client)


def test_a_cold_cache_is_filled_in_one_query_before_the_first_request(store: Store) -> None:
    with store.shop(CACHE_TTL="600") as shop:
        lifetimes = {store.cache.ttl(f"product:{n}") for n in range(1, PRODUCTS + 1)}
        assert max(lifetimes) - min(lifetimes) <= 1
        assert shop.get("/products/7").json()["name"] == "Product 7"
        assert metric(shop, 'cache_requests_total{result="hit"}') == 1
        assert metric(shop, 'db_queries_total{result="ok"}') == 1


def test_an_unknown_product_is_not_found(store: Store) -> None:
    with store.shop() as shop:
        assert shop.get("/products/301").status_code == 404
        assert shop.get("/products/first").status_code == 422


def test_pages_that_expire_together_exhaust_the_pool(store: Store) -> None:
    with store.shop(CACHE_TTL="600") as shop:
        store.expire()
        assert burst(shop, list(range(1, AT_ONCE + 1))) == [200] * AT_ONCE
        assert metric(shop, "db_connections_active") == metric(shop, "db_connections_max") == 4
        assert metric(shop, "db_pool_exhausted_total") >= AT_ONCE - 4
        quick = metric(shop, 'db_pool_wait_seconds_bucket{le="0.5"}')
        assert quick <= metric(shop, "db_pool_wait_seconds_count") - (AT_ONCE - 4)


def test_every_request_for_a_missing_page_is_a_query_without_single_flight(store: Store) -> None:
    with store.shop() as shop:
        store.expire()
        assert burst(shop, [1] * 4) == [200] * 4
        assert metric(shop, 'db_queries_total{result="ok"}') == 1 + 4


def test_single_flight_refills_a_page_once(store: Store) -> None:
    with store.shop(CACHE_SINGLE_FLIGHT="true") as shop:
        store.expire()
        assert burst(shop, [1] * AT_ONCE) == [200] * AT_ONCE
        assert metric(shop, 'db_queries_total{result="ok"}') == 1 + 1
        assert metric(shop, "db_connections_active") == 1
        assert not store.cache.exists("lock:product:1")


def test_a_page_that_another_process_refills_is_waited_for(store: Store) -> None:
    with store.shop(CACHE_SINGLE_FLIGHT="true") as shop, ThreadPoolExecutor(1) as pool:
        store.expire()
        store.cache.set("lock:product:1", "somebody else", px=10_000)
        asked = pool.submit(shop.get, "/products/1")
        eventually(
            lambda: Seen(True if metric(shop, 'cache_requests_total{result="miss"}') == 1 else None, "no miss yet"),
            what="the shop missed",
            within_s=10,
        )
        store.cache.set("product:1", '{"id": 1, "from": "the other"}')
        assert asked.result().json()["from"] == "the other"
        assert metric(shop, 'db_queries_total{result="ok"}') == 1


def test_a_page_is_refreshed_before_it_expires_and_gets_another_lifetime(store: Store) -> None:
    with store.shop(CACHE_TTL="600", CACHE_JITTER_FLOOR="0.125", CACHE_REFRESH_AHEAD="30") as shop:
        store.cache.expire("product:1", 20)
        began = httpx.get(str(shop.base_url.join("/products/1")))
        assert began.elapsed.total_seconds() < 0.9
        eventually(
            lambda: Seen(True if metric(shop, "cache_refreshes_total") == 1 else None, "not refreshed"),
            what="the page is refreshed",
            within_s=10,
        )
        assert store.cache.ttl("product:1") >= 500
        assert metric(shop, 'cache_requests_total{result="miss"}') == 0


def test_refreshes_in_the_background_leave_the_pool_alone(store: Store) -> None:
    with store.shop(CACHE_REFRESH_AHEAD="99999", CACHE_REFRESH_LIMIT="2") as shop:
        assert burst(shop, list(range(1, AT_ONCE + 1))) == [200] * AT_ONCE
        assert metric(shop, "db_connections_active") == 2


def test_a_request_that_gets_no_connection_in_time_is_refused(store: Store) -> None:
    with store.shop(DB_POOL_SIZE="1", DB_ACQUIRE_TIMEOUT="0.3") as shop:
        store.expire()
        statuses = burst(shop, [1, 2, 3])
        assert sorted(statuses) == [200, 503, 503]
        assert metric(shop, 'db_queries_total{result="pool_timeout"}') == 2


def test_the_breaker_refuses_at_once_while_the_pool_is_exhausted(store: Store) -> None:
    settings = {"DB_POOL_SIZE": "1", "DB_ACQUIRE_TIMEOUT": "0.2", "DB_BREAKER_FAILURES": "2"}
    with store.shop(**settings) as shop, ThreadPoolExecutor(1) as pool:
        store.expire()
        holding = pool.submit(shop.get, "/products/1")
        eventually(
            lambda: Seen(True if metric(shop, "db_connections_active") == 1 else None, "no query yet"),
            what="the only connection is in use",
            within_s=10,
        )
        assert burst(shop, [2, 3]) == [503, 503]
        assert shop.get("/products/4").status_code == 503
        assert metric(shop, 'db_queries_total{result="pool_timeout"}') == 2
        assert metric(shop, 'db_queries_total{result="breaker_open"}') == 1
        assert holding.result().status_code == 200
        assert metric(shop, "db_breaker_open") == 0
