"""The pager, over HTTP in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.pager.image.pager.server import PagerServer
from fixtures.pager.image.pager.store import Store
from fixtures.pager.image.pager.webhook import Refused, parse

pytestmark = pytest.mark.unit


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def webhook(alert: str = "PoolExhausted", padding: str = "", **labels: str) -> dict[str, Any]:
    """A notification as Alertmanager sends it, cut down to what the pager reads."""
    named = {"alertname": alert, **labels}
    return {
        "version": "4",
        "status": "firing",
        "receiver": "database-oncall",
        "commonLabels": named,
        "alerts": [{"status": "firing", "labels": named, "annotations": {"padding": padding}}],
    }


def body(**labels: str) -> bytes:
    return httpx.Request("POST", "http://pager", json=webhook(**labels)).content


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pager(tmp_path: Path, clock: Clock) -> Iterator[httpx.Client]:
    server = PagerServer(("127.0.0.1", 0), Store(tmp_path, clock=clock))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_address[1]}") as client:
        yield client
    server.shutdown()
    server.server_close()


def arrived(pager: httpx.Client, **query: str) -> list[dict[str, Any]]:
    answer = pager.get("/notifications", params=query)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["notifications"]
    return listed


def test_it_keeps_what_arrived_as_it_was_with_the_moment(pager: httpx.Client, clock: Clock) -> None:
    sent = webhook(run="r1", severity="critical", padding='ü\n"quoted"')
    assert pager.post("/notify/database-oncall", json=sent).json() == {"at": 1000.0}
    clock.now = 1002.5
    pager.post("/notify/watchdog", json=webhook("Watchdog"))
    assert arrived(pager) == [
        {"at": 1000.0, "receiver": "database-oncall", "payload": sent},
        {"at": 1002.5, "receiver": "watchdog", "payload": webhook("Watchdog")},
    ]


def test_it_finds_by_run_and_by_moment(pager: httpx.Client, clock: Clock) -> None:
    for run in ("r1", "r2", "r1"):
        pager.post("/notify/a", json=webhook(run=run))
        clock.now += 10
    assert [n["at"] for n in arrived(pager, run="r1")] == [1000.0, 1020.0]
    assert [n["at"] for n in arrived(pager, since="1010")] == [1010.0, 1020.0]
    assert [n["at"] for n in arrived(pager, run="r1", since="1010.1")] == [1020.0]
    assert arrived(pager, run="r3") == []


def test_a_run_is_found_by_the_label_of_any_of_its_alerts(pager: httpx.Client) -> None:
    mixed = webhook()
    mixed["alerts"].append({"status": "firing", "labels": {"alertname": "Other", "run": "r9"}})
    pager.post("/notify/a", json=mixed)
    assert len(arrived(pager, run="r9")) == 1


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "says"),
    [
        ("POST", "/notify/a", b"{", 400, "not JSON"),
        ("POST", "/notify/a", b"[]", 400, "version"),
        ("POST", "/notify/a", b'{"version":"3","alerts":[{"labels":{}}]}', 400, "version"),
        ("POST", "/notify/a", b'{"version":"4","alerts":[]}', 400, "alerts"),
        ("POST", "/notify/a", b'{"version":"4","alerts":[1]}', 400, "labels"),
        ("POST", "/notify/../etc", b"{}", 404, "/notify/"),
        ("POST", "/notify/A%2Fb", b"{}", 404, "/notify/"),
        ("POST", "/notify/", b"{}", 404, "/notify/"),
        ("GET", "/notifications?since=yesterday", b"", 400, "epoch"),
        ("GET", "/notifications?runs=r1", b"", 400, "runs"),
        ("GET", "/", b"", 404, "GET knows"),
    ],
)
def test_it_refuses_what_it_does_not_understand(
    pager: httpx.Client, method: str, path: str, content: bytes, status: int, says: str
) -> None:
    answer = pager.request(method, path, content=content)
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert arrived(pager) == []


def test_a_body_that_is_too_large_is_refused_unread(pager: httpx.Client) -> None:
    connection = HTTPConnection(pager.base_url.host, pager.base_url.port, timeout=10)
    connection.putrequest("POST", "/notify/a")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_it_counts_by_receiver(pager: httpx.Client) -> None:
    for receiver in ("a", "a", "b"):
        pager.post(f"/notify/{receiver}", json=webhook())
    lines = pager.get("/metrics").text.splitlines()
    assert 'pager_notifications_received_total{receiver="a"} 2' in lines
    assert 'pager_notifications_kept{receiver="b"} 1' in lines
    assert pager.get("/healthz").status_code == 200


def test_a_restart_forgets_nothing_but_a_line_that_was_cut_off(tmp_path: Path, clock: Clock) -> None:
    before = Store(tmp_path, clock=clock)
    before.add("a", parse(body(run="r1")))
    clock.now += 0.1
    before.add("a", parse(body(run="r2")))
    with (tmp_path / "a.jsonl").open("a", encoding="utf-8") as sink:
        sink.write('{"at":1000.2,"rec')
    after = Store(tmp_path, clock=clock)
    assert after.find() == before.find()
    after.add("a", parse(body(run="r3")))
    assert len(Store(tmp_path).find()) == 3


def test_each_receiver_keeps_the_newest_within_its_budget(tmp_path: Path, clock: Clock) -> None:
    store = Store(tmp_path, budget=2000, clock=clock)
    store.add("database-oncall", parse(body(run="r1")))
    for number in range(50):
        clock.now += 1
        store.add("watchdog", parse(body(run=f"w{number}")))
        assert (tmp_path / "watchdog.jsonl").stat().st_size < 4000
    assert len(store.find("r1")) == 1
    assert len(store.find("w49")) == 1
    assert store.find("w0") == []
    assert store.received() == {"database-oncall": 1, "watchdog": 50}
    assert store.kept()["watchdog"] >= 5
    assert Store(tmp_path).find() == store.find()


def test_one_notification_larger_than_the_budget_is_still_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, budget=100)
    store.add("a", parse(body(run="r1", padding="x" * 1000)))
    assert len(store.find("r1")) == 1


def test_with_too_many_receivers_the_most_silent_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    store = Store(tmp_path, receivers=2, clock=clock)
    for receiver in ("a", "b", "a", "c"):
        clock.now += 1
        store.add(receiver, parse(body()))
    assert store.kept() == {"a": 2, "c": 1}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "c.jsonl"]


def test_a_document_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Refused, match="not JSON"):
        parse(b"\xff\xfe\x00")
