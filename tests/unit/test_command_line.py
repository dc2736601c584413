"""The command line starts with what a command needs, and no command is lost between its help and what it does."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

import firedrill
from firedrill import names
from firedrill.cli.commands import COMMANDS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("authoring", "batches", "ground", "playing", "proving", "records", "results")
HELP = {"chaoslib", "docker", "jinja2", "kubernetes", "psycopg", "pydantic", "requests", "yaml"}
"""Packages that take a while to import, and of which the help needs none."""
PLAYING = {"chaoslib", "markdown_it", "promql_parser", "psycopg", "experiments.catalogue", "experiments.play"}
"""What bringing the lab up has no use for."""


def imported(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after a statement."""
    program = f"import sys; {statement}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def test_the_help_imports_nothing_of_what_the_commands_do() -> None:
    modules = imported("import firedrill.cli")
    assert "firedrill.cli.commands" in modules
    assert modules & HELP == set()


def test_an_authors_names_are_there_once_they_are_asked_for() -> None:
    assert "experiments.model" not in imported("import firedrill")
    for name in (name for name in vars(names) if not name.startswith("_")):
        assert getattr(firedrill, name) is getattr(names, name)
    with pytest.raises(AttributeError, match="module 'firedrill' has no attribute 'hold'"):
        getattr(firedrill, "hold")  # noqa: B009  a type checker knows that there is none


def test_bringing_the_lab_up_imports_nothing_that_plays() -> None:
    modules = imported("import firedrill.cli, firedrill.cli.ground")
    assert "cluster.up" in modules
    assert modules & PLAYING == set()


def test_every_command_has_a_function_of_its_name_that_takes_the_same() -> None:
    parts = [import_module(f"firedrill.cli.{part}") for part in PARTS]
    for command in COMMANDS:
        (does,) = [found for part in parts if (found := _own(part.__dict__, command.__name__, part.__name__))]
        assert list(inspect.signature(does).parameters) == list(inspect.signature(command).parameters)


def _own(names: dict[str, object], name: str, module: str) -> FunctionType | None:
    found = names.get(name)
    return found if isinstance(found, FunctionType) and found.__module__ == module else None
