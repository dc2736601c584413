"""Mutants: a scenario broken in one place at a time, each with the verdict it must end in.

A check that cannot fail proves nothing. Each mutant takes away one thing that a verdict rests on; a mutant that ends
otherwise *survives*, and names a check that is not looking. Those that change only what is judged (rules, routes,
traces, samples) re-judge a recorded run; the others are played, and end at the first phase that decides.
"""

from experiments.mutants.derive import Mutant, derive
from experiments.mutants.live import Live
from experiments.mutants.rejudged import Rejudged

__all__ = ["Live", "Mutant", "Rejudged", "derive"]
