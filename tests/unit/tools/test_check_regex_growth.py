"""The verdict on times is one of ratios: no speed of a machine and no noise turns it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tools.check_regex.attacks import Attack
from tools.check_regex.growth import Point, judge
from tools.check_regex.measure import LONGEST, measure
from tools.check_regex.session import Session, TookLonger, Unmeasured

pytestmark = pytest.mark.unit

NANO = 1e-9
MATCHES: dict[str, Callable[[int], float]] = {
    "linear": lambda n: 2e-6 + 40 * NANO * n,
    "quadratic": lambda n: 2e-6 + 40 * NANO * n + 5 * NANO * n**2,
    "cubic": lambda n: 2e-6 + 2 * NANO * n**3,
    "exponential": lambda n: 2e-6 + 10 * NANO * 2.0**n,
    "constant": lambda n: 2e-6,
    "bounded": lambda n: 2e-6 + 5 * NANO * n * min(n, 200),
}
DANGEROUS = {"quadratic", "cubic", "exponential"}


class Machine(Session):
    """Times as a match of this kind would take on a machine this many times slower, with this much noise."""

    def __init__(self, match: Callable[[int], float], slower: float, noise: float, seed: int = 1) -> None:
        self.match, self.slower, self.noise, self.limit_s = match, slower, noise, 3.0
        self.random = random.Random(seed)  # noqa: S311  noise that is the same each time

    def seconds(self, attack: Attack, n: int) -> float:
        taken = self.match(n) * self.slower if n < 1000 or self.match is not MATCHES["exponential"] else 1e9
        if taken > self.limit_s:
            raise TookLonger
        return taken * (1 + self.noise * self.random.random())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("slower", [0.3, 1.0, 10.0, 50.0])
@pytest.mark.parametrize("kind", MATCHES)
def test_neither_speed_nor_noise_turns_a_verdict(kind: str, slower: float, noise: float, seed: int) -> None:
    found = measure(Machine(MATCHES[kind], slower, noise, seed), Attack("", "a", "!"))
    assert found.growth.dangerous == (kind in DANGEROUS), found.points
    if kind == "exponential":
        assert found.growth.kind == "exponential"
        assert found.growth.per_pump == pytest.approx(2, abs=0.3)
    assert found.points[-1].length <= LONGEST


@pytest.mark.parametrize(("kind", "degree"), [("quadratic", 2.0), ("cubic", 3.0)])
def test_the_degree_is_told(kind: str, degree: float) -> None:
    found = measure(Machine(MATCHES[kind], 1.0, 0.1), Attack("", "a", "!"))
    assert found.growth.kind == "polynomial"
    assert found.growth.degree == pytest.approx(degree, abs=0.2)


def test_a_match_that_was_killed_took_at_least_that_long() -> None:
    times = [(4, 1e-6), (8, 1e-5), (16, 2e-3)]
    found = judge([*(Point(n, n, seconds) for n, seconds in times), Point(32, 32, 3.0, beyond=True)])
    assert found.dangerous


def test_too_few_times_tell_nothing() -> None:
    with pytest.raises(Unmeasured, match="1 times do not tell"):
        judge([Point(4, 4, 3.0, beyond=True)])


@pytest.mark.parametrize(("ratio", "dangerous"), [(2.0, False), (2.4, False), (2.6, True), (4.0, True)])
def test_the_threshold_is_two_and_a_half_for_twice_the_input(ratio: float, dangerous: bool) -> None:
    points = [Point(2**k, 2**k, 1e-3 * ratio**k) for k in range(8)]
    assert judge(points).dangerous is dangerous


def test_sizes_before_a_killed_match_are_filled_in() -> None:
    found = measure(Machine(lambda n: 1e-6 * 40.0**n, 1.0, 0.0), Attack("", "a", "!"))
    assert [point.n for point in found.points] == [1, 2, 3, 4]
    assert found.growth.kind == "exponential"
    assert found.points[-1].beyond is False or found.points[-1].seconds == 3.0
