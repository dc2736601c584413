"""Alerts a scenario must see, and the guard rail's two ways to hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.model.base import Frozen, Seconds


class Fires(Frozen):
    """An alert that must fire and be delivered.

    `to` is the pager receiver it must arrive at; None means any. `within` caps the time from the harm to firing,
    beyond the alert's own `for` and windows.
    """

    alert: str
    to: str | None = None
    within: Seconds = 60.0


class Absorbs(Frozen):
    """The system with its guard rail stays healthy throughout; the fault's trace is seen and nobody is paged.

    `trace` holds conditions that show that the fault did happen; `lasts` is how long it is watched (seconds).
    """

    kind: Literal["absorbs"] = "absorbs"
    lasts: Seconds = 60.0
    trace: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true at some moment")


class RefusedBy(Frozen):
    """A gate refuses the fault: `tool` exits non-zero, prints `message`, and nothing reaches the cluster.

    `arguments` are the tool's; `{change}` stands for the file with the objects that the fault applies.
    """

    kind: Literal["refused_by"] = "refused_by"
    tool: str
    message: str
    arguments: tuple[str, ...] = ("{change}",)


Prevention = Annotated[Absorbs | RefusedBy, Field(discriminator="kind")]


def fires(alert: str, *, to: str | None = None, within: str | float = 60.0) -> Fires:
    """An alert that must fire, and arrive at receiver `to` where one is named."""
    return Fires.model_validate({"alert": alert, "to": to, "within": within})


def absorbs(*, lasts: str | float = 60.0, trace: tuple[str, ...] = ()) -> Absorbs:
    """The guard rail absorbs the fault: healthy throughout, nobody paged, `trace` seen."""
    return Absorbs.model_validate({"lasts": lasts, "trace": trace})


def refused_by(tool: str, message: str, *, arguments: tuple[str, ...] = ("{change}",)) -> RefusedBy:
    """The guard rail refuses the fault before it reaches the cluster; `{change}` is the file with what it applies."""
    return RefusedBy(tool=tool, message=message, arguments=arguments)
