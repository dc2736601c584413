"""What a page is sent while nobody touches it, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True)
class Heard:
    """One server-sent event.

    Args:
        at: when it had come (epoch seconds).
        event: its name: the part of the page.
        data: its lines.
    """

    at: float
    event: str
    data: str


@dataclass
class Listener:
    """Reads the stream of a page, in a thread of its own."""

    heard: list[Heard] = field(default_factory=list)
    lost: str = ""

    def first(self, event: str, *texts: str) -> float | None:
        """When a part of the page first held all of these texts (epoch seconds); None where it never did."""
        found = (one.at for one in [*self.heard] if one.event == event and all(text in one.data for text in texts))
        return next(found, None)

    def state(self) -> str:
        """What has come, for a message."""
        newest = {one.event: one.data for one in self.heard}
        told = "\n".join(f"{event}: {data[:600]}" for event, data in newest.items() if event in ("alerts", "pager"))
        return f"{len(self.heard)} events, {sorted(newest)}{', lost: ' + self.lost if self.lost else ''}\n{told}"


@contextmanager
def listening(url: str, headers: dict[str, str]) -> Iterator[Listener]:
    """Listen to a page from now on.

    Args:
        url: the page's address.
        headers: with the cookie of a role.
    """
    listener, over = Listener(), threading.Event()

    def read() -> None:
        try:
            with httpx.stream("GET", f"{url}stream", headers=headers, timeout=30, trust_env=False) as answer:
                answer.raise_for_status()
                event, data = "", list[str]()
                for line in answer.iter_lines():
                    if over.is_set():
                        return
                    name, _, value = line.partition(": ")
                    if name == "event":
                        event = value
                    elif name == "data":
                        data.append(value)
                    elif not line and event:
                        listener.heard.append(Heard(time.time(), event, "\n".join(data)))
                        event, data = "", []
        except httpx.HTTPError as error:
            listener.lost = f"{type(error).__name__}: {error}"

    thread = threading.Thread(target=read, name="listener", daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        over.set()
        thread.join(10)
