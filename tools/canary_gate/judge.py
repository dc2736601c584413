"""From Prometheus' answers to healthy or not. It fails closed: what is not known is a failed check."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tools.bad_input import BadInput
from tools.canary_gate.prometheus import Prometheus
from tools.canary_gate.weight import Wait, Weight

_ROUNDING = 1e-6
"""A quotient of two rates may be this much above 1."""


@dataclass(frozen=True)
class Unknown:
    """There is no such number; `why` says it in words."""

    why: str


@dataclass(frozen=True)
class Questions:
    """The user's expressions, each of which yields one series about the canary alone.

    Args:
        requests: how many it answered within the window.
        success: the share of them that succeeded, from 0 to 1.
        latency: their 95th percentile (seconds).
    """

    requests: str
    success: str
    latency: str

    def all(self) -> tuple[str, str, str]:
        """In the order in which they are asked."""
        return self.requests, self.success, self.latency


@dataclass(frozen=True)
class Limits:
    """What healthy means.

    Args:
        min_requests: fewer say nothing.
        min_success: the least share, from 0 to 1.
        max_p95_s: the longest 95th percentile (seconds).
    """

    min_requests: float
    min_success: float
    max_p95_s: float


@dataclass(frozen=True)
class Reading:
    """What one check saw.

    Args:
        requests: None where it is not known; so with the others.
        success: a share.
        p95_s: seconds.
        wrong: why the check failed, in words; empty where the canary is healthy.
    """

    requests: float | None
    success: float | None
    p95_s: float | None
    wrong: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether the check passed."""
        return not self.wrong


def look(prometheus: Prometheus, questions: Questions, limits: Limits, weight: Weight, wait: Wait) -> Reading:
    """Ask, and judge.

    Args:
        prometheus: who is asked.
        questions: what.
        limits: what is healthy.
        weight: is asked last whether it is still the one that was set.
        wait: is asked for no time before each question, so that a signal is not heard after the last one only.

    Raises:
        Interrupted: by `wait`.
    """
    answers: list[float | Unknown] = []
    for expression in questions.all():
        wait(0)
        answers.append(_number(prometheus, expression))
    requests, success, p95 = answers
    return judge(requests, success, p95, limits, weight.wrong())


def judge(
    requests: float | Unknown, success: float | Unknown, p95: float | Unknown, limits: Limits, weight_is_wrong: str = ""
) -> Reading:
    """Compare three answers with their limits; both limits are still healthy themselves."""
    wrong = (
        weight_is_wrong,
        _requests(requests, limits.min_requests),
        _success(success, limits.min_success),
        _latency(p95, limits.max_p95_s),
    )
    return Reading(_known(requests), _known(success), _known(p95), tuple(one for one in wrong if one))


def _number(prometheus: Prometheus, expression: str) -> float | Unknown:
    try:
        values = prometheus.values(expression)
    except BadInput as error:
        return Unknown(str(error))
    if len(values) != 1:
        return Unknown(f"`{expression}` yields {len(values) or 'no'} series instead of one")
    return values[0] if math.isfinite(values[0]) else Unknown(f"`{expression}` yields {values[0]}")


def _requests(found: float | Unknown, least: float) -> str:
    if isinstance(found, Unknown):
        return f"the number of requests is not known: {found.why}"
    return "" if found >= least else f"{found:.6g} requests are too few, {least:g} are needed"


def _success(found: float | Unknown, least: float) -> str:
    if isinstance(found, Unknown):
        return f"the success rate is not known: {found.why}"
    if not 0 <= found <= 1 + _ROUNDING:
        return f"the success rate {found:.6g} is no share from 0 to 1"  # percents would pass every limit
    return "" if found >= least else f"the success rate {found:.6g} is below {least:g}"


def _latency(found: float | Unknown, most: float) -> str:
    if isinstance(found, Unknown):
        return f"the p95 is not known: {found.why}"
    if found < 0:
        return f"the p95 {found:.6g} s is less than nothing"
    return "" if found <= most else f"the p95 {found * 1000:.6g} ms is above {most * 1000:g} ms"


def _known(found: float | Unknown) -> float | None:
    return None if isinstance(found, Unknown) else found
