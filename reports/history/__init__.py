"""The history of all runs, one line of JSON each: what the bench, the trends and the suite report are made from.

Lines say everything about a run themselves, so histories of several machines are merged by writing one behind the
other: order does not matter, and a run that stands there twice counts once.
"""

from reports.history.forget import forget
from reports.history.ground import same_ground
from reports.history.line import UNJUDGED, Entry, Failed
from reports.history.read import History, Told, counts, entries, read
from reports.history.write import NAME, append, entry

__all__ = [
    "NAME",
    "UNJUDGED",
    "Entry",
    "Failed",
    "History",
    "Told",
    "append",
    "counts",
    "entries",
    "entry",
    "forget",
    "read",
    "same_ground",
]
