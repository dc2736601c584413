"""A terminal inside a terminal: what runs in the inner one is shown on the outer one, without the marks.

The outer terminal is in raw mode meanwhile, so every key reaches the inner one, and it gets its mode back however this
ends. The inner one has the outer one's size, also when that changes.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from drills.shell.marks import Mark, Marks

_CHUNK = 64 * 1024
_KEYS = 1024
_PATIENCE_S = 0.05
"""How long the beginning of a mark may wait for the rest of it, which is written in one go."""
_GRACE_S = 3.0
_END_OF_INPUT = b"\x04"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Heard = Callable[[Mark, float], None]
"""Is given each mark with its moment (epoch seconds)."""


def converse(argv: list[str], marks: Marks, heard: Heard, *, keys: int = 0, screen: int = 1) -> int:
    """Run a program in a terminal of its own until it ends.

    Args:
        argv: the program and its arguments.
        marks: finds the marks in what it prints.
        heard: called with each mark; it must not wait for anything.
        keys: what is typed: a descriptor, a terminal or not; where it ends, the program reads the end of its input.
        screen: what the program prints goes there.

    Returns:
        Its exit code; 128 and the signal's number where a signal ended it.
    """
    ours, theirs = pty.openpty()
    _copy_size(keys, theirs)
    with _ending_raises(), _resized(keys, ours), _raw(keys):
        # setsid makes the inner terminal the controlling one: Ctrl-C and a new size reach the program
        process = subprocess.Popen(["setsid", "--ctty", *argv], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        try:
            _pass_on(ours, marks, heard, keys, screen)
        finally:
            os.close(ours)  # hangs up, as a terminal does that is closed
            code = _reap(process)
    return code if code >= 0 else 128 - code


def _pass_on(ours: int, marks: Marks, heard: Heard, keys: int, screen: int) -> None:
    listening = [ours, keys]
    while True:
        ready = select.select(listening, [], [], _PATIENCE_S if marks.waits else None)[0]
        if ours in ready:
            try:
                printed = os.read(ours, _CHUNK)
            except OSError:  # nobody has the inner terminal open any more
                printed = b""
            if not printed:
                _write(screen, marks.flush())
                return
            for piece in marks.feed(printed):
                if isinstance(piece, Mark):
                    heard(piece, time.time())
                else:
                    _write(screen, piece)
        elif not ready:
            _write(screen, marks.flush())
        if keys in ready:
            typed = os.read(keys, _KEYS)
            if not typed:
                listening.remove(keys)
            with suppress(OSError):  # it ended in this moment; the next read says so
                _write(ours, typed or _END_OF_INPUT)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _reap(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def _raw(keys: int) -> Iterator[None]:
    """Every key as it is; the terminal's mode comes back whatever happens, short of SIGKILL (then: `reset`)."""
    if not os.isatty(keys):
        yield
        return
    before = termios.tcgetattr(keys)
    try:
        tty.setraw(keys)
        yield
    finally:
        with suppress(termios.error):  # the terminal itself is gone
            termios.tcsetattr(keys, termios.TCSADRAIN, before)


@contextmanager
def _resized(keys: int, ours: int) -> Iterator[None]:
    def follow(number: int, frame: FrameType | None) -> None:
        _copy_size(keys, ours)

    before = signal.signal(signal.SIGWINCH, follow)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


@contextmanager
def _ending_raises() -> Iterator[None]:
    """Each of them goes the way of Ctrl-C: through every `finally`.

    SIGINT among them, which whoever was started in the background ignores, and would hand on ignored: then no Ctrl-C
    would end a command in the inner terminal either.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    before = {number: signal.signal(number, end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _copy_size(source: int, to: int) -> None:
    with suppress(OSError):  # what is typed comes from no terminal, or it is gone
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        fcntl.ioctl(to, termios.TIOCSWINSZ, size)
