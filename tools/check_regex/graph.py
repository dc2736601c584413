"""A pattern as a graph of positions (Glushkov's automaton) that counts the ways from one position to the next.

A backtracking engine tries ways, not states, so two ways between the same two positions count as two: `(a*)*` may take
the inner loop or the outer one for every further `a`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from tools.bad_input import BadInput
from tools.check_regex.letters import Letters

START = 0
"""The place before the pattern; a search may stay there for any number of characters."""
MOST_POSITIONS = 3000
MOST_COPIES = 8
"""`x{2,8}` is written out as eight copies; with more that may be left out, or may differ, the rest counts as a loop."""

Ways = dict[int, int]
"""Position -> number of ways that lead there; two stands for more."""
Word = tuple[int, ...]
"""The characters of each step, as bits."""


class TooLarge(Exception):
    """The pattern is beyond what can be analysed; that says nothing about it."""


@dataclass(frozen=True)
class Part:
    """A piece of the pattern: ways through it without a character, where it begins, where it ends."""

    empty: int
    first: Ways = field(default_factory=dict)
    last: Ways = field(default_factory=dict)


@dataclass
class Graph:
    """Positions with the characters that lead onto each, and the ways on from each.

    Args:
        letters: what the masks' bits stand for.
        masks: for each position the characters that it matches.
        follow: for each position the next ones.
        ends: positions after which the pattern may have matched.
    """

    letters: Letters
    masks: list[int]
    follow: list[Ways]
    ends: Ways = field(default_factory=dict)

    def words(self, starts: Iterable[int]) -> Iterator[tuple[int, Word]]:
        """Every position that can be reached, the nearest first, with a shortest word that leads there."""
        came: dict[int, Word] = dict.fromkeys(starts, ())
        queue = deque(came)
        while queue:
            q = queue.popleft()
            yield q, came[q]
            for r in self.follow[q]:
                if r not in came:
                    came[r] = (*came[q], self.masks[r])
                    queue.append(r)


def graph(pattern: str, *, search: bool) -> Graph:
    """The graph of a pattern. Anchors and what looks around count as always true, references as what they refer to.

    Args:
        pattern: in the syntax of Python's `re`.
        search: the engine looks for it anywhere, which is one more loop in front.

    Raises:
        BadInput: it is no regular expression.
        TooLarge: it has too many positions.
    """
    try:
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadInput(f"it is no regular expression: {error}") from error
    letters = Letters(tree)
    made = _Builder(Graph(letters, [letters.everything], [{}]))
    whole = made.sequence(tree, tree.state.flags)
    made.link({START: 1}, whole.first)
    if search:
        made.link({START: 1}, {START: 1})
    made.graph.ends = whole.last
    return made.graph


class _Builder:
    def __init__(self, empty: Graph) -> None:
        self.graph = empty
        self.groups: dict[int, tuple[Any, int]] = {}

    def link(self, last: Ways, first: Ways) -> None:
        for one, ways in last.items():
            _add(self.graph.follow[one], first, ways)

    def sequence(self, tree: Any, flags: int) -> Part:
        whole = Part(1)
        for op, value in tree:
            whole = self.joined(whole, self.element(str(op), value, flags))
        return whole

    def joined(self, one: Part, other: Part) -> Part:
        self.link(one.last, other.first)
        first, last = dict(one.first), dict(other.last)
        _add(first, other.first, one.empty)
        _add(last, one.last, other.empty)
        return Part(min(2, one.empty * other.empty), first, last)

    def element(self, name: str, value: Any, flags: int) -> Part:
        match name:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self.position(name, value, flags)
            case "BRANCH":
                return _either([self.sequence(one, flags) for one in value[1]])
            case "SUBPATTERN":
                number, added, taken, inner = value
                within = (flags | added) & ~taken
                if number is not None:
                    self.groups[number] = (inner, within)
                return self.sequence(inner, within)
            case "ATOMIC_GROUP":
                return self.sequence(value, flags)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = value
                return self.repeat(least, most, inner, flags)
            case "ASSERT" | "ASSERT_NOT":
                # What it looks at may loop, and leads nowhere.
                return Part(1, self.sequence(value[1], flags).first)
            case "GROUPREF":
                return self.sequence(*self.groups[value]) if value in self.groups else Part(1)
            case "GROUPREF_EXISTS":
                _, yes, no = value
                return _either([self.sequence(yes, flags), self.sequence(no, flags) if no else Part(1)])
            case "AT" | "FAILURE":
                return Part(1)
        raise TooLarge(f"nothing is known about {name}")

    def position(self, name: str, value: Any, flags: int) -> Part:
        here = len(self.graph.masks)
        if here > MOST_POSITIONS:
            raise TooLarge(f"it has more than {MOST_POSITIONS} positions")
        self.graph.masks.append(self.graph.letters.mask(name, value, flags))
        self.graph.follow.append({})
        return Part(0, {here: 1}, {here: 1})

    def repeat(self, least: int, most: Any, tree: Any, flags: int) -> Part:
        shortest, longest = tree.getwidth()
        varied = shortest != longest and most > MOST_COPIES
        endless = varied or most - least > MOST_COPIES
        before = 0 if varied else max(least - 1, 0) if endless else least
        whole = Part(1)
        for _ in range(before):
            whole = self.joined(whole, self.sequence(tree, flags))
        if endless:
            body = self.sequence(tree, flags)
            self.link(body.last, body.first)
            return self.joined(whole, body if least else Part(min(2, body.empty + 1), body.first, body.last))
        tail = Part(1)
        for _ in range(most - least):
            tail = self.joined(self.sequence(tree, flags), tail)
            tail = Part(min(2, tail.empty + 1), tail.first, tail.last)
        return self.joined(whole, tail)


def _either(parts: list[Part]) -> Part:
    first: Ways = {}
    last: Ways = {}
    for one in parts:
        _add(first, one.first, 1)
        _add(last, one.last, 1)
    return Part(min(2, sum(one.empty for one in parts)), first, last)


def _add(into: Ways, more: Ways, times: int) -> None:
    for one, ways in more.items():
        if ways * times:
            into[one] = min(2, into.get(one, 0) + ways * times)
