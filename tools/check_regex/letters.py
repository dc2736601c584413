"""Characters that tell a pattern's classes apart, so that a class is a set of bits and an overlap is an `&`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

BEYOND_ASCII = "é\u2003あ"
"""A letter, a space and a letter without case, for the classes that know Unicode."""

_CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


class Letters:
    """A sample of all characters: ASCII, and whatever stands at an edge of one of the pattern's classes.

    Args:
        tree: the pattern as `re` parses it.
    """

    def __init__(self, tree: Iterable[Any]) -> None:
        edges = {chr(code + by) for code in _codes(tree) for by in (-1, 0, 1) if 0 <= code + by < 0x110000}
        sample = {*map(chr, range(128)), *BEYOND_ASCII, *edges}
        self.all = "".join(sorted(sample, key=_readable))
        self.everything = (1 << len(self.all)) - 1

    def mask(self, name: str, value: Any, flags: int) -> int:
        """The bits of the characters that one element matches.

        Args:
            name: LITERAL, NOT_LITERAL, ANY or IN, as `re` calls them.
            value: what `re` keeps with it.
            flags: those in force where it stands.
        """
        return sum(1 << bit for bit, one in enumerate(self.all) if _matches(name, value, flags, one))

    def of(self, mask: int, character: str) -> bool:
        """Whether a character is among the bits."""
        return bool(mask >> self.all.index(character) & 1)

    def each(self, mask: int) -> Iterator[str]:
        """The characters of the bits, the most readable first."""
        return (one for bit, one in enumerate(self.all) if mask >> bit & 1)


def _readable(one: str) -> tuple[int, str]:
    ranks = (one.islower(), one.isalnum(), one.isprintable() and one != " ", one == " ")
    return (next((rank for rank, holds in enumerate(ranks) if holds and one.isascii()), len(ranks)), one)


def _codes(tree: Iterable[Any]) -> Iterator[int]:
    """Every code point that the pattern names."""
    for one in tree:
        if isinstance(one, tuple) and len(one) == 2 and str(one[0]) in ("LITERAL", "NOT_LITERAL"):
            yield one[1]
        elif isinstance(one, tuple) and len(one) == 2 and str(one[0]) == "RANGE":
            yield from one[1]
        elif isinstance(one, (tuple, list)) or hasattr(one, "data"):
            yield from _codes(one)


def _matches(name: str, value: Any, flags: int, one: str) -> bool:
    match name:
        case "ANY":
            return bool(flags & re.DOTALL) or one != "\n"
        case "LITERAL":
            return any(ord(form) == value for form in _forms(one, flags))
        case "NOT_LITERAL":
            return all(ord(form) != value for form in _forms(one, flags))
    negated = bool(value) and str(value[0][0]) == "NEGATE"
    members = value[1:] if negated else value
    return negated != any(_member(str(op), inner, flags, form) for op, inner in members for form in _forms(one, flags))


def _forms(one: str, flags: int) -> set[str]:
    forms = {one, one.lower(), one.upper()} if flags & re.IGNORECASE else {one}
    return {form for form in forms if len(form) == 1}


def _member(name: str, value: Any, flags: int, one: str) -> bool:
    match name:
        case "LITERAL":
            return bool(ord(one) == value)
        case "RANGE":
            return bool(value[0] <= ord(one) <= value[1])
    return _category(str(value), flags & re.ASCII, one)


@cache
def _category(name: str, flags: int, one: str) -> bool:
    """CATEGORY_DIGIT, CATEGORY_NOT_SPACE, … of `re`."""
    short = name.removeprefix("CATEGORY_")
    inside = re.fullmatch(_CATEGORIES[short.removeprefix("NOT_")], one, flags) is not None
    return inside != short.startswith("NOT_")
