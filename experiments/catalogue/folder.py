"""One scenario folder: its files as text and as what they mean, each read when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cluster.errors import BrokenScenario
from cluster.hashing import folder_digest
from experiments.catalogue.drill import level_of, split_drill
from experiments.catalogue.loading import survey_scenario
from experiments.model.alerts import RefusedBy
from experiments.model.scenario import Scenario
from experiments.record.files import AlertClock
from experiments.record.kinds import GUARD_RAILS, RunKind
from experiments.rules import ScaledRules, scale_rules
from experiments.runbook import Runbook, parse_runbook
from experiments.source.problem import refuse

FILES = ("README.md", "scenario.py", "RUNBOOK.md", "rules.yaml", "rules_test.yaml", "drill.md", "system", "guardrail")


@dataclass(frozen=True)
class ScenarioFolder:
    """A folder that may be a whole scenario or not yet: every property raises BrokenScenario for what it needs."""

    path: Path

    @property
    def name(self) -> str:
        """The scenario's name as it is typed: `cache-stampede` for the folder `cache_stampede`."""
        return self.path.name.replace("_", "-")

    @property
    def pack(self) -> Path:
        """The pack it stands in."""
        return self.path.parent

    def label(self, file: str) -> str:
        """How messages name one of its files: from its pack on, `scenarios/cache_stampede/rules.yaml`."""
        return f"{self.pack.name}/{self.path.name}/{file}"

    def text(self, file: str) -> str:
        """The text of one of its files.

        Raises:
            BrokenScenario: it is missing or no UTF-8 text.
        """
        try:
            return (self.path / file).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise BrokenScenario(f"{self.label(file)}:1: the file is missing", "write it") from error
        except UnicodeDecodeError as error:
            raise BrokenScenario(f"{self.label(file)}:1: the file is not UTF-8 text", "save it as UTF-8") from error

    @cached_property
    def scenario(self) -> Scenario:
        """The value `SCENARIO` of scenario.py."""
        self.text("scenario.py")
        scenario, problems = survey_scenario(self.path / "scenario.py", self.label("scenario.py"))
        refuse(problems)
        if scenario is None:
            raise BrokenScenario(f"{self.label('scenario.py')}:1: no SCENARIO", "assign one")
        return scenario

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The scenario's own namespaces."""
        return self.scenario.namespaces

    @property
    def rules_text(self) -> str:
        """rules.yaml, production values."""
        return self.text("rules.yaml")

    def scaled_rules(self, clock: AlertClock) -> ScaledRules:
        """rules.yaml as the lab loads it, for the lab's clocks."""
        return scale_rules(self.rules_text, self.scenario.time_scale, clock, self.label("rules.yaml"))

    @cached_property
    def runbook(self) -> Runbook:
        """RUNBOOK.md, parsed."""
        return parse_runbook(self.text("RUNBOOK.md"), self.label("RUNBOOK.md"))

    @property
    def story(self) -> str:
        """README.md."""
        return self.text("README.md")

    @property
    def drill(self) -> str:
        """drill.md below its front matter, its lines where they are in the file."""
        return split_drill(self.text("drill.md"), self.label("drill.md"))[1]

    @property
    def level(self) -> int:
        """How hard its drill is, 1 to 3: as drill.md says, or as `level_of` makes it out."""
        said, _, problems = split_drill(self.text("drill.md"), self.label("drill.md"))
        refuse(problems)
        return said.level or level_of(self.scenario, self.runbook)

    def system(self, kind: RunKind) -> str:
        """The folder that a run of that kind deploys: behind a guard rail the one that has it.

        A gate that brings none guards the system that breaks.
        """
        if kind not in GUARD_RAILS:
            return "system"
        part = GUARD_RAILS[kind].folder
        gate = isinstance(self.scenario.behind(kind).prevention, RefusedBy)
        return "system" if gate and not (self.path / part / "kustomization.yaml").is_file() else part

    @property
    def content_hash(self) -> str:
        """SHA-256 of all its files, names and contents."""
        return folder_digest(self.path)
