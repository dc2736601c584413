"""The walk: set a weight, wait, look, go on or not; and the way back, however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tools.bad_input import BadInput
from tools.canary_gate.judge import Reading
from tools.canary_gate.signals import Interrupted
from tools.canary_gate.weight import Wait, Weight

_ATTEMPTS = 3
_BETWEEN_ATTEMPTS_S = 1.0


@dataclass(frozen=True)
class Plan:
    """What was asked for.

    Args:
        step: percent, also the first weight.
        to: percent, the last weight.
        interval_s: seconds between a weight and its check, and from check to check.
        failures: so many failed checks, of the whole walk, end it.
    """

    step: int
    to: int
    interval_s: float
    failures: int

    @property
    def weights(self) -> tuple[int, ...]:
        """Every weight in its order; the last step is a smaller one where it has to be."""
        return (*range(self.step, self.to, self.step), self.to)


@dataclass(frozen=True)
class Began:
    """Nothing is set yet; `way_back` is for whoever finds the gate killed."""

    weights: tuple[int, ...]
    way_back: str


@dataclass(frozen=True)
class Moved:
    """The canary has a weight (percent); `how` in words."""

    weight: int
    how: str


@dataclass(frozen=True)
class Checked:
    """One check at a weight, and how many have failed by now."""

    weight: int
    reading: Reading
    failed: int
    failures: int


@dataclass(frozen=True)
class Ended:
    """The end.

    Args:
        weight: that the canary has (percent); None where that is not known.
        reason: why the walk was ended; empty where it passed.
        signal: the number of the signal that ended it.
        troubles: what failed on the way back, an entry for each attempt.
        back: whether the weight is 0 again.
    """

    weight: int | None
    reason: str = ""
    signal: int | None = None
    troubles: tuple[str, ...] = ()
    back: bool = False


Event = Began | Moved | Checked | Ended
Say = Callable[[Event], None]


def walk(plan: Plan, weight: Weight, look: Callable[[], Reading], say: Say, wait: Wait) -> Ended:
    """Walk up to the last weight, and stay there; or put the weight back to 0.

    Args:
        plan: the steps.
        weight: what sets them.
        look: asks once.
        say: is told what happens as it happens, and does not fail.
        wait: lets time pass, and raises what interrupts the walk.

    Raises:
        BadInput: the weight cannot be set to 0. This is tried before the first step, which is then not made.
    """
    say(Began(plan.weights, weight.way_back))
    weight.set(0, wait)
    ended = Ended(None, "it broke off")
    try:
        ended = _up(plan, weight, look, say, wait)
    except Interrupted as signal:
        ended = Ended(None, f"{signal} arrived", signal.number)
    finally:  # whatever it was, a defect of this program too
        if ended.reason:
            ended = _put_back(weight, ended)
        say(ended)
    return ended


def _up(plan: Plan, weight: Weight, look: Callable[[], Reading], say: Say, wait: Wait) -> Ended:
    failed = 0
    for share in plan.weights:
        wait(0)
        try:
            say(Moved(share, weight.set(share, wait)))
        except BadInput as error:
            wait(0)  # Ctrl-C ends kubectl, too, and is the reason then
            return Ended(None, f"{share} % could not be set: {error}")
        healthy = False
        while not healthy:
            wait(plan.interval_s)
            reading = look()
            healthy = reading.healthy
            failed += not healthy
            say(Checked(share, reading, failed, plan.failures))
            if failed >= plan.failures:
                return Ended(share, f"failed checks: {failed}")
    wait(0)
    return Ended(plan.to)


def _put_back(weight: Weight, ended: Ended) -> Ended:
    troubles: list[str] = []
    while len(troubles) < _ATTEMPTS:
        try:
            weight.set(0, time.sleep)  # no signal interrupts this
        except BadInput as error:
            troubles.append(str(error))
            time.sleep(_BETWEEN_ATTEMPTS_S)
        else:
            return replace(ended, weight=0, troubles=tuple(troubles), back=True)
    return replace(ended, weight=None, troubles=tuple(troubles))
