"""From a scenario folder to what is played: one file that holds everything a run and its judge need."""

from __future__ import annotations

from pathlib import Path

from cluster.errors import BrokenScenario
from cluster.lab import Lab
from experiments.catalogue import Catalogue, ScenarioFolder
from experiments.check.prose import drill_problems
from experiments.compile.conditions import GROUPS, of_group
from experiments.compile.timing import expected_end
from experiments.drill.blind import run_name, without_runbooks
from experiments.drill.options import DrillOptions
from experiments.drill.standing import standing
from experiments.play.folder import new_folder, runs
from experiments.play.history import measured_end
from experiments.play.played import Configuration, Played
from experiments.play.versions import versions
from experiments.record.files import AlertClock, ScenarioFile
from experiments.record.kinds import GUARD_RAILS, Mode, RunKind
from experiments.source.problem import refuse
from experiments.source.python_fields import FieldLines
from fixtures.observability import CLOCK as LAB_CLOCK

CLOCK = AlertClock(
    scrape_s=LAB_CLOCK.scrape_s,
    evaluation_s=LAB_CLOCK.evaluation_s,
    group_wait_s=LAB_CLOCK.group_wait_s,
    group_interval_s=LAB_CLOCK.group_interval_s,
    discovery_s=LAB_CLOCK.discovery_s,
)
"""The clocks that bound an alert's way to the pager, as every run's monitoring has them."""


def load(lab: Lab, scenario: ScenarioFolder, kind: RunKind, drill: DrillOptions | None = None) -> Played:
    """Read a scenario folder and choose a run folder for it; nothing is written yet.

    Args:
        lab: the lab.
        scenario: the scenario's folder.
        kind: which run.
        drill: how a drill is played; None in every other run.

    Raises:
        BrokenScenario: a file of the folder is missing or wrong; of a drill, drill.md too.
    """
    file = scenario_file(scenario, kind, runs(lab))
    _refuse_unknown_alerts(scenario, file)
    if drill:
        refuse(drill_problems(scenario.drill, scenario.label("drill.md")))
    folder = new_folder(lab, run_name(scenario.name, drill), kind)
    rules = scenario.scaled_rules(CLOCK).text
    drilled = {"drill": drill, "scenario": standing(file.scenario, drill)} if drill else {}
    known = {"run_id": folder.path.name, "versions": versions(lab.root, scenario.pack)}
    return Played(
        file=file.model_copy(update={**known, **drilled}),
        source=scenario.path,
        folder=folder,
        rules_yaml=without_runbooks(rules) if drill and drill.mode is Mode.BLIND else rules,
        rights=scenario.runbook.front_matter,
        system=scenario.system(kind),
    )


def _refuse_unknown_alerts(scenario: ScenarioFolder, file: ScenarioFile) -> None:
    known = {rule.name for rule in file.rules}
    named = [*(("detects", one.alert) for one in file.scenario.detects), *(("silent", n) for n in file.scenario.silent)]
    for field, alert in named:
        if alert not in known:
            label = scenario.label("scenario.py")
            raise BrokenScenario(f"{label}:1: {field}: rules.yaml has no alert {alert}", f"firedrill check {file.name}")


def load_from(lab: Lab, configuration: Configuration) -> Played:
    """The same for an exported experiment, from its configuration.

    Raises:
        UnknownScenario: the catalogue and the pack have no such scenario any more.
        BrokenScenario: a file of the folder is missing or wrong.
    """
    packs = [Path(str(pack)) for pack in [configuration.get("firedrill_pack")] if pack]
    scenario = Catalogue.of_checkout(lab.root, packs).find(str(configuration["firedrill_scenario"]))
    return load(lab, scenario, RunKind(str(configuration["firedrill_kind"])))


def scenario_file(scenario: ScenarioFolder, kind: RunKind, recorded: Path) -> ScenarioFile:
    """What is played, without a run's id and without what plays it.

    Args:
        scenario: the folder.
        kind: which run.
        recorded: the folder of all runs, where an earlier incident may have measured how long the runbook takes.

    Raises:
        BrokenScenario: a file of the folder is missing or wrong.
        UsageError: the run is of a guard rail that there is not.
    """
    file = ScenarioFile(
        name=scenario.name,
        kind=kind,
        run_id="",
        folder=f"{scenario.pack.name}/{scenario.path.name}",
        content_hash=scenario.content_hash,
        scenario=scenario.scenario.behind(kind),
        story=scenario.story,
        runbook=scenario.runbook.text,
        blocks=scenario.runbook.blocks,
        rules=scenario.scaled_rules(CLOCK).rules,
        clock=CLOCK,
        versions={},
        lines=_lines(scenario, kind),
        expected_end_s=measured_end(recorded, scenario.name, scenario.content_hash),
    )
    return file.model_copy(update={"expected_end_s": expected_end(file)})


def _lines(scenario: ScenarioFolder, kind: RunKind) -> dict[str, int]:
    """The lines of scenario.py in which conditions, the fault's steps and the run's prevention are written."""
    fields = FieldLines.of_scenario(scenario.text("scenario.py"))
    guarded = GUARD_RAILS.get(kind, GUARD_RAILS[RunKind.PREVENTION])
    found = {"prevention": fields.line([guarded.field])}
    for group in GROUPS:
        for name in of_group(scenario.scenario.behind(kind), group):
            number = int(name.rpartition(".")[2])
            found[name] = found["prevention"] if group in ("trace", "keeps") else fields.line([group, number])
    for number in range(len(scenario.scenario.fault)):
        found[f"fault.{number}"] = fields.line(["fault", number])
    return found
