"""From scenario.py to its SCENARIO; what goes wrong is the author's mistake, with its line."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

from pydantic import ValidationError

from experiments.model.scenario import Scenario
from experiments.source.problem import Problem
from experiments.source.python_fields import FieldLines

# What a module of an author can raise while it is loaded; anything else is a defect of ours and stays one.
_MISTAKES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    SystemExit,
)


def survey_scenario(path: Path, file: str) -> tuple[Scenario | None, list[Problem]]:
    """Load a scenario.py as a module of its own and take its SCENARIO.

    Args:
        path: the file; `from . import fault` finds its neighbours.
        file: its name in problems.

    Returns:
        the scenario and no problem; or None and every field that does not fit, or the first error with the line of
        scenario.py it came from.
    """
    try:
        with _package(path.parent) as package:
            module = _load(f"{package}.scenario", path)
    except ValidationError as error:
        lines = FieldLines.of_call_on(path.read_text(encoding="utf-8"), _line_in(path, error))
        return None, [
            Problem(file, lines.line(e["loc"]), f"{error.title}{_dotted(e['loc'])}: {e['msg']}") for e in error.errors()
        ]
    except SyntaxError as error:
        here = error.filename is not None and Path(error.filename) == path
        line = (error.lineno or 1) if here else _line_in(path, error)
        where = "" if here else f" in {error.filename}:{error.lineno}"
        return None, [Problem(file, line, f"not Python: {error.msg}{where}")]
    except _MISTAKES as error:
        return None, [Problem(file, _line_in(path, error), f"{type(error).__name__}: {error}")]
    scenario = getattr(module, "SCENARIO", None)
    if not isinstance(scenario, Scenario):
        what = "has no SCENARIO" if scenario is None else f"SCENARIO is {type(scenario).__name__}, not a Scenario"
        return None, [Problem(file, 1, f"{what}; write `SCENARIO = Scenario(…)`")]
    return scenario, []


@contextmanager
def _package(folder: Path) -> Iterator[str]:
    """A package of a name nobody else has, whose modules are the folder's files; gone again afterwards."""
    name = f"_scenario_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[name] = importlib.util.module_from_spec(spec)
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield name
    finally:
        sys.dont_write_bytecode = writes_bytecode
        for loaded in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
            del sys.modules[loaded]


def _load(name: str, path: Path) -> ModuleType:
    loader = SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(ModuleSpec(name, loader, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def _line_in(path: Path, error: BaseException) -> int:
    """The line of `path` that the error came through last; 1 where it did not."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.lineno and Path(f.filename) == path), 1)


def _dotted(location: Sequence[str | int]) -> str:
    return "".join(f".{part}" for part in location)
