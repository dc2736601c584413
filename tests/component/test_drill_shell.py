"""The terminal inside a terminal, with a real bash in it that has the drill's own start."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.component

PROGRAM = """
import json, os, sys
from pathlib import Path
from drills.shell.marks import Marks, fresh_nonce
from drills.shell.commands import Commands
from drills.shell.proxy import converse
from experiments.record.redaction import Redaction
import time

nonce, code = fresh_nonce(), 130
os.environ["FIREDRILL_NONCE"] = nonce
redaction = Redaction()
redaction.learn(["Tr0ub4dor-and-3"])
commands = Commands(Path(sys.argv[1]), redaction, lambda: True)
commands.start()
try:
    code = converse(["bash", "--rcfile", sys.argv[2], "-i"], Marks(nonce), commands.heard)
finally:
    commands.close(time.time(), code)
sys.exit(code)
"""


@dataclass
class Terminal:
    """A person at a terminal in which the shell runs."""

    descriptor: int
    process: subprocess.Popen[bytes]
    run: Path
    home: Path
    mode: list[object]
    seen: str = ""

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def see(self, pattern: str, within_s: float = 15.0) -> str:
        """Read until it is on the screen; what had come by then."""
        deadline = time.monotonic() + within_s
        while (found := re.search(pattern, self.seen)) is None:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.descriptor], [], [], 0.2)[0]:
                self.seen += os.read(self.descriptor, 65536).decode(errors="replace")
        before, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return before

    def runs(self, *argv: str, within_s: float = 15.0) -> None:
        """Wait until a program of this terminal runs; it has been read from the keys by then."""
        deadline, wanted = time.monotonic() + within_s, "\0".join([*argv, ""]).encode()
        while not any(_is(path, wanted) for path in Path("/proc").glob("[0-9]*/cmdline")):
            assert time.monotonic() < deadline, f"{argv} does not run: {self.seen}"
            time.sleep(0.05)

    def commands(self) -> list[dict[str, object]]:
        path = self.run / "drill" / "commands.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def _mark() -> str:
    """Seconds that no other test sleeps for: every process of the machine is looked at."""
    return str(60_000 + os.getpid() % 9_000)


def _is(path: Path, cmdline: bytes) -> bool:
    try:
        return path.read_bytes() == cmdline
    except OSError:  # it ended in this moment
        return False


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    home = tmp_path / "home"
    (home / ".kube").mkdir(parents=True)
    (home / ".drill").mkdir()
    (home / ".kube" / "config").write_text("contexts:\n- context:\n    namespace: shop\n")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    mode = termios.tcgetattr(theirs)
    setup = ROOT / "experiments" / "toolbox" / "drill.bashrc"
    process = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-c", PROGRAM, str(tmp_path / "run"), str(setup)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "TERM": "dumb", "PYTHONPATH": str(ROOT)},
    )
    opened = Terminal(ours, process, tmp_path / "run", home, mode)
    try:
        opened.see(r"\[quiet\] shop [$#] ")
        yield opened
    finally:
        process.kill()
        process.wait()
        os.close(theirs)
        os.close(ours)


def _mode(terminal: Terminal) -> list[object]:
    return termios.tcgetattr(terminal.descriptor)


def test_commands_are_recorded_and_nobody_sees_how(terminal: Terminal) -> None:
    terminal.type("echo one; (exit 3)\r")
    shown = terminal.see(r"\none\r\n(?s:.*)\[quiet\] shop [$#] ")
    terminal.type("\r")
    shown += terminal.see(r"\[quiet\] shop [$#] ")
    terminal.type("for i in 1 2\rdo echo $i; sleep 0.3\rdone\r")
    shown += terminal.see(r"1\r\n2\r\n(?s:.*)\[quiet\] shop [$#] ")
    terminal.type("echo Tr0ub4dor-and-3 $?\r")
    shown += terminal.see(r"\nTr0ub4dor-and-3 0\r\n")
    terminal.type("exit 5\r")
    assert terminal.process.wait(15) == 5
    assert "7770" not in shown and "begin;" not in shown
    recorded = terminal.commands()
    assert [(one["command"], one["exit_code"]) for one in recorded] == [
        ("echo one; (exit 3)", 3),
        ("for i in 1 2\ndo echo $i; sleep 0.3\ndone", 0),
        ("echo [redacted] $?", 0),
        ("exit 5", 5),
    ]
    took = recorded[1]["took_s"]
    assert isinstance(took, float) and 0.6 <= took < 5


def test_the_prompt_counts_from_the_page(terminal: Terminal) -> None:
    (terminal.home / ".drill" / "paged").write_text(f"{time.time() - 192:.0f}\n")
    terminal.type("\r")
    terminal.see(r"\[\+03:1[1-7]\] shop [$#] ")


def test_keys_sizes_and_signals_reach_the_shell(terminal: Terminal) -> None:
    mark = _mark()
    terminal.type(f"sleep {mark}\r")
    terminal.runs("sleep", mark)
    terminal.type("\x03")
    terminal.see(r"\[quiet\] shop [$#] ")
    terminal.type("stty size\r")
    terminal.see(r"\n30 100\r\n")
    fcntl.ioctl(terminal.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    terminal.type("until [ \"$(stty size)\" = '40 120' ]; do :; done; stty size\r")
    terminal.see(r"\n40 120\r\n(?s:.*)\[quiet\] shop [$#] ")
    terminal.type("\x04")
    terminal.process.wait(15)
    assert [one["exit_code"] for one in terminal.commands()] == [130, 0, 0]


def test_what_a_file_holds_is_no_mark(terminal: Terminal) -> None:
    forged = r"printf '\033]7770;0000;begin;bHM=\007\033]7770;0000;end;0\007done\n'"
    terminal.type(forged + "\r")
    terminal.see(r"\ndone|\x07done")
    terminal.type("exit\r")
    terminal.process.wait(15)
    assert [one["command"] for one in terminal.commands()] == [forged, "exit"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_terminal_gets_its_mode_back_however_it_ends(terminal: Terminal, number: signal.Signals) -> None:
    assert _mode(terminal) != terminal.mode  # raw
    mark = _mark()
    terminal.type(f"sleep {mark}\r")
    terminal.runs("sleep", mark)
    terminal.process.send_signal(number)
    terminal.process.wait(15)
    assert _mode(terminal) == terminal.mode
    assert [(one["command"], one["exit_code"]) for one in terminal.commands()] == [(f"sleep {mark}", 130)]


def test_a_large_output_arrives_whole(terminal: Terminal) -> None:
    terminal.type("seq 1 20000 | md5sum; seq 1 20000\r")
    shown = terminal.see(r"\r\n20000\r\n(?s:.*)\[quiet\] shop [$#] ", within_s=30)
    lines = shown.split("\r\n")
    assert [line for line in lines if line.isdecimal()] == [str(n) for n in range(1, 20001)]
