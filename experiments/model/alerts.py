"""Alerts a scenario must see, and the guard rail's ways to hold."""

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


class Watched(Frozen):
    """A guard rail behind which the fault does happen, and the system is watched from then on.

    `trace` holds conditions that show that it did; `lasts` is how long it is watched (seconds from the injection).
    Where the guard rail trades the harm for a smaller one, `keeps` says what it keeps, in the place of `recovers`.
    """

    lasts: Seconds = 60.0
    trace: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true at some moment")
    keeps: tuple[str, ...] = Field(default=(), description="PromQL comparisons, each true throughout")


class Absorbs(Watched):
    """The system with its guard rail stays healthy throughout; the fault's trace is seen and nobody is paged.

    One that says what it `keeps` says, too, which alerts have to arrive, `pages`. Those of `detects` may then fire,
    since the fault is there; of `silent` no other may.
    """

    kind: Literal["absorbs"] = "absorbs"
    pages: tuple[str, ...] = Field(default=(), description="alerts that have to arrive")


class RefusedBy(Frozen):
    """A gate refuses the fault: `tool` exits non-zero, prints every one of `messages`, and nothing reaches the cluster.

    `arguments` are the tool's; `{change}` stands for the file with the objects that the fault applies.
    """

    kind: Literal["refused_by"] = "refused_by"
    tool: str
    messages: tuple[str, ...] = Field(min_length=1)
    arguments: tuple[str, ...] = ("{change}",)


class StoppedBy(Watched):
    """A live gate lets the fault reach a canary, sees what it does there, and takes the canary back by itself.

    What the fault applies is applied under its name and `suffix` instead: the guard rail's system has, beside what
    serves, the same under such names, without a pod yet. Then `tool` walks it up and has to end with 1, "stopped, and
    all is as it was", and with every one of `messages`; `{prometheus}` among its `arguments` is where it asks. What
    serves stays as it is, object for object and pod for pod. A canary's harm may be enough for some alerts of
    `detects`: those of them that `silent` names stay silent all the same, or all where it names none.
    """

    kind: Literal["stopped_by"] = "stopped_by"
    tool: str
    messages: tuple[str, ...] = Field(min_length=1)
    arguments: tuple[str, ...]
    suffix: str = Field(default="-canary", pattern=r"^-[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
    within: Seconds = Field(default=180.0, description="the gate has ended by then, whichever way")
    silent: tuple[str, ...] = Field(default=(), description="alerts of detects that no canary's harm may set off")


Prevention = Annotated[Absorbs | RefusedBy | StoppedBy, Field(discriminator="kind")]


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


def stopped_by(
    tool: str,
    *messages: str,
    arguments: tuple[str, ...],
    keeps: tuple[str, ...],
    trace: tuple[str, ...],
    silent: tuple[str, ...] = (),
    suffix: str = "-canary",
    lasts: str | float = 90.0,
    within: str | float = 180.0,
) -> StoppedBy:
    """The guard rail lets the fault reach a canary alone, and takes it back by itself.

    Args:
        tool: the gate, a console script that is installed beside this Python.
        messages: what it says when it has stopped the fault, each of them.
        arguments: its arguments; `{prometheus}` is the address of the run's Prometheus.
        keeps: PromQL comparisons that hold throughout. None of the scenario's `bites` may ever hold.
        trace: PromQL comparisons, each true at some moment: what shows that the fault struck the canary.
        silent: the alerts of `detects` that a canary's harm is too small for; none named: all of them.
        suffix: what the canary's objects are called more than those that serve.
        lasts: how long it is watched (seconds from the moment at which the canary got the fault).
        within: seconds that the gate may take.

    Raises:
        ValueError: it keeps nothing, or nothing would show that the fault struck.
    """
    if not keeps or not trace:
        raise ValueError("a gate with a canary says what it keeps, and by what trace the fault is known to have struck")
    return StoppedBy.model_validate(
        {
            "tool": tool,
            "messages": messages,
            "arguments": arguments,
            "keeps": keeps,
            "trace": trace,
            "silent": silent,
            "suffix": suffix,
            "lasts": lasts,
            "within": within,
        }
    )
