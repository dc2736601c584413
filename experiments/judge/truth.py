"""Questions to the samples of one condition. Every answer may be None: it could not be asked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from experiments.model.comparison import COMPARE
from experiments.record.files import ConditionSamples

# A gap of more than this many steps is a hole in the evidence, not a late scrape.
GAP_STEPS = 3.0


@dataclass(frozen=True)
class Truth:
    """One condition over time: at each moment (epoch seconds) whether it held, and the left side's value."""

    title: str
    moments: tuple[tuple[float, bool, float], ...]
    gap_s: float
    error: str | None

    @classmethod
    def of(cls, samples: ConditionSamples, step_s: float) -> Truth:
        """Compare both sides at the moments they share."""
        compare = COMPARE[samples.op]
        right = dict(samples.right)
        moments = tuple((at, compare(value, right[at]), value) for at, value in samples.left if at in right)
        return cls(samples.title, moments, GAP_STEPS * step_s, samples.error)

    def between(self, start: float, end: float) -> tuple[tuple[float, bool, float], ...]:
        """The moments within [start, end], both included."""
        return tuple(moment for moment in self.moments if start <= moment[0] <= end)

    def covered(self, start: float, end: float) -> bool:
        """Whether [start, end] holds samples without a hole."""
        edges = [start, *(at for at, _, _ in self.between(start, end)), end]
        return len(edges) > 2 and all(b - a <= self.gap_s for a, b in pairwise(edges))

    def throughout(self, start: float, end: float) -> bool | None:
        """Whether it held at every moment of [start, end]; None where the samples have a hole."""
        inside = self.between(start, end)
        if any(not held for _, held, _ in inside):
            return False
        return True if self.covered(start, end) else None

    def ever(self, start: float, end: float) -> bool | None:
        """Whether it held at some moment of [start, end]; None where it never did and the samples have a hole."""
        if self.first(start, end) is not None:
            return True
        return False if self.covered(start, end) else None

    def first(self, start: float, end: float) -> float | None:
        """The first moment of [start, end] at which it held."""
        return next((at for at, held, _ in self.between(start, end) if held), None)

    def last_false(self, start: float, end: float) -> float | None:
        """The last moment of [start, end] at which it did not hold."""
        return next((at for at, held, _ in reversed(self.between(start, end)) if not held), None)

    def describe(self, start: float, end: float) -> str:
        """The range of values seen in [start, end], and the error where there was one."""
        values = [value for _, _, value in self.between(start, end)]
        seen = f"{min(values):.6g} to {max(values):.6g} in {len(values)} samples" if values else "no samples"
        return f"{seen}; {self.error}" if self.error else seen
