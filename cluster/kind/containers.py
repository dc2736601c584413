"""Removes containers of the lab as a whole: with their volumes, and with the loop devices they attached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docker.errors import NotFound

from cluster.host import loops


def remove_containers(containers: Sequence[Any]) -> list[str]:
    """Removes containers, whatever state they are in; one that is gone is no error.

    Returns:
        Loop devices that they attached and that are still attached; one that is mounted somewhere stays.

    Raises:
        APIError: the engine refused.
    """
    attached = loops.of_containers([one.name for one in containers if one.status == "running"])
    for container in {one.id: one for one in containers}.values():
        try:
            container.remove(force=True, v=True)
        except NotFound:
            continue
    loops.detach(attached)
    return loops.still_attached(attached)
