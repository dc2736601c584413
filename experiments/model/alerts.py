"""Alerts a scenario must see, and the guard rail's two ways to hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.model.base import Frozen, Seconds


class Fires(Frozen):
    """An alert that must fire and be delivered.

    `to` is the pager receiver it must arrive at; None means any. `within` caps the time from the harm to firing,
    beyond the alert's own `for` and windows. `begins` names metrics whose series the incident itself brings into being,
    so that none is asked for before it: that the alert fires shows that its rule is right about them.
    """

    alert: str
    to: str | None = None
    within: Seconds = 60.0
    begins: tuple[str, ...] = ()


class Inhibits(Frozen):
    """While alert `source` fires, Alertmanager holds back the pages of alert `target`.

    `equal` are labels in which both agree; none: any `source` holds back every `target`.
    """

    source: str
    target: str
    equal: tuple[str, ...] = ()


class Absorbs(Frozen):
    """The system with its guard rail stays healthy throughout; the fault's trace is seen and nobody is paged.

    `trace` holds conditions that show that the fault did happen; `lasts` is how long it is watched (seconds).
    """

    kind: Literal["absorbs"] = "absorbs"
    lasts: Seconds = 60.0
    trace: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true at some moment")


class RefusedBy(Frozen):
    """A gate refuses the fault: `tool` exits non-zero, prints every one of `messages`, and nothing reaches the cluster.

    `arguments` are the tool's; `{change}` stands for the file with the objects that the fault applies.
    """

    kind: Literal["refused_by"] = "refused_by"
    tool: str
    messages: tuple[str, ...] = Field(min_length=1)
    arguments: tuple[str, ...] = ("{change}",)


Prevention = Annotated[Absorbs | RefusedBy, Field(discriminator="kind")]


def fires(alert: str, *, to: str | None = None, within: str | float = 60.0, begins: tuple[str, ...] = ()) -> Fires:
    """An alert that must fire, and arrive at receiver `to` where one is named.

    Args:
        alert: its name in rules.yaml.
        to: the pager's receiver.
        within: seconds from the harm to firing, beyond the alert's own `for` and windows.
        begins: metrics of its rule that have no series before the incident: what a container last died of.
    """
    return Fires.model_validate({"alert": alert, "to": to, "within": within, "begins": begins})


def inhibits(source: str, target: str, *, equal: tuple[str, ...] = ()) -> Inhibits:
    """Alertmanager holds back the pages of `target` while `source` fires, where both agree in the labels `equal`."""
    return Inhibits(source=source, target=target, equal=equal)


def absorbs(*, lasts: str | float = 60.0, trace: tuple[str, ...] = ()) -> Absorbs:
    """The guard rail absorbs the fault: healthy throughout, nobody paged, `trace` seen."""
    return Absorbs.model_validate({"lasts": lasts, "trace": trace})


def refused_by(tool: str, *messages: str, arguments: tuple[str, ...] = ("{change}",)) -> RefusedBy:
    """The guard rail refuses the fault before it reaches the cluster; `{change}` is the file with what it applies."""
    return RefusedBy(tool=tool, messages=messages, arguments=arguments)
