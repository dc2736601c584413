"""The load on a system: an arrival rate, open loop."""

from __future__ import annotations

from pydantic import Field

from experiments.model.base import Frozen


class Traffic(Frozen):
    """Requests that arrive at `rps` whether or not earlier ones were answered.

    `locustfile` is the file in the scenario folder, or None for the shop's own; `target` is `service.namespace:port`.
    """

    rps: float = Field(gt=0)
    target: str
    locustfile: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)


def locust(*, rps: float, target: str = "shop.shop:8080", locustfile: str | None = None, **settings: str) -> Traffic:
    """Locust in the cluster, `rps` requests a second as arrivals; `settings` become its environment."""
    return Traffic(rps=rps, target=target, locustfile=locustfile, settings=settings)
