"""A page of a game day in a browser without a window: it opens a link, keeps the cookie, and sends what forms send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Link:
    """A link that was opened.

    Args:
        origin: the pages' address, without a `/` at its end.
        path: where the link leads.
        cookie: what the browser has kept.
    """

    origin: str
    path: str
    cookie: str

    @classmethod
    def opened(cls, link: str) -> Link:
        """Open a link with a token; it becomes a cookie, and the browser goes on without it."""
        parts = urlsplit(link)
        answer = httpx.get(link, timeout=TIMEOUT_S, trust_env=False)
        assert answer.status_code == 200, f"{parts.path}: {answer.status_code} {answer.text}"
        assert f"url={parts.path}" in answer.text, answer.text
        cookie, _, how = answer.headers["set-cookie"].partition(";")
        assert "httponly" in how.lower() and "samesite=strict" in how.lower(), how
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path, cookie)

    def get(self, path: str = "") -> httpx.Response:
        """Ask for a page, the link's own where none is named."""
        headers = {"Cookie": self.cookie}
        return httpx.get(f"{self.origin}{path or self.path}", headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def shows(self, path: str = "") -> str:
        """A page that has to be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path or self.path}: {answer.status_code} {answer.text}"
        return answer.text

    def state(self) -> dict[str, Any]:
        """The live page as JSON."""
        found: dict[str, Any] = self.get("/api/state").raise_for_status().json()
        return found

    def move(self, what: str, text: str = "") -> int:
        """Do what a team clicks on its live page; how it was answered."""
        return self._posts("/moves", what, text)

    def order(self, what: str, text: str = "") -> int:
        """Do what the facilitator clicks; how it was answered."""
        return self._posts("/day/orders", what, text)

    def _posts(self, path: str, what: str, text: str) -> int:
        headers = {"Cookie": self.cookie, "Origin": self.origin, "HX-Request": "true"}
        form = {"what": what, "text": text}
        answer = httpx.post(f"{self.origin}{path}", data=form, headers=headers, timeout=TIMEOUT_S, trust_env=False)
        return answer.status_code
