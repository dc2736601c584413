"""The judge: a pure function from a run folder to a verdict. No clock, no cluster, no network.

Checks are grouped by phase and kept in the order in which things happen. The first one that does not hold decides
the verdict, because what comes after a failed phase says nothing any more; the others are still listed. A check
that could not be asked is neither yes nor no: it is `lab-error`.
"""

from experiments.judge.evidence import Evidence
from experiments.judge.verdict import judge, weigh

__all__ = ["Evidence", "judge", "weigh"]
