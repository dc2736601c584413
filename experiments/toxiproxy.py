"""Toxiproxy's API, spoken by toxiproxy-python over a tunnel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from toxiproxy import Toxiproxy, api
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from cluster.errors import LabError

PORT = 8474
"""Where Toxiproxy's API listens; `fixtures/toxiproxy` has it as a port of the Service."""

TIMEOUT_S = 10

_TURN = threading.Lock()


class _Wire(requests.Session):
    """What the library calls instead of `requests`: nothing of the user's environment, and an end to waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # a proxy of the user's environment is not for the lab

    def request(self, *arguments: Any, **settings: Any) -> requests.Response:
        answer = super().request(*arguments, **{"timeout": TIMEOUT_S, **settings})
        if answer.status_code >= 500:  # the library takes these for success
            answer.raise_for_status()
        return answer


@contextmanager
def talk(host: str, port: int) -> Iterator[Toxiproxy]:
    """A conversation with one Toxiproxy.

    The library keeps the server's address in a class and opens its connections with the module `requests`, so one
    conversation is held at a time, and both are set for as long as it lasts.

    Args:
        host: where its API is reached.
        port: the port there.

    Raises:
        LabError: it does not answer or refuses, also in the `with` block.
    """
    with _TURN, _Wire() as wire:
        theirs, api.requests = api.requests, wire
        server = Toxiproxy()
        server.update_api_consumer(host, port)
        try:
            yield server
        except (InvalidToxic, NotFound, ProxyExists) as refused:
            raise LabError(f"Toxiproxy refuses: {_text(refused)}", "Look at its log.") from refused
        except requests.RequestException as silent:
            raise LabError(f"Toxiproxy does not answer: {silent}", "Look at its pod and log.") from silent
        finally:
            api.requests = theirs


def proxy_of(server: Toxiproxy, name: str) -> Any:
    """One of its proxies.

    Raises:
        LabError: it has none of that name; the message says which it has.
    """
    proxies: dict[str, Any] = server.proxies()
    if name not in proxies:
        raise LabError(f"Toxiproxy has no proxy {name}, but {', '.join(sorted(proxies)) or 'none'}.")
    return proxies[name]


def _text(refused: Exception) -> str:
    said = refused.args[0] if refused.args else ""
    return said.decode(errors="replace").strip() if isinstance(said, bytes) else str(said)
