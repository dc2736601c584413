"""Asking Prometheus' HTTP API for what an expression yields now."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tools.bad_input import BadInput

_MOST_BYTES = 1 << 20
"""One number was asked for; what is larger than this is no answer to that."""


class Prometheus:
    """A Prometheus, or what speaks its API (Thanos, Mimir, VictoriaMetrics).

    Args:
        url: where its API is, `https://prometheus.example.org/prefix`.
        token: sent as a bearer token; empty: none is.
        timeout_s: seconds until an answer is given up.

    Raises:
        BadInput: the address is none.
    """

    def __init__(self, url: str, token: str, timeout_s: float) -> None:
        try:
            parts = urllib.parse.urlsplit(url)
        except ValueError as error:
            raise BadInput(f"--prometheus {url!r}: {error}") from error
        if parts.username or parts.password:
            raise BadInput("--prometheus: credentials do not belong into an address; a token comes by PROMETHEUS_TOKEN")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise BadInput(f"--prometheus {url!r} is not http://HOST:PORT or https://HOST/PREFIX")
        self._url = url.rstrip("/")
        self._token = token
        self._timeout_s = timeout_s

    def values(self, expression: str) -> list[float]:
        """The value of every series that the expression yields now; a scalar is one.

        Raises:
            BadInput: Prometheus cannot be asked, refuses, or gives an answer that is incomplete or cannot be read.
        """
        try:
            answer = json.loads(self._get(expression))
        except urllib.error.HTTPError as error:
            raise BadInput(f"Prometheus answers {error.code}: {_complaint(error)}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise BadInput(f"Prometheus gave no answer: {error}") from error
        try:
            return _values(answer)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise BadInput(f"Prometheus' answer cannot be read: {json.dumps(answer)[:200]}") from error

    def _get(self, expression: str) -> bytes:
        address = f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - is http
        if self._token:
            # Not along a redirection, which may lead to another host.
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        deadline = time.monotonic() + self._timeout_s
        body = b""
        with urllib.request.urlopen(request, timeout=self._timeout_s) as response:  # noqa: S310 - as above
            # The timeout is one read's: an answer that drips would keep the weight where it is for ever.
            while piece := response.read1(1 << 16):
                body += piece
                if time.monotonic() > deadline:
                    raise TimeoutError(f"it was not complete after {self._timeout_s:g} s")
                if len(body) > _MOST_BYTES:
                    raise ValueError(f"it has more than {_MOST_BYTES} bytes")
        return body


def _values(answer: Any) -> list[float]:
    if answer["status"] != "success":
        raise BadInput(f"Prometheus refuses: {answer.get('error')}")
    if answer.get("warnings"):
        # Such as a store that did not answer: the number is that of the rest.
        raise BadInput(f"Prometheus warns: {'; '.join(map(str, answer['warnings']))[:300]}")
    kind, result = answer["data"]["resultType"], answer["data"]["result"]
    if kind == "scalar":
        return [float(result[1])]
    if kind != "vector":
        raise BadInput(f"the expression yields a {kind}, not one number")
    return [float(series["value"][1]) for series in result]


def _complaint(error: urllib.error.HTTPError) -> str:
    """Prometheus' own words where it gave any, else the status line's."""
    try:
        said = json.loads(error.read(_MOST_BYTES))["error"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        said = error.reason
    return str(said)[:300]
