from pathlib import Path

import pytest

SCENARIO = """\
from experiments.model.actions import Step
from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale

SCENARIO = Scenario(
    title="The queue fills",
    sources=[Source(document="a.txt", first=1, last=9)],
    namespaces=["ticketing"],
    time_scale=time_scale(60),
    healthy=[
        holds("up", "sum(up) == 1"),
        holds("quick", "max(latency) < 1"),
    ],
    fault=[Step(title="stop", module="m", function="f", arguments={})],
    bites=[holds("down", "sum(up) == 0")],
    proof=[holds("stopped", "max(stopped) == 1")],
    detects=[fires("QueueFull")],
    silent=["ApiDown"],
    recovers=[holds("up", "sum(up) == 1")],
    prevention=absorbs(),
)
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with one scenario, `queue_full`, of which only scenario.py and README.md exist."""
    folder = tmp_path / "pack" / "queue_full"
    folder.mkdir(parents=True)
    (folder / "scenario.py").write_text(SCENARIO)
    (folder / "README.md").write_text("# Story\n")
    return folder.parent
