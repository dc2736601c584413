"""A load test of a canary: what visitors ask for, some of each kind a second, whoever answers and whatever.

One pod in ten gets two of the visitors' requests a second, and a long reading each ten seconds: how it does would be
known after minutes. So it gets requests of its own for as long as it has a pod.
"""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from http.client import HTTPException

TARGET = os.environ.get("TARGET", "http://127.0.0.1:8080")
TURN_S = 1.0
TIMEOUT_S = 4.0
PATHS = (
    "/products/7?colour=blue",
    "/products/90?colour=red",
    "/downloads?file=../../etc/passwd",
    f"/readings?samples={'0123456789' * 48}",
)


def ask(path: str) -> None:
    """One request; the canary's proxy counts what becomes of it, and while there is no pod nothing does."""
    try:
        with urllib.request.urlopen(f"{TARGET}{path}", timeout=TIMEOUT_S) as answer:  # noqa: S310 - is http
            answer.read()
    except (OSError, HTTPException):
        return


def main() -> None:
    """Ask for every path each turn, and wait for no answer: an open loop, as visitors are."""
    while True:
        for path in PATHS:
            threading.Thread(target=ask, args=(path,), daemon=True).start()
        time.sleep(TURN_S)


if __name__ == "__main__":
    main()
