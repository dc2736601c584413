"""What stakeholders ask in the middle of an incident, and when. None of them knows, or tells, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from experiments.drill.options import DrillOptions

FIRST_S = (60.0, 120.0)
"""Seconds from the page to the first question: time to look before anybody wants to know."""
NEXT_S = (120.0, 240.0)
"""Seconds from one question to the next."""

ASKED = (
    "Customer support: callers ask what is going on. What may we tell them, and when do they hear more?",
    "The head of engineering: how bad is it, and who is working on it?",
    "A partner's operations team: we see errors on our side. Is it you or us?",
    "Customer support: how many customers are affected, all of them or some?",
    "The product manager: a campaign starts within the hour. Shall we hold it back?",
    "The status page's editor: which words shall I publish, and is the service degraded or down?",
    "The head of engineering: what have you ruled out so far, and what is your next step?",
    "A partner's operations team: when do you expect to be back? We have to decide whether to switch over.",
    "Legal: has any data been lost or seen by anybody who should not have?",
    "The shift lead: do you need another pair of hands, and whose?",
)


def questions(options: DrillOptions) -> Iterator[tuple[float, str]]:
    """Seconds from the page, and what is asked then; without end, the same for the same seed."""
    chance = options.chance("questions")
    order = chance.sample(ASKED, len(ASKED))
    at = chance.uniform(*FIRST_S)
    for text in cycle(order):
        yield at, text
        at += chance.uniform(*NEXT_S)
