"""The inputs that a pattern's structure suggests: a prefix, a pump n times, and a suffix that lets nothing match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools.check_regex.graph import START, Graph, TooLarge, Word
from tools.check_regex.loops import Loop, loops

MOST_ATTACKS = 1000
_STOPS = "!\n\x00~a"
"""Preferred characters to end with; whether one ends the match is looked up."""


@dataclass(frozen=True)
class Attack:
    """`prefix + pump * n + suffix`."""

    prefix: str
    pump: str
    suffix: str

    def length(self, n: int) -> int:
        """Characters of the input with n pumps."""
        return len(self.prefix) + n * len(self.pump) + len(self.suffix)

    def __str__(self) -> str:
        return f"{self.prefix!r} + {self.pump!r} * n + {self.suffix!r}"


def attacks(graph: Graph) -> list[Attack]:
    """Every input to try, the most promising first; none where the pattern is not ambiguous.

    Raises:
        TooLarge: there are too many to measure.
    """
    rare = _rareness(graph)
    found: dict[Attack, tuple[bool, int]] = {}
    for loop in loops(graph):
        prefix = "".join(_choice(graph, mask, rare) for mask in loop.reach)
        for pump in _pumps(graph, loop, rare):
            rank = (not loop.exponential, -_loops_fed(graph, pump))
            for suffix in _suffixes(graph, prefix, pump):
                found.setdefault(Attack(prefix, pump, suffix), rank)
    if len(found) > MOST_ATTACKS:
        raise TooLarge(f"{len(found)} inputs would have to be measured, more than {MOST_ATTACKS}")
    return sorted(found, key=lambda one: found[one])


def _rareness(graph: Graph) -> dict[str, int]:
    return {one: sum(graph.letters.of(mask, one) for mask in graph.masks) for one in graph.letters.all}


def _choice(graph: Graph, mask: int, rare: dict[str, int]) -> str:
    """The character that the fewest positions take: what completes a match is none."""
    return min(graph.letters.each(mask), key=lambda one: rare[one])


def _pumps(graph: Graph, loop: Loop, rare: dict[str, int]) -> Iterator[str]:
    yield "".join(_choice(graph, mask, rare) for mask in loop.pump)
    if len(loop.pump) == 1:
        # The character that most loops take, and the line break, which `.` and `$` treat in their own way.
        yield max(graph.letters.each(loop.pump[0]), key=lambda one: rare[one])
        if graph.letters.of(loop.pump[0], "\n"):
            yield "\n"


def _loops_fed(graph: Graph, pump: str) -> int:
    return sum(q in ways and graph.letters.of(graph.masks[q], pump[0]) for q, ways in enumerate(graph.follow))


def _suffixes(graph: Graph, prefix: str, pump: str) -> list[str]:
    """Nothing at all, characters after which no way goes on, and one of them with what would have completed the match.

    The last is for engines that look for a required text before they begin: with it they do begin.
    """
    reached = _after(graph, prefix + pump * 3)
    onward = 0
    for q in reached - {START}:
        for r in graph.follow[q]:
            onward |= graph.masks[r]
    stops = [one for one in _STOPS if not graph.letters.of(onward, one)]
    stops += [one for one in graph.letters.each(graph.letters.everything & ~onward) if one not in stops][:1]
    word = [next((one for one in stops if one.isalnum() == alike), "") for alike in (False, True)]
    completing = "".join(next(graph.letters.each(mask)) for mask in _completing(graph, reached))
    stop = word[0] or "\n"
    return list(dict.fromkeys(["", *filter(None, word), stop + completing]))


def _after(graph: Graph, text: str) -> set[int]:
    reached = {START}
    for one in text:
        reached = {r for q in reached for r in graph.follow[q] if graph.letters.of(graph.masks[r], one)}
    return reached


def _completing(graph: Graph, reached: set[int]) -> Word:
    """The shortest word from where the pumps lead to the end of the pattern."""
    return next((word for q, word in graph.words(sorted(reached - {START})) if q in graph.ends), ())
