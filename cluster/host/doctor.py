"""Looks the host over before anything is built on it."""

from __future__ import annotations

from cluster.errors import HostNotReady
from cluster.host import checks
from cluster.host.checks import Check
from cluster.lab import Lab


def examine(lab: Lab) -> list[Check]:
    """All checks of this host; changes nothing."""
    return [
        checks.docker_engine(),
        checks.cgroups(),
        checks.disk(lab),
        checks.memory(),
        checks.file_watches(),
        checks.go(),
        checks.python(),
        checks.ports(),
    ]


def require(found: list[Check]) -> None:
    """Stops where something is wrong that is not put right by itself.

    Raises:
        HostNotReady: what is wrong, with the command that mends each.
    """
    wrong = [check for check in found if check.state == "wrong"]
    if wrong:
        raise HostNotReady(
            "; ".join(f"{check.name}: {check.seen}" for check in wrong), "; ".join(check.mend for check in wrong)
        )
