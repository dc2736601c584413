"""The parts that the methods are made of; each is a list of activities of one phase."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.compile import activities, timing
from experiments.compile.activities import Activity, action, probe
from experiments.compile.conditions import Group, of_group, steady
from experiments.drill.options import DrillOptions
from experiments.model.alerts import Fires
from experiments.record.files import RunbookBlock, ScenarioFile
from experiments.record.kinds import Phase


def named(file: ScenarioFile, *groups: Group) -> list[JsonValue]:
    """The names of all conditions of these groups."""
    return [name for group in groups for name in of_group(file.scenario, group)]


def baseline(file: ScenarioFile) -> list[Activity]:
    """The steady state is watched, and everything the verdict will rest on is shown to be measurable."""
    scenario = file.scenario
    alerts: list[JsonValue] = [*(f.alert for f in scenario.detects), *scenario.silent]
    phase = Phase.BASELINE
    held = probe(
        phase,
        "healthy throughout",
        "watch",
        "has_held",
        names=named(file, *steady(scenario, file.kind)),
        for_s=scenario.baseline_hold,
    )
    sent = probe(phase, "the load that is offered is sent", "baseline", "load_is_sent")
    return [
        held,
        probe(phase, "every rule has inputs and evaluates", "baseline", "rules_are_fed", alerts=alerts),
        probe(phase, "no alert of the scenario is active", "alerts", "inactive", alerts=alerts),
        probe(phase, "no harm yet", "watch", "none_holds", names=named(file, "bites", "proof")),
        probe(phase, "the pager hears the Watchdog", "baseline", "watchdog_arrived"),
        *([sent] if scenario.traffic else []),
    ]


def fault(file: ScenarioFile) -> list[Activity]:
    """The fault's steps; the last one marks the injection."""
    steps = file.scenario.fault
    return [activities.fault(step, last=step is steps[-1]) for step in steps]


def bites(file: ScenarioFile) -> list[Activity]:
    """Harm and the trace that only the real fault leaves, each at some moment within the onset.

    By then the lab has run for as long as a rule's offset looks back, so that its past can be shown to exist.
    """
    held = probe(
        Phase.BITES,
        "the fault bites, and leaves its trace",
        "watch",
        "each_held",
        names=named(file, "bites", "proof"),
        within_s=file.scenario.onset,
    )
    alerts: list[JsonValue] = [f.alert for f in file.scenario.detects]
    back = probe(Phase.BITES, "every rule's past is there", "baseline", "rules_reach_back", alerts=alerts)
    return [held, back]


def detects(file: ScenarioFile) -> list[Activity]:
    """Each alert fires and is delivered; one that is held back fires long enough to have been."""
    return [_detects(file, fires) for fires in file.scenario.detects]


def _detects(file: ScenarioFile, fires: Fires) -> Activity:
    within_s = timing.delivery_within(fires, file.rules, file.clock)
    if fires.alert in file.scenario.held_back:
        title, for_s = f"{fires.alert} fires and is held back", timing.sure_to_be_sent(file.clock)
        return probe(Phase.DETECT, title, "alerts", "held_back", alert=fires.alert, for_s=for_s, within_s=within_s)
    title = f"{fires.alert} fires and is delivered"
    return probe(Phase.DETECT, title, "alerts", "fires", alert=fires.alert, to=fires.to, within_s=within_s)


def _block(block: RunbookBlock) -> Activity:
    title = f"{block.kind}: RUNBOOK.md:{block.line} ({block.section})"
    phase = Phase.RECOVER if block.kind == "verify" else Phase.RUNBOOK
    return action(phase, title, "runbook", "run_block", index=block.index)


def runbook(file: ScenarioFile) -> list[Activity]:
    """The runbook's blocks but `verify`, in order; after the last `mitigate` the mitigation is checked."""
    blocks = [block for block in file.blocks if block.kind != "verify"]
    mitigating = [block for block in blocks if block.kind == "mitigate"]
    mitigated = probe(
        Phase.RUNBOOK,
        "mitigated",
        "watch",
        "all_hold",
        names=named(file, "mitigated"),
        within_s=timing.recovered_within(file),
    )
    made = []
    for block in blocks:
        made.append(_block(block))
        if mitigating and block is mitigating[-1] and file.scenario.mitigated:
            made.append(mitigated)
    return made


