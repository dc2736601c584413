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

    `trace` holds conditions that show that the fault did happen; `lasts` is how long it is watched (seconds). Where the
    guard rail trades the harm for a smaller one, `keeps` says what it keeps, in the place of `recovers`, and `pages`
    which alerts have to arrive. Those of `detects` may then fire, since the fault is there; of `silent` no other may.
    """

    kind: Literal["absorbs"] = "absorbs"
    lasts: Seconds = 60.0
    trace: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true at some moment")
    keeps: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true throughout")
    pages: tuple[str, ...] = Field(default=(), description="alerts that have to arrive")


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


def contains(
    *, keeps: tuple[str, ...], pages: tuple[str, ...], lasts: str | float = 60.0, trace: tuple[str, ...] = ()
) -> Absorbs:
    """The guard rail trades the harm for a smaller one that somebody is told of: an outage for a loss.

    Args:
        keeps: PromQL comparisons that hold throughout: what is kept. None of the scenario's `bites` may ever hold.
        pages: alerts that have to arrive. Those of `detects` may fire, as the fault is there; of `silent` no other may.
        lasts: how long it is watched (seconds from the injection).
        trace: PromQL comparisons, each true at some moment: what shows that the fault did happen.

    Raises:
        ValueError: it keeps nothing, or tells nobody.
    """
    if not keeps or not pages:
        raise ValueError("a guard rail that contains the harm says what it keeps and whom it pages; else use absorbs")
    return Absorbs.model_validate({"lasts": lasts, "trace": trace, "keeps": keeps, "pages": pages})


def refused_by(tool: str, *messages: str, arguments: tuple[str, ...] = ("{change}",)) -> RefusedBy:
    """The guard rail refuses the fault before it reaches the cluster; `{change}` is the file with what it applies."""
    return RefusedBy(tool=tool, messages=messages, arguments=arguments)
