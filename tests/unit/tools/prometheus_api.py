"""A small server in the place of Prometheus' HTTP API, for tests of what asks it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[BaseHTTPRequestHandler], None]


def body(content: str | bytes, status: int = 200) -> Answer:
    """An answer of these bytes."""

    def send(to: BaseHTTPRequestHandler) -> None:
        sent = content.encode() if isinstance(content, str) else content
        to.send_response(status)
        to.send_header("Content-Length", str(len(sent)))
        to.end_headers()
        to.wfile.write(sent)

    return send


def result(kind: str, found: Any, **more: Any) -> Answer:
    """What Prometheus answers to an expression of this type."""
    return body(json.dumps({"status": "success", "data": {"resultType": kind, "result": found}, **more}))


def vector(*values: str, **more: Any) -> Answer:
    """A series for each value."""
    series = [{"metric": {"pod": f"p{n}"}, "value": [1763762400.123, value]} for n, value in enumerate(values)]
    return result("vector", series, **more)


def refused(status: int, error: str) -> Answer:
    """An error in Prometheus' own form."""
    return body(json.dumps({"status": "error", "errorType": "bad_data", "error": error}), status)


def redirected(address: str) -> Answer:
    """The way to another address."""

    def send(to: BaseHTTPRequestHandler) -> None:
        to.send_response(302)
        to.send_header("Location", address)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return send


def dripping(to: BaseHTTPRequestHandler) -> None:
    """An answer of which each piece arrives in time, and that never ends."""
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b" ")
        time.sleep(0.02)


def hung_up(to: BaseHTTPRequestHandler) -> None:
    """A connection that ends without an answer."""
    to.close_connection = True


class PrometheusApi:
    """What is answered to each expression, one after the other; the last answer stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Expression and Authorization header of every question."""
        self.before: Callable[[str], None] = lambda expression: None

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        address = urlsplit(to.path)
        (expression,) = parse_qs(address.query)["query"]
        self.asked.append((expression, to.headers["Authorization"]))
        self.before(expression)
        waiting = self.answers[expression]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        (answer if address.path == "/prefix/api/v1/query" else body("not found", 404))(to)


@contextmanager
def prometheus_api() -> Iterator[PrometheusApi]:
    """The server, on a port of its own, below `/prefix`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that has had enough is none of the test's."""

    server = Server(("127.0.0.1", 0), Handler)
    api = PrometheusApi(f"http://127.0.0.1:{server.server_address[1]}/prefix")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
