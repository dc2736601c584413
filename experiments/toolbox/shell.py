"""The trainee's shell: the files that it needs in the home, and the commands of the host that open it."""

from __future__ import annotations

from pathlib import Path

from experiments.toolbox.confinement import HOME
from experiments.toolbox.files import HomeFile

NONCE = "FIREDRILL_NONCE"
"""Variable with which a shell of a drill is told how its marks begin (`drills/shell/marks.py`)."""

_SETUP = HOME / ".drill" / "bashrc"
_PAGED = HOME / ".drill" / "paged"
_TEXT = Path(__file__).with_name("drill.bashrc")


def shell(anchor: str, nonce: str = "") -> list[str]:
    """The command that opens a shell in the anchor, for a terminal of the host.

    The anchor is confined as every block is, and has the same home: what a trainee can do is what was proven.

    Args:
        anchor: the anchor's name.
        nonce: what the marks around each command begin with; without one there are no marks.
    """
    marked = ["--env", f"{NONCE}={nonce}"] if nonce else []
    return ["docker", "exec", "-it", *marked, anchor, "bash", "--rcfile", str(_SETUP), "-i"]


def command(anchor: str, script: str) -> list[str]:
    """The command that runs a script there, for a program of the host; its standard input is passed on."""
    return ["docker", "exec", "-i", anchor, "bash", "-c", script]


def is_open() -> list[str]:
    """What succeeds in the anchor once the toolbox is open: its home is written last, after its network was closed."""
    return ["test", "-f", str(_SETUP)]


def setup() -> HomeFile:
    """The shell's own start: prompt, history, completion, marks. It goes into the home last (see `is_open`)."""
    return HomeFile(_SETUP.relative_to(HOME), _TEXT.read_text(encoding="utf-8"))


def paged(at: float) -> HomeFile:
    """What the prompt's clock counts from.

    Args:
        at: when the first notification reached the pager (epoch seconds).
    """
    return HomeFile(_PAGED.relative_to(HOME), f"{at:.0f}\n")
