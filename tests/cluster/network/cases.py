"""The cases of the matrix: policies, and who may reach whom under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cluster.network.attempt import Attempt

Allowed = Callable[[Attempt], bool]


@dataclass(frozen=True)
class Case:
    """Policies and what they let through.

    Args:
        title: what the case is about.
        policies: the letter of a namespace and the spec of a policy in it, in YAML; `$a_x` is a pod's address.
        allowed: what is let through; something is not.
        through_service: whether the pods are asked by way of their Services.
    """

    title: str
    policies: tuple[tuple[str, str], ...]
    allowed: Allowed
    through_service: bool = False


def case(title: str, allowed: Allowed, *policies: str, through_service: bool = False) -> Case:
    """A case with policies in namespace a, or, with a letter and a bar before, in another: `b| podSelector: {}`."""
    placed = []
    for text in policies:
        ns, bar, spec = text.partition("|")
        placed.append((ns, spec) if bar else ("a", text))
    return Case(title, tuple(placed), allowed, through_service)


def to_a(a: Attempt, otherwise: bool) -> bool:
    """Whether an attempt gets through if what is not asked of namespace a does, and `otherwise` counts for the rest."""
    return a.dst.ns != "a" or otherwise


def from_a(a: Attempt, otherwise: bool) -> bool:
    """Whether an attempt gets through if what does not come from namespace a does, and `otherwise` for the rest."""
    return a.src.ns != "a" or otherwise
