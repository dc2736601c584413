"""The whole experiment: steady state as hypothesis, the run's method, one rollback."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.compile.activities import Activity, action
from experiments.compile.conditions import of_group
from experiments.compile.method import method
from experiments.record.files import ScenarioFile
from experiments.record.kinds import Phase

Experiment = dict[str, JsonValue]


def compile_experiment(file: ScenarioFile, *, pack: str = "", run: str = "") -> Experiment:
    """Compile one run of a scenario.

    Args:
        file: what is played, with its kind, runbook blocks, rules and clock.
        pack: absolute folder of the pack the scenario comes from; empty for the catalogue.
        run: absolute run folder; empty where the run makes its own (an exported file).

    Returns:
        An experiment that `chaoslib.experiment.ensure_experiment_is_valid` accepts and `chaos run` plays where
        Firedrill is installed. Its configuration names the scenario; the control `experiments.control` deploys.

    Raises:
        UsageError: this kind of run cannot be compiled from this scenario; the message says why.
    """
    return {
        "title": f"{file.name} ({file.kind.value}): {file.scenario.title}",
        "description": f"Firedrill plays the {file.kind.value} run of {file.name}.",
        "tags": ["firedrill", file.name, file.kind.value],
        "configuration": {
            "firedrill_scenario": file.name,
            "firedrill_pack": pack,
            "firedrill_kind": file.kind.value,
            "firedrill_run": run,
        },
        "runtime": {"hypothesis": {"strategy": "default"}, "rollbacks": {"strategy": "always"}},
        "controls": [{"name": "firedrill", "provider": {"type": "python", "module": "experiments.control"}}],
        "steady-state-hypothesis": {"title": "healthy", "probes": list(_healthy(file))},
        "method": list(method(file)),
        "rollbacks": [action(Phase.UNDO, "heal the lab", "heal", "heal")],
    }


def _healthy(file: ScenarioFile) -> list[Activity]:
    return [
        {
            "type": "probe",
            "name": f"{name}: {condition.title}",
            "tolerance": True,
            "provider": {
                "type": "python",
                "module": "experiments.probes.conditions",
                "func": "holds",
                "arguments": {"name": name},
            },
        }
        for name, condition in of_group(file.scenario, "healthy").items()
    ]
