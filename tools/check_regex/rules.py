"""Where patterns come from: the command line, files with one on each line, ModSecurity rule files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.bad_input import BadInput
from tools.check_regex.check import Rule
from tools.check_regex.engines import ENGINES, Engine

_ENGINE = re.compile(r"engine=(\S+) (?=\S)")
_DIRECTIVE = re.compile(r"Sec[A-Z][A-Za-z]+[ \t]")
_SEC_RULE = re.compile(r'SecRule[ \t]+(?:"[^"]*"|\S+)[ \t]+(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^"\s]\S*))')


def engine(name: str) -> Engine:
    """The engine of that name.

    Raises:
        BadInput: there is none.
    """
    if name not in ENGINES:
        raise BadInput(f"there is no engine {name!r}; there are {', '.join(ENGINES)}")
    return ENGINES[name]


def given(patterns: Iterable[str], files: Iterable[str], usual: Engine) -> list[Rule]:
    """Every pattern of the command line and of the files.

    Args:
        patterns: as they are.
        files: with one pattern on each line, or with `SecRule` directives; `-` is standard input.
        usual: the engine of what names none.

    Raises:
        BadInput: a file cannot be read, an engine is unknown, or there is no pattern at all.
    """
    found = [Rule("command line", one, usual) for one in patterns]
    for file in files:
        found += _of_file(file, usual)
    if not found:
        raise BadInput("there is no pattern in what was given")
    return found


def _of_file(file: str, usual: Engine) -> list[Rule]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error
    name = "standard input" if file == "-" else file
    directives = any(_DIRECTIVE.match(line) for line in text.splitlines())
    return list((_of_directives if directives else _of_lines)(name, text, usual))


def _of_lines(name: str, text: str, usual: Engine) -> Iterator[Rule]:
    """A pattern a line; empty lines and those that begin with # are none; `engine=NAME ` before it names its engine."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        named = _ENGINE.match(line)
        try:
            runs = engine(named[1]) if named else usual
        except BadInput as error:
            raise BadInput(f"{name}:{number}: {error}") from error
        yield Rule(f"{name}:{number}", line[named.end() :] if named else line, runs)


def _of_directives(name: str, text: str, usual: Engine) -> Iterator[Rule]:
    """The pattern of each `SecRule` whose operator is `@rx`, which is also what an operator nobody named is."""
    for number, line in _unfolded(text):
        if not line.startswith("SecRule "):
            continue
        found = _SEC_RULE.match(line)
        if not found:
            raise BadInput(f"{name}:{number}: a SecRule without an operator")
        quoted, plain = found.group("quoted", "plain")
        operator = (quoted.replace('\\"', '"') if quoted is not None else plain).removeprefix("!")
        if operator.startswith("@rx "):
            yield Rule(f"{name}:{number}", operator.removeprefix("@rx ").strip(), usual)
        elif not operator.startswith("@"):
            yield Rule(f"{name}:{number}", operator, usual)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the number of their first, those that end with a backslash joined with what follows."""
    began, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        began = began or number
        if line.endswith("\\"):
            whole += line[:-1]
            continue
        yield began, (whole + line).strip()
        began, whole = 0, ""
    if whole:
        yield began, whole.strip()
