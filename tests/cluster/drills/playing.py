"""A drill that is played through the command line, as people play it: the play, the page's moves, the shell."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.lab import Lab
from cluster.process import tail
from drills.reading import SoFar
from drills.score import NAME as SCORE
from drills.score import ScoreFile
from experiments.play.folder import runs
from experiments.record.drill import FOLDER, Look, Move, Said
from experiments.record.files import VerdictFile
from experiments.record.folder import RunFolder
from experiments.undo.heal import heal
from tests.cluster.drills import oncall

PACK = Path(__file__).with_name("pack")
NAME = "shut-cache"
ALERT = "CacheRefusesItsClients"
PLAYER = "heron"
SEED = 31
"""With it the fault comes 5 s after the baseline, and the first question 112 s after the page."""

PAGED_WITHIN_S = 180.0
JUDGED_WITHIN_S = 150.0
ENDS_WITHIN_S = 240.0
_POLL_S = 0.2

T = TypeVar("T")


class PageFile(BaseModel):
    """page.json: where the page is, and which process serves it."""

    model_config = ConfigDict(extra="ignore")
    url: str
    pid: int


@dataclass
class Playing:
    """One `firedrill play` that runs.

    Args:
        lab: where.
        process: it.
        before: the run folders that were there already.
        output: what it prints.
        port: the page's.
        answered_s: seconds from its start to the page's first answer.
        cookie: the header that brings a role's token; none on loopback.
    """

    lab: Lab
    process: subprocess.Popen[bytes]
    before: frozenset[Path]
    output: Path
    port: int
    answered_s: float = 0.0
    cookie: dict[str, str] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        """The run folder, once it has a drill in it."""
        found = self._run()
        assert found is not None, f"there is no run folder\n{self.state()}"
        return found

    @property
    def page(self) -> PageFile:
        """Where the page is now."""
        found = self._page()
        assert found is not None, f"there is no page.json\n{self.state()}"
        return found

    @property
    def url(self) -> str:
        """The page's address on loopback."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def paged(self) -> float:
        """When the incident's clock started (epoch seconds)."""
        return self.said("paged", within_s=PAGED_WITHIN_S).at

    def until(self, what: str, look: Callable[[], T | None], within_s: float, more: Callable[[], str] = str) -> T:
        """Look until there is something; a play that has ended is looked at once more. `more` is for the failure."""
        deadline = time.monotonic() + within_s
        while True:
            ended = self.process.poll() is not None
            found = look()
            if found is not None:
                return found
            late = time.monotonic() >= deadline
            assert not ended, f"{what}: not before the play had ended\n{more()}\n{self.state()}"
            assert not late, f"{what}: not within {within_s:g} s\n{more()}\n{self.state()}"
            time.sleep(_POLL_S)

    def said(self, *words: str, within_s: float, of: str = "") -> Said:
        """The first that the desk says of these words, about the move `of` where it is named."""

        def look() -> Said | None:
            return next((one for one in SoFar(self.run).desk if one.what in words and (not of or one.of == of)), None)

        return self.until(f"the desk says {' or '.join(words)}", look, within_s)

    def post(self, what: str, text: str = "", of: str = "", **headers: str) -> httpx.Response:
        """Send a move as a page's form does; `headers` are added, or replace what a browser would send."""
        sent = {"Origin": self.url.rstrip("/"), "HX-Request": "true", **self.cookie, **headers}
        return httpx.post(
            f"{self.url}moves", data={"what": what, "text": text, "of": of}, headers=sent, timeout=10, trust_env=False
        )

    def move(self, what: str, text: str = "", of: str = "") -> Move:
        """Do what a person clicks; it has to be taken."""
        known = {one.id for one in SoFar(self.run).moves}
        answer = self.post(what, text, of)
        assert answer.status_code == 204, f"{what}: {answer.status_code} {answer.text}\n{self.state()}"
        return next(one for one in SoFar(self.run).moves if one.id not in known and one.what == what)

    def declare(self, *, within_s: float = JUDGED_WITHIN_S) -> Said:
        """Say that it is fixed, and wait for the judge."""
        declared = self.move("declare")
        return self.said("accepted", "refused", within_s=within_s, of=declared.id)

    def looked(self, of: str) -> Look | None:
        """What was found when the move `of` was judged; None where no look decided."""
        path = self.run / FOLDER / "looks.jsonl"
        lines = path.read_text().splitlines() if path.is_file() else []
        return next((look for line in reversed(lines) if (look := Look.model_validate_json(line)).of == of), None)

    def shell(self, script: str, *, within_s: float = 120.0) -> str:
        """What `firedrill shell -c` prints of a command that succeeds."""
        return oncall.shell(self.lab, script, within_s, self.state)

    def tried(self, script: str, *, within_s: float = 120.0) -> tuple[int, str]:
        """How a command in `firedrill shell -c` ended, and what it printed on both outputs."""
        return oncall.tried(self.lab, script, within_s, self.state)

    def ends(self, within_s: float = ENDS_WITHIN_S) -> int:
        """Wait until the play is over, with everything that it writes; its exit code."""
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the play did not end within {within_s:g} s\n{self.state()}") from None

    def verdict(self) -> VerdictFile:
        """verdict.json."""
        return RunFolder(self.run).read("verdict.json", VerdictFile)

    def score(self) -> ScoreFile:
        """score.json."""
        return RunFolder(self.run).read(SCORE, ScoreFile)

    def state(self) -> str:
        """Where it stands, for the message of whatever failed."""
        run = self._run()
        code = self.process.poll()
        lines = [f"the play {'runs' if code is None else f'ended with {code}'}; it printed:", tail(self.output)]
        if run is not None:
            said = [f"  {one.at:.1f} {one.what} {one.of} {one.text} {' '.join(one.reasons)}" for one in SoFar(run).desk]
            lines += [f"{run}, the desk said:", *said[-20:]]
            page = run / FOLDER / "page.log"
            lines += ["the page printed:", tail(page)] if page.is_file() else []
        return "\n".join(lines)

    def opens(self, began: float) -> None:
        """Wait for the page's first answer. `began` is when the play was started (monotonic)."""

        def look() -> bool | None:
            if self._page() is None:
                return None
            try:
                return httpx.get(self.url, timeout=5, trust_env=False).status_code in (200, 401) or None
            except httpx.HTTPError:
                return None

        self.until("the page answers", look, 120)
        self.answered_s = time.monotonic() - began

    def stop(self) -> None:
        """End it where it has not ended, as Ctrl-C does; what it does not undo itself is healed."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            heal(self.lab)

    def _run(self) -> Path | None:
        fresh = [path for path in runs(self.lab).glob("*") if path not in self.before and (path / FOLDER).is_dir()]
        return max(fresh, default=None)

    def _page(self) -> PageFile | None:
        run = self._run()
        try:
            return PageFile.model_validate_json((run / FOLDER / "page.json").read_bytes()) if run else None
        except (FileNotFoundError, ValidationError):
            return None


@contextmanager
def playing(
    lab: Lab, folder: Path, *options: str, name: str = NAME, limit: str = "10m", host: str = "127.0.0.1"
) -> Iterator[Playing]:
    """Play a drill, this folder's pack's or one of the checkout's, from its page's first answer to the end of this.

    Args:
        lab: the lab that is up.
        folder: takes what the play prints.
        options: further ones of `firedrill play`.
        name: the scenario.
        limit: `--limit`.
        host: `--host`.
    """
    port, output = free_port(), folder / "play.log"
    before = frozenset(runs(lab).glob("*"))
    where = ["--pack", str(PACK), "--host", host, "--port", str(port)]
    how = ["--no-stay", "--seed", str(SEED), "--limit", limit, "--player", PLAYER]
    began = time.monotonic()
    with output.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "firedrill", "play", name, *where, *how, *options],
            cwd=lab.root,
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    drill = Playing(lab, process, before, output, port)
    try:
        drill.opens(began)
        yield drill
    finally:
        drill.stop()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as tried:
        tried.bind(("", 0))
        return int(tried.getsockname()[1])
