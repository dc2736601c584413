"""The engines that can be measured, each a program that answers one line with another."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
HOW = ("search", "match", "fullmatch")
"""How an engine is asked: anywhere in the input, from its beginning, or from its beginning to its end."""


@dataclass(frozen=True)
class Engine:
    """A program that speaks the lines of engine_python.py."""

    name: str
    command: tuple[str, ...]


ENGINES: Mapping[str, Engine] = {
    one.name: one
    for one in (
        Engine("python", (sys.executable, "-I", "-S", str(_HERE / "engine_python.py"))),
        Engine("perl", ("perl", str(_HERE / "engine_perl.pl"))),
    )
}
