"""How each kind of guard rail is tried: a gate is shown the fault, a canary gets it, or the system takes it."""

from __future__ import annotations

from pydantic import JsonValue

from cluster.errors import UsageError
from experiments.compile import parts
from experiments.compile.activities import Activity, action, probe
from experiments.compile.parts import named
from experiments.model.alerts import Absorbs, RefusedBy, StoppedBy, Watched
from experiments.record.files import ScenarioFile
from experiments.record.kinds import Phase


def tried(file: ScenarioFile) -> list[Activity]:
    """From a steady system to the end of the watch.

    Raises:
        UsageError: the guard rail is a gate, and a step of the fault is no `objects.apply`.
    """
    match file.scenario.prevention:
        case RefusedBy() as gate:
            return [*_refused(file, gate), _nobody_is_paged(file)]
        case StoppedBy() as gate:
            return [*_stopped(file, gate), *_watched(file, gate), _nobody_is_paged(file)]
        case Absorbs() as absorbs:
            told = [_told(alert, absorbs.lasts) for alert in absorbs.pages]
            return [*parts.fault(file), *_watched(file, absorbs), *told, _nobody_is_paged(file)]


def _refused(file: ScenarioFile, prevention: RefusedBy) -> list[Activity]:
    """The guard rail is a gate: it is shown what the fault applies."""
    title = f"{prevention.tool} is shown the change"
    arguments: list[JsonValue] = [*prevention.arguments]
    change = _change(file, prevention.tool)
    return [action(Phase.FAULT, title, "gate", "submit", tool=prevention.tool, arguments=arguments, change=change)]


def _stopped(file: ScenarioFile, prevention: StoppedBy) -> list[Activity]:
    """The guard rail is a live gate: the fault reaches a canary, which it walks up or takes back."""
    walk = action(
        Phase.FAULT,
        f"{prevention.tool} walks the canary",
        "canary",
        "walk",
        tool=prevention.tool,
        arguments=[*prevention.arguments],
        change=_change(file, prevention.tool),
        suffix=prevention.suffix,
        within_s=prevention.within,
    )
    return [walk]


def _change(file: ScenarioFile, tool: str) -> list[JsonValue]:
    """What the fault applies, which is all that a gate can be shown.

    Raises:
        UsageError: a step of it is no `objects.apply`.
    """
    change: list[JsonValue] = []
    for step in file.scenario.fault:
        if "manifest" not in step.arguments:
            raise UsageError(
                f"{file.name}: the gate `{tool}` is shown objects, and cannot be shown “{step.title}”.",
                "Write the fault with `objects.apply`, or declare `prevention=absorbs(...)`.",
            )
        change.append({name: step.arguments[name] for name in ("namespace", "manifest")})
    return change


def _watched(file: ScenarioFile, prevention: Watched) -> list[Activity]:
    """Well since the injection, and the fault's trace seen.

    Well is what `recovers` says, the service level; `healthy` is the narrower steady state of a quiet system. A guard
    rail that trades the harm for a smaller one says itself what it keeps.
    """
    well = probe(
        Phase.RECOVER,
        "well throughout",
        "watch",
        "throughout",
        names=named(file, "keeps" if prevention.keeps else "recovers"),
        for_s=prevention.lasts,
    )
    trace = probe(
        Phase.RECOVER,
        "the fault left its trace",
        "watch",
        "each_held",
        names=named(file, "trace"),
        within_s=prevention.lasts,
    )
    return [well, *([trace] if prevention.trace else [])]


def _told(alert: str, within_s: float) -> Activity:
    title = f"{alert} fires and is delivered"
    return probe(Phase.RECOVER, title, "alerts", "fires", alert=alert, to=None, within_s=within_s)


def _nobody_is_paged(file: ScenarioFile) -> Activity:
    """None of the alerts that page nobody behind this guard rail was delivered."""
    return probe(Phase.RECOVER, "nobody is paged", "alerts", "nothing_delivered", alerts=[*file.scenario.unpaged])