def diagnose(file: ScenarioFile) -> list[Activity]:
    """The diagnose blocks alone, where nothing is wrong."""
    return [_block(block) for block in file.blocks if block.kind == "diagnose"]


def recovers(file: ScenarioFile) -> list[Activity]:
    """Recovery holds, the verify blocks agree, the alerts resolve at the pager, and the harm's next moment passes."""
    scenario = file.scenario
    names = named(file, "recovers")
    alerts: list[JsonValue] = [f.alert for f in scenario.detects]
    return [
        probe(
            Phase.RECOVER,
            "recovered",
            "recovery",
            "recovered",
            names=names,
            hold_s=scenario.recovery_hold,
            within_s=timing.recovered_within(file),
        ),
        *(_block(block) for block in file.blocks if block.kind == "verify"),
        probe(
            Phase.RECOVER,
            "the alerts resolve and are delivered as resolved",
            "alerts",
            "resolved",
            alerts=alerts,
            within_s=timing.resolved_within(file),
        ),
        probe(
            Phase.RECOVER,
            "recovery outlasts the next moment of harm",
            "recovery",
            "outlasts",
            names=names,
            recurs_s=scenario.recurs or 0.0,
            hold_s=scenario.recovery_hold,
        ),
    ]


def invariants(file: ScenarioFile) -> list[Activity]:
    """What must be true at the end, whatever happened."""
    names = named(file, "invariants")
    if not names:
        return []
    return [probe(Phase.RECOVER, "invariants", "watch", "all_hold", names=names, within_s=timing.SLACK_S)]


def steady_again(file: ScenarioFile) -> list[Activity]:
    """The system comes back to its steady state before the hypothesis is asked a second time.

    Probes of the hypothesis answer at once, and `healthy` is tight: a second in which the last runbook block took the
    host's attention would call the whole experiment deviated.
    """
    names = named(file, "healthy")
    return [probe(Phase.RECOVER, "steady again", "watch", "all_hold", names=names, within_s=timing.SLACK_S)]


def quiet(options: DrillOptions) -> list[Activity]:
    """Nothing happens for a while: who knew when the fault comes would look for what changed at that moment."""
    return [action(Phase.BASELINE, "a random wait", "drill", "wait", for_s=options.waits)]


def trainee(options: DrillOptions) -> list[Activity]:
    """From the injection to the end of the drill.

    One activity, since whoever is paged early works while the harm is still coming: it enters the phases itself.
    """
    return [action(Phase.BITES, "the trainee works", "drill", "trainee_works", limit_s=options.limit_s)]


def same_time(file: ScenarioFile) -> list[Activity]:
    """As long as the incident takes from injection, without the fault; no alert of the scenario may become active."""
    scenario = file.scenario
    alerts: list[JsonValue] = [*(f.alert for f in scenario.detects), *scenario.silent]
    lasts = timing.expected_end(file) + max(scenario.recurs or 0.0, scenario.recovery_hold)
    return [
        probe(
            Phase.RECOVER,
            "the incident's time passes without the fault",
            "alerts",
            "stay_inactive",
            alerts=alerts,
            for_s=lasts,
        )
    ]


def harm_without_fix(file: ScenarioFile) -> list[Activity]:
    """Nobody acts: the harm persists or returns after the runbook would have ended.

    A scenario whose harm ends by itself has to be ill for at least twice as long as with its runbook.
    """
    scenario = file.scenario
    factor = 2.0 if scenario.ends_by_itself else 1.0
    return [
        probe(
            Phase.RECOVER,
            "the harm persists or returns without the runbook",
            "recovery",
            "harm_after",
            harm=named(file, "bites"),
            health=named(file, "recovers"),
            after_s=factor * timing.expected_end(file),
            within_s=(scenario.recurs or 0.0) + timing.SLACK_S,
        )
    ]
