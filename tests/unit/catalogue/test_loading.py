from pathlib import Path

import pytest

from cluster.errors import BrokenScenario
from experiments.catalogue import Catalogue

pytestmark = pytest.mark.unit

AT = "pack/queue_full/scenario.py"


def load(pack: Path) -> None:
    assert Catalogue([pack]).find("queue-full").scenario


BAD = [
    ("unknown field", 'silent=["ApiDown"]', 'silnt=["ApiDown"]',
     f"{AT}:20: Scenario.silnt: Extra inputs are not permitted"),
    ("missing field", '    silent=["ApiDown"],\n', "", f"{AT}:7: Scenario.silent: Field required"),
    ("wrong type", 'title="The queue fills"', "title=3", f"{AT}:8: Scenario.title: Input should be a valid string"),
    ("empty list", 'namespaces=["ticketing"]', "namespaces=[]",
     f"{AT}:10: Scenario.namespaces: Tuple should have at least 1 item after validation, not 0"),
    ("element of a list", 'holds("quick", "max(latency) < 1")', '"max(latency) < 1"',
     f"{AT}:14: Scenario.healthy.1: Input should be a valid dictionary or object to extract fields from"),
    ("nested value", "first=1", "first=0",
     f"{AT}:9: Source.first: Input should be greater than or equal to 1"),
    ("in a helper", "time_scale(60)", "time_scale(0.5)",
     f"{AT}:11: TimeScale.factor: Input should be greater than or equal to 1"),
    ("both lists", 'silent=["ApiDown"]', 'silent=["QueueFull"]',
     f"{AT}:7: Scenario: Value error, ['QueueFull'] cannot both fire and stay silent"),
    ("syntax", "SCENARIO = Scenario(", "SCENARIO = Scenario((", f"{AT}:7: not Python: '(' was never closed"),
    ("misspelt name", "fires(", "fire(", f"{AT}:19: NameError: name 'fire' is not defined"),
    ("import", "import Scenario, Source", "import Scenario, Sauce",
     f"{AT}:4: ImportError: cannot import name 'Sauce' from 'experiments.model.scenario'"),
    ("no module", "from experiments.model.timescale", "from experiments.model.timescales",
     f"{AT}:5: ModuleNotFoundError: No module named 'experiments.model.timescales'"),
    ("positional", 'fires("QueueFull")', "fires()",
     f"{AT}:19: TypeError: fires() missing 1 required positional argument: 'alert'"),
    ("exits", "SCENARIO = Scenario(", "import sys\nsys.exit(3)\nSCENARIO = Scenario(", f"{AT}:8: SystemExit: 3"),
    ("no SCENARIO", "SCENARIO = Scenario(", "SCENE = Scenario(",
     f"{AT}:1: has no SCENARIO; write `SCENARIO = Scenario(…)`"),
    ("another type", "SCENARIO = Scenario(", "SCENARIO = dict(",
     f"{AT}:1: SCENARIO is dict, not a Scenario; write `SCENARIO = Scenario(…)`"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_the_authors_mistake_has_its_line(pack: Path, old: str, new: str, message: str) -> None:
    file = pack / "queue_full" / "scenario.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(BrokenScenario) as raised:
        load(pack)
    assert any(line.startswith(message) for line in raised.value.happened.splitlines()), raised.value.happened


def test_neighbours_can_be_imported_and_are_forgotten(pack: Path) -> None:
    file = pack / "queue_full" / "scenario.py"
    (file.parent / "traffic.py").write_text('NAMESPACE = "support"\n')
    text = file.read_text().replace('["ticketing"]', "[NAMESPACE]")
    file.write_text(f"from .traffic import NAMESPACE\n{text}")
    assert Catalogue([pack]).find("queue-full").namespaces == ("support",)
    (file.parent / "traffic.py").write_text('NAMESPACE = "another"\n')
    assert Catalogue([pack]).find("queue-full").namespaces == ("another",)


def test_a_mistake_in_a_neighbour_says_where(pack: Path) -> None:
    file = pack / "queue_full" / "scenario.py"
    (file.parent / "traffic.py").write_text("\nx = (\n")
    file.write_text(f"from .traffic import x\n{file.read_text()}")
    with pytest.raises(BrokenScenario, match=r"scenario\.py:1: not Python: '\(' was never closed in .*traffic\.py:2"):
        load(pack)


def test_a_scenario_that_is_missing(pack: Path) -> None:
    (pack / "queue_full" / "scenario.py").unlink()
    with pytest.raises(BrokenScenario, match=r"scenario\.py:1: the file is missing"):
        load(pack)
