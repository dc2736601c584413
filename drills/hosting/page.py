"""The page of one drill, as `firedrill play` hosts it."""

from __future__ import annotations

import json
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LabError
from drills.hosting.address import Address
from drills.hosting.kept_alive import KeptAlive, Program
from experiments.record.drill import FOLDER
from experiments.record.writing import write_bytes

LOG = "page.log"
ROLES = ("trainee", "facilitator", "observer")
_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Tokens:
    """Who may see the page where other machines reach it: a token for each role, in a file that only we read.

    Args:
        path: the file.
        of: role -> token.
    """

    path: Path
    of: dict[str, str]

    @classmethod
    def fresh(cls, path: Path) -> Tokens:
        """New tokens, written to `path`.

        Raises:
            NotWritten: the disk did not take them.
        """
        made = {role: secrets.token_urlsafe(24) for role in ROLES}
        write_bytes(path, json.dumps(made).encode(), mode=0o600)
        return cls(path, made)


class Page:
    """Starts the page's process with the run, keeps it alive, and ends it.

    Args:
        root: the checkout.
        address: where it listens, the same after each start.
        tokens: None on loopback, where nobody else comes.
        lost: called where it cannot be kept alive.
    """

    def __init__(self, root: Path, address: Address, tokens: Tokens | None, lost: Callable[[LabError], None]) -> None:
        self._root = root
        self.address = address
        self.tokens = tokens
        self._lost = lost
        self._kept: KeptAlive | None = None

    def start(self, run: Path) -> None:
        """Show a drill.

        Args:
            run: its folder, with `drill/` in it.

        Raises:
            LabError: the page does not answer.
        """
        given = ["--tokens", str(self.tokens.path)] if self.tokens else []
        where = ["--host", self.address.host, "--port", str(self.address.port)]
        argv = [sys.executable, "-m", "drills.server", str(run), *where, *given]
        program = Program(argv, self._root, run / FOLDER / LOG, "the drill's page")
        self._kept = KeptAlive(program, self._lost, self.address.answers)
        self._kept.start()

    def stop(self) -> None:
        """End it."""
        if self._kept is not None:
            self._kept.stop()

    @property
    def link(self) -> str:
        """Where the trainee opens it."""
        return self.address.url(self.tokens.of["trainee"] if self.tokens else "")

    def move(self, what: str, text: str = "") -> bool:
        """Do what a trainee does on the page; returns whether it was taken."""
        origin = self.address.url().rstrip("/")
        query = f"?{urllib.parse.urlencode({'token': self.tokens.of['trainee']})}" if self.tokens else ""
        form = urllib.parse.urlencode({"what": what, "text": text, "of": ""}).encode()
        request = urllib.request.Request(f"{origin}/moves{query}", form, {"Origin": origin})  # noqa: S310  our own page
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
                return True
        except (urllib.error.URLError, TimeoutError):
            return False
