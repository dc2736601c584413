"""What the facilitator may order, and when."""

from __future__ import annotations

from drills.gameday.day import Day, Stage
from drills.gameday.record import Happened, Happening, Order, Word

_IDLE = {Stage.BETWEEN, Stage.BREAK, Stage.WATCH}


def allowed(day: Day) -> frozenset[Word]:
    """What may be ordered now; the page offers nothing else."""
    if day.stage is Stage.DONE:
        return frozenset()
    words = {Word.MESSAGE, Word.END}
    if day.stage is Stage.PLANNED:
        return frozenset(words | {Word.START})
    words.add(Word.RESUME if day.paused else Word.PAUSE)
    if day.stage in _IDLE and day.coming is not None:
        words |= {Word.INJECT, Word.SKIP}
    if day.stage is Stage.INCIDENT and not day.ending:
        words.add(Word.END_INCIDENT)
    if day.stage is Stage.INTERRUPTED:
        words |= {Word.REPEAT, Word.SKIP}
    return frozenset(words)


def carry_out(day: Day, order: Order, now: float) -> Happened:
    """What an order comes to: what happens by it, or that it was refused and why.

    Args:
        day: as it stands.
        order: one that was not answered yet.
        now: UTC seconds.
    """
    if order.what is Word.MESSAGE and not order.text.strip():
        return Happened(at=now, what=Happening.REFUSED, text="message: it is empty; write something", of=order.id)
    if order.what not in allowed(day):
        return Happened(at=now, what=Happening.REFUSED, text=f"{order.what}: {_why_not(day, order.what)}", of=order.id)
    match order.what:
        case Word.START:
            return Happened(at=now, what=Happening.STARTED, of=order.id)
        case Word.PAUSE:
            return Happened(at=now, what=Happening.PAUSED, of=order.id)
        case Word.RESUME:
            return Happened(at=now, what=Happening.RESUMED, of=order.id)
        case Word.INJECT:
            return Happened(at=now, what=Happening.PLAYING, step=day.coming, of=order.id)
        case Word.REPEAT:
            return Happened(at=now, what=Happening.REPEAT, step=day.step, of=order.id)
        case Word.SKIP:
            lost = day.stage is Stage.INTERRUPTED
            return Happened(at=now, what=Happening.SKIPPED, step=day.step if lost else day.coming, of=order.id)
        case Word.MESSAGE:
            return Happened(at=now, what=Happening.SAID, text=order.text.strip(), of=order.id)
        case Word.END_INCIDENT:
            return Happened(at=now, what=Happening.ENDING, step=day.step, of=order.id)
        case Word.END:
            running = day.stage is Stage.INCIDENT
            what = Happening.ENDING if running else Happening.DONE
            return Happened(at=now, what=what, text="day" if running else "", of=order.id)


def _why_not(day: Day, word: Word) -> str:
    if day.stage is Stage.DONE:
        return "the day is over"
    if day.stage is Stage.PLANNED:
        return "the day has not begun; start it first"
    match word:
        case Word.START:
            return "the day has begun"
        case Word.PAUSE:
            return "the day is paused"
        case Word.RESUME:
            return "the day is not paused"
        case Word.REPEAT:
            return "no incident was interrupted"
        case Word.END_INCIDENT:
            return "the incident is ending" if day.ending else "no incident is running"
        case Word.INJECT | Word.SKIP if day.stage is Stage.INCIDENT:
            return "an incident is running; end it first"
        case Word.INJECT if day.stage is Stage.INTERRUPTED:
            return "an incident was interrupted; repeat or skip it first"
    return "no incident is left"
