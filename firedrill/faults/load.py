"""The load on the system: how many requests its clients send, whatever it answers."""

from __future__ import annotations

from experiments.model.actions import Step
from experiments.model.base import seconds

MOST_RPS = 1000.0
"""More is no load on the lab's system but on the machine that it shares with its clients."""
LONGEST_S = 3600.0


def step(rps: float, *, namespace: str = "") -> Step:
    """Another rate from now on, at once.

    Args:
        rps: requests a second, more than 0 and at most 1000.
        namespace: where the clients are; the scenario's own clients if empty.

    Raises:
        ValueError: `rps` is out of bounds.
    """
    return _change(f"step the load to {_rate(rps):g} requests a second", namespace, rps)


def ramp(rps: float, *, over: str | float, namespace: str = "") -> Step:
    """Another rate, reached in a straight line; returns at once, while it begins.

    Args:
        rps: requests a second, more than 0 and at most 1000.
        over: seconds until they are reached, at most an hour.
        namespace: where the clients are; the scenario's own clients if empty.

    Raises:
        ValueError: a number is out of bounds.
    """
    length = _length(over)
    return _change(f"ramp the load to {_rate(rps):g} requests a second in {length:g} s", namespace, rps, over_s=length)


def burst(rps: float, *, lasts: str | float, over: str | float = 0, namespace: str = "") -> Step:
    """Another rate, and the one of before at its end; returns at once, while it begins.

    Args:
        rps: requests a second, more than 0 and at most 1000.
        lasts: seconds at this rate, at most an hour.
        over: seconds until it is reached, in a straight line; 0: at once.
        namespace: where the clients are; the scenario's own clients if empty.

    Raises:
        ValueError: a number is out of bounds.
    """
    length, rise = _length(lasts), _length(over) if seconds(over) else 0.0
    title = f"burst of {_rate(rps):g} requests a second for {length:g} s" + (f", reached in {rise:g} s" if rise else "")
    return _change(title, namespace, rps, over_s=rise, lasts_s=length)


def stop(*, namespace: str = "") -> Step:
    """No client comes any more.

    Args:
        namespace: where the clients are; the scenario's own clients if empty.
    """
    return _change("stop the load", namespace, 0.0)


def _change(title: str, namespace: str, rps: float, *, over_s: float = 0.0, lasts_s: float | None = None) -> Step:
    return Step(
        title=title,
        module="experiments.actions.load",
        function="change",
        arguments={"namespace": namespace, "rps": rps, "over_s": over_s, "lasts_s": lasts_s},
    )


def _rate(rps: float) -> float:
    if not 0 < rps <= MOST_RPS:
        raise ValueError(f"{rps:g} requests a second: write more than 0 and at most {MOST_RPS:g}, or load.stop()")
    return rps


def _length(duration: str | float) -> float:
    length = seconds(duration)
    if not 0 < length <= LONGEST_S:
        raise ValueError(f"{length:g} s is out of bounds: more than 0 and at most {LONGEST_S:g} s")
    return length
