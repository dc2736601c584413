"""Where a pattern is ambiguous: words that lead back to the same place in more than one way.

By the criteria of Weber and Seidl, "On the degree of ambiguity of finite automata" (1991): the number of ways grows
exponentially where a place has two ways back to itself by one word (EDA), and polynomially where one word leads from a
place to itself, from there to a second one, and from the second to itself (IDA). Both are only candidates here: whether
an engine really walks all those ways is measured.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tools.check_regex.components import components
from tools.check_regex.graph import START, Graph, TooLarge, Word

MOST_STEPS = 1_000_000

Place = tuple[int, ...]
"""Where two or three walks by the same word stand."""


@dataclass(frozen=True)
class Loop:
    """A word by which the ways multiply, and one that leads there.

    Args:
        reach: characters of each step to the loop.
        pump: characters of each step around it.
        exponential: the ways multiply by two, rather than growing by one, with each turn.
    """

    reach: Word
    pump: Word
    exponential: bool


def loops(graph: Graph) -> list[Loop]:
    """Every ambiguous word that is found, the exponential ones first.

    Raises:
        TooLarge: the search would take too long.
    """
    walk = _Walk(graph)
    found = dict.fromkeys([*walk.exponential(), *walk.polynomial()])
    return list(found)


class _Walk:
    def __init__(self, graph: Graph) -> None:
        self.masks, self.follow = graph.masks, graph.follow
        self.component = components([list(ways) for ways in graph.follow])
        sizes: dict[int, int] = {}
        for one in self.component:
            sizes[one] = sizes.get(one, 0) + 1
        self.cyclic = [q for q, c in enumerate(self.component) if sizes[c] > 1 or q in self.follow[q]]
        self.reach = dict(graph.words([START]))
        self.steps = 0

    def exponential(self) -> Iterator[Loop]:
        for q in self.cyclic:
            if q in self.reach and (word := self._two_ways_back(q)):
                yield Loop(self.reach[q], word, exponential=True)

    def _two_ways_back(self, q: int) -> Word | None:
        """The shortest word with two ways from q to q."""
        here = self.component[q]
        inside = [(r, ways) for r, ways in self.follow[q].items() if self.component[r] == here]
        begins: dict[Place, int] = {}
        for r, ways in inside:
            for s, _ in inside:
                if (r < s or (r == s and ways > 1)) and (both := self.masks[r] & self.masks[s]):
                    begins[(r, s)] = both
        return self._shortest(begins, (q, q), self._pairs(here))

    def polynomial(self) -> Iterator[Loop]:
        for q in self.cyclic:
            if q not in self.reach:
                continue
            beyond = self._beyond(q)
            for p in self.cyclic:
                if p in beyond and self.component[p] != self.component[q] and (word := self._stays_and_moves(q, p)):
                    yield Loop(self.reach[q], word, exponential=False)

    def _stays_and_moves(self, q: int, p: int) -> Word | None:
        """The shortest word that leads from q to q, from q to p, and from p to p."""
        triples = self._triples(self.component[q], self.component[p])
        return self._shortest(dict(triples((q, q, p))), (q, p, p), triples)

    def _pairs(self, here: int) -> Callable[[Place], Iterator[tuple[Place, int]]]:
        def onward(place: Place) -> Iterator[tuple[Place, int]]:
            for r in self._within(place[0], here):
                for s in self._within(place[1], here):
                    if both := self.masks[r] & self.masks[s]:
                        yield (min(r, s), max(r, s)), both

        return onward

    def _triples(self, first: int, third: int) -> Callable[[Place], Iterator[tuple[Place, int]]]:
        def onward(place: Place) -> Iterator[tuple[Place, int]]:
            for r in self._within(place[0], first):
                for t in self._within(place[2], third):
                    if both := self.masks[r] & self.masks[t]:
                        for s in self.follow[place[1]]:
                            if all_three := both & self.masks[s]:
                                yield (r, s, t), all_three

        return onward

    def _within(self, q: int, component: int) -> Iterable[int]:
        return [r for r in self.follow[q] if self.component[r] == component]

    def _shortest(
        self, begins: dict[Place, int], goal: Place, onward: Callable[[Place], Iterator[tuple[Place, int]]]
    ) -> Word | None:
        came: dict[Place, Word] = {place: (mask,) for place, mask in begins.items()}
        queue = deque(came)
        while queue and goal not in came:
            place = queue.popleft()
            for further, mask in onward(place):
                self.steps += 1
                if further not in came:
                    came[further] = (*came[place], mask)
                    queue.append(further)
            if self.steps > MOST_STEPS:
                raise TooLarge(f"its ambiguity was not found out in {MOST_STEPS} steps")
        return came.get(goal)

    def _beyond(self, q: int) -> set[int]:
        seen, stack = {q}, [q]
        while stack:
            for r in self.follow[stack.pop()]:
                if r not in seen:
                    seen.add(r)
                    stack.append(r)
        return seen
