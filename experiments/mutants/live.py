"""Mutants that have to be played: the fault, the load, a block, the guard rail, a rule or the oracle is taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Literal

import yaml

from experiments.actions import gate
from experiments.compile import timing
from experiments.model.alerts import Absorbs, StoppedBy
from experiments.model.scenario import Scenario
from experiments.mutants.naming import of
from experiments.mutants.nothing import NOTHING, harmless
from experiments.play import settle
from experiments.play.played import Played
from experiments.record.files import RunbookBlock, ScenarioFile
from experiments.record.kinds import Phase, RunKind, Verdict
from experiments.runbook import changing_blocks

LOAD, PROMETHEUS = "locust", "prometheus"
"""The workloads that offer the load and evaluate the rules, in the namespaces of the clients and of the monitoring."""


@dataclass(frozen=True)
class Live:
    """One change of what is played.

    Args:
        name: short, unique within the scenario: `left-out.fix.0`.
        kind: which run is played.
        must: the verdict it must end in.
        change: from what is played to what is played instead.
        decides: the phase at whose end it is decided.
        within_s: seconds after which that phase gives up at the latest.
        block: the block that was left out, `fix.0`: a scenario may excuse one.
    """

    name: str
    kind: RunKind
    must: Verdict
    change: Callable[[Played], Played]
    decides: Phase
    within_s: float
    block: str = ""
    how: ClassVar[Literal["live"]] = "live"

    @property
    def earliest(self) -> Phase:
        """The first phase whose checks can notice the break; what fails before it is something else's failure."""
        return Phase.RUNBOOK if self.block else self.decides


def live(file: ScenarioFile) -> list[Live]:
    """Every live mutant of a scenario, those first that are decided first."""
    scenario = file.scenario
    hold, first = scenario.baseline_hold, scenario.detects[0]
    incident, baseline = RunKind.INCIDENT, Phase.BASELINE
    made = [
        Live("prometheus-unreachable", incident, Verdict.LAB_ERROR, _no_oracle, baseline, settle.UNANSWERED_S),
        Live("fault-no-op", incident, Verdict.NO_EFFECT, _no_fault, Phase.BITES, scenario.onset),
        Live(
            f"out-of-reach.{first.alert}",
            incident,
            Verdict.NOT_DETECTED,
            partial(_out_of_reach, first.alert),
            Phase.DETECT,
            timing.delivery_within(first, file.rules, file.clock),
        ),
    ]
    if scenario.traffic:
        off = Verdict.BASELINE_FAILED
        made.append(Live("traffic-off", incident, off, _no_load, baseline, settle.WITHIN_S + hold))
    made += [_guard_rail(guarded, kind) for kind, guarded in scenario.guard_rails.items()]
    made += [_left_out(file, name, block) for name, block in changing_blocks(file.blocks).items()]
    return sorted(made, key=lambda mutant: list(Phase).index(mutant.decides))


def _guard_rail(scenario: Scenario, kind: RunKind) -> Live:
    """One guard rail is taken away, or shown what it has to let through."""
    must = Verdict.NOT_PREVENTED
    if isinstance(scenario.prevention, Absorbs):
        lasts = scenario.prevention.lasts
        return Live(of(kind, "no-guard-rail"), kind, must, _no_guard_rail, Phase.RECOVER, lasts)
    within = scenario.prevention.within if isinstance(scenario.prevention, StoppedBy) else gate.WITHIN_S
    return Live(of(kind, "harmless-change"), kind, must, _harmless_change, Phase.FAULT, within)


def _left_out(file: ScenarioFile, name: str, block: RunbookBlock) -> Live:
    mitigating = [one for one in file.blocks if one.kind == "mitigate"]
    early = block.kind == "mitigate" and bool(file.scenario.mitigated)
    decides = Phase.RUNBOOK if early and block in mitigating else Phase.RECOVER
    within = timing.recovered_within(file)
    change = partial(_without, block.index)
    return Live(f"left-out.{name}", RunKind.INCIDENT, Verdict.NOT_FIXED, change, decides, within, block=name)


def _no_fault(played: Played) -> Played:
    scenario = played.file.scenario.model_copy(update={"fault": (NOTHING,)})
    return replace(played, file=played.file.model_copy(update={"scenario": scenario}))


def _harmless_change(played: Played) -> Played:
    """A gate that refuses this one, too, refuses everything."""
    scenario = played.file.scenario
    step = harmless(scenario.namespaces[0])
    return replace(
        played, file=played.file.model_copy(update={"scenario": scenario.model_copy(update={"fault": (step,)})})
    )


def _no_load(played: Played) -> Played:
    return replace(played, asleep=(*played.asleep, f"{played.file.scenario.clients}/{LOAD}"))


def _no_oracle(played: Played) -> Played:
    return replace(played, asleep=(*played.asleep, f"{played.file.scenario.oracle}/{PROMETHEUS}"))


def _no_guard_rail(played: Played) -> Played:
    return replace(played, system="system")


def _without(index: int, played: Played) -> Played:
    """The block stays where it stands, so that what follows it is still asked; its script does nothing."""
    blocks = [
        block.model_copy(update={"script": "true\n", "expect": None}) if block.index == index else block
        for block in played.file.blocks
    ]
    return replace(played, file=played.file.model_copy(update={"blocks": blocks}))


def _out_of_reach(alert: str, played: Played) -> Played:
    """Prometheus loads the rule with a threshold that nothing reaches; its inputs and its health stay as they are."""
    document = yaml.safe_load(played.rules_yaml)
    for group in document["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") == alert:
                rule["expr"] = f"({rule['expr']}) and on () (vector(0) > 1)"
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000)
    return replace(played, rules_yaml=text)
