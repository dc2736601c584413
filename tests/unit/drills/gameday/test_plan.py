"""plan.yaml: the example loads, and every mistake is told with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import UsageError
from drills.gameday.plan import BreakEntry, IncidentEntry, WindowEntry
from drills.gameday.reading import load_plan, survey_plan
from experiments.catalogue import Catalogue
from experiments.record.kinds import Mode

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[4]
EXAMPLE = ROOT / "drills" / "gameday" / "example.yaml"
NAMES = ["cache-stampede", "hpa-too-slow"]
HEAD = "title: A day\nteams: [Kestrel, Heron]\n"
GOOD = HEAD + "entries:\n  - incident: cache-stampede\n"


def test_the_example_loads_with_the_checkouts_scenarios() -> None:
    plan = load_plan(EXAMPLE, Catalogue.of_checkout(ROOT).names())
    kinds = [type(entry) for entry in plan.entries]
    assert kinds == [IncidentEntry, BreakEntry, IncidentEntry, BreakEntry, WindowEntry]
    assert (plan.teams, plan.limit, plan.seed) == (("Kestrel", "Heron"), 1200.0, 7)


def test_what_is_not_said_has_a_default() -> None:
    plan, problems = survey_plan(GOOD, "plan.yaml", NAMES)
    assert problems == []
    assert plan is not None
    assert (plan.mode, plan.limit, plan.stakeholders, plan.seed) == (Mode.GUIDED, 1800.0, True, None)
    assert (str(plan.address), plan.port) == ("127.0.0.1", 8700)


def test_a_window_reads_its_time_of_day_and_counts_its_incidents() -> None:
    text = HEAD + 'entries:\n  - window: {from: "14:05", length: 2h, incidents: [random, random]}\n'
    plan, problems = survey_plan(text, "plan.yaml", NAMES)
    assert problems == []
    assert plan is not None
    (entry,) = plan.entries
    assert isinstance(entry, WindowEntry)
    assert (entry.window.from_, entry.window.surprises, entry.window.length) == ((14, 5), 2, 7200.0)


WINDOW = HEAD + "entries:\n  - window:\n      "
BAD = {
    "not YAML": ("title: [", 1, "not YAML"),
    "empty": ("", 1, "`title:`"),
    "a list": ("- incident: random", 1, "`title:`"),
    "no title": (GOOD.replace("title: A day\n", ""), 1, "`title` is missing"),
    "a misspelt key": (GOOD.replace("teams", "taems"), 2, "did you mean `teams`"),
    "no teams": (GOOD.replace("[Kestrel, Heron]", "[]"), 2, "teams"),
    "one team twice": (GOOD.replace("Heron", "kestrel"), 2, "two teams"),
    "a team's name": (GOOD.replace("Heron", '"<b>"'), 2, "no team's name"),
    "a team called all": (GOOD.replace("Heron", "all"), 2, "already means something"),
    "a mode": (GOOD + "mode: secret\n", 5, "'guided' or 'blind'"),
    "an address": (GOOD + "address: everywhere\n", 5, "address"),
    "a port": (GOOD + "port: 80\n", 5, "1024"),
    "no entries": (HEAD, 1, "`entries` is a list"),
    "only breaks": (HEAD + "entries:\n  - break: 10m\n", 3, "nothing happens"),
    "an entry of nothing": (HEAD + "entries:\n  - level: 1\n", 4, "it has none"),
    "an entry that is a word": (HEAD + "entries:\n  - random\n", 4, "an entry has one of"),
    "two in one": (GOOD + "    break: 10m\n", 4, "incident and break at once"),
    "no duration": (GOOD + "  - break: soon\n", 5, "'soon' is not a duration"),
    "no length": (GOOD + "  - break: 0s\n", 5, "between 10s and 24h"),
    "an endless limit": (GOOD + "    limit: 9h\n", 5, "between 1m and 4h"),
    "an unknown scenario": (GOOD.replace("cache-stampede", "cache-stampde"), 4, "the nearest: cache-stampede"),
    "an unknown team": (GOOD + "    team: Falcon\n", 5, "names Kestrel, Heron"),
    "a level without chance": (GOOD + "    level: 1\n", 5, "only a random incident"),
    "a level of its own": (GOOD.replace("cache-stampede", "random") + "    level: evil\n", 5, "1, 2 or 3"),
    "a key of an entry": (GOOD + "    teem: Heron\n", 5, "did you mean `team`"),
    "a window without a length": (WINDOW + "incidents: [random]\n", 4, "window.length` is missing"),
    "a window that is too short": (WINDOW + "length: 30m\n      incidents: [random]\n", 5, "make the window longer"),
    "a window's key": (WINDOW + "length: 2h\n      incident: [random]\n", 6, "did you mean `incidents`"),
    "a bare time of day": (WINDOW + "from: 14:00\n      length: 2h\n      incidents: [random]\n", 5, "quotation marks"),
    "no time of day": (WINDOW + 'from: "25:00"\n      length: 2h\n      incidents: [random]\n', 5, "quotation marks"),
    "no surprise": (WINDOW + "length: 2h\n      count: 0\n      incidents: [random]\n", 6, "count"),
    "an unknown surprise": (WINDOW + "length: 2h\n      incidents:\n        - random\n        - cash\n", 8, "'cash'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(name: str) -> None:
    text, line, words = BAD[name]
    plan, problems = survey_plan(text, "plan.yaml", NAMES)
    assert plan is None
    assert any(one.line == line and words in one.message for one in problems), [str(one) for one in problems]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(HEAD + "prot: 9000\nentries:\n  - break: soon\n  - incident: random\n    limit: 9h\n")
    with pytest.raises(UsageError) as caught:
        load_plan(path, NAMES)
    assert [line.split(":")[1] for line in caught.value.happened.splitlines()] == ["3", "5", "7"]


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_plan(tmp_path / "plan.yaml", NAMES)
