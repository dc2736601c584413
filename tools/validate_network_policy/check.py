"""The verdict on each target: may the scraper reach it?"""

from __future__ import annotations

from dataclasses import dataclass

from tools.validate_network_policy.objects import Pods, World
from tools.validate_network_policy.policy import Answer, decide
from tools.validate_network_policy.targets import Target


@dataclass(frozen=True)
class Finding:
    """One target and what the policies of both ends say."""

    target: Target
    egress: Answer
    ingress: Answer

    @property
    def admitted(self) -> bool:
        """Both ends let the scrape through."""
        return self.egress.allowed and self.ingress.allowed

    @property
    def why(self) -> str:
        """The first end that refuses, or what admits."""
        return (self.ingress if self.egress.allowed else self.egress).why


def check(world: World, scraper: Pods, targets: list[Target]) -> list[Finding]:
    """Judge every target; a scrape is TCP from the scraper's pods to the target's port."""
    found = []
    for target in targets:
        ends = {
            "egress": decide(world, "egress", scraper, target.pods, target.pods, target.port, "TCP"),
            "ingress": decide(world, "ingress", target.pods, scraper, target.pods, target.port, "TCP"),
        }
        found.append(Finding(target, **ends))
    return found
