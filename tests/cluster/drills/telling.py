"""What must not be told before its time, and where it is told all the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

AROUND = 80
"""Characters before and after what is told, for a message."""
MOST = 3
"""Of one kind in one place; more of the same helps nobody."""

NAMES = {
    "the scenario": r"shut[-_ ]?cache",
    "its title": r"asks for a password",
}
"""What names the scenario of this folder's pack."""

CAUSE = {"the true cause": r"set a password that no client has"}
"""What the page alone may say, as one cause of several to choose from."""

STORY = {
    "the fault": r"firedrill[./]faults|experiments[./]actions|roll_out|roll out REDIS",
    "the runbook": r"runbook_url|RUNBOOK\.md|take the release back|redis runs and answers no question",
    "the debrief": r"told nobody|the true cause|\"true\":",
    "a hint": r"what does it say, word for word|what was rolled out since|who has to know",
}
"""What leads to the fault without naming the scenario."""


def told(looks: Mapping[str, str], words: Mapping[str, str]) -> list[str]:
    """Where something is told, with the words around it.

    Args:
        looks: what was seen, by where.
        words: patterns without regard to case, by what they tell.
    """
    found = []
    for place, text in looks.items():
        for what, pattern in words.items():
            for match in [*re.finditer(pattern, text, re.IGNORECASE)][:MOST]:
                around = text[max(0, match.start() - AROUND) : match.end() + AROUND]
                found.append(f"{place} tells {what}: {around!r}")
    return found
