"""Manifests as people keep them: files, folders, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tools.bad_input import BadInput

SUFFIXES = (".yaml", ".yml", ".json")


def texts(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and content of every manifest file in these files and folders; `-` is standard input.

    Raises:
        BadInput: a path does not exist.
    """
    for path in paths:
        place = Path(path)
        if path == "-":
            yield "standard input", sys.stdin.read()
        elif not place.exists():
            raise BadInput(f"{path} does not exist")
        else:
            files = [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.suffix in SUFFIXES)
            yield from ((str(file), file.read_text(encoding="utf-8")) for file in files)


def no_yaml(name: str, error: yaml.YAMLError) -> BadInput:
    """A parser's complaint with file and line."""
    mark = getattr(error, "problem_mark", None)
    return BadInput(f"{name}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}")
