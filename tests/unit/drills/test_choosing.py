"""Which scenario is played: by name, or by chance among those of a level; and durations as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import BrokenScenario, UnknownScenario, UsageError
from experiments.catalogue import Catalogue
from experiments.catalogue.drill import split_drill
from experiments.check.prose import drill_problems
from experiments.scaffold import new
from firedrill.choosing import choose, duration

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def scenarios(tmp_path: Path) -> Catalogue:
    for name, level in (("one", 1), ("two", 2), ("other-two", 2), ("unsaid", None)):
        drill = new(name, tmp_path) / "drill.md"
        if level is not None:
            drill.write_text(f"---\nlevel: {level}\n---\n" + drill.read_text())
    return Catalogue([tmp_path])


def test_a_name_is_a_name(scenarios: Catalogue) -> None:
    assert choose(scenarios, "other_two", None, 1).name == "other-two"
    with pytest.raises(UnknownScenario, match="nearest: other-two"):
        choose(scenarios, "other-too", None, 1)


def test_chance_keeps_to_the_level_and_to_the_seed(scenarios: Catalogue) -> None:
    chosen = [choose(scenarios, "random", 2, seed).name for seed in range(30)]
    assert set(chosen) == {"two", "other-two"}
    assert chosen == [choose(scenarios, "random", 2, seed).name for seed in range(30)]
    assert {choose(scenarios, "random", None, seed).name for seed in range(60)} == set(scenarios.names())


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        ("two", 2, "firedrill play random --level 2"),
        ("random", 4, "no level 4"),
        ("random", 3, "no scenario of level 3"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(scenarios: Catalogue, name: str, level: int, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        choose(scenarios, name, level, 1)
    assert refused.value.exit_code == 2


def test_a_level_stands_above_the_text_or_follows_from_the_scenario(scenarios: Catalogue) -> None:
    assert {folder.name: folder.level for folder in scenarios.folders()} == {
        "one": 1, "two": 2, "other-two": 2, "unsaid": 1,
    }  # fmt: skip
    levels = {folder.name: folder.level for folder in Catalogue.of_checkout(ROOT).folders()}
    assert set(levels.values()) == {1, 2, 3}
    assert (levels["regex-cpu-exhaustion"], levels["cache-stampede"], levels["etcd-quota-nospace"]) == (1, 2, 3)


def test_front_matter_is_no_part_of_the_text(scenarios: Catalogue) -> None:
    text = scenarios.find("two").text("drill.md")
    _, body, problems = split_drill(text, "drill.md")
    assert problems == [] and "level" not in body and len(body.splitlines()) == len(text.splitlines())
    assert drill_problems(text, "drill.md") == drill_problems(body, "drill.md")


@pytest.mark.parametrize("level", ["4", "hard", "[1]"])
def test_a_level_that_is_none_is_the_authors_mistake(scenarios: Catalogue, level: str) -> None:
    folder = scenarios.find("one")
    path = folder.path / "drill.md"
    path.write_text(path.read_text().replace("level: 1", f"level: {level}"))
    assert any("level" in one.message and one.line == 2 for one in drill_problems(folder.text("drill.md"), "drill.md"))
    with pytest.raises(BrokenScenario, match=r"drill\.md:2: level"):
        _ = folder.level
    assert {choose(scenarios, "random", None, seed).name for seed in range(60)} == {"two", "other-two", "unsaid"}


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("1h30m", 5400), ("90s", 90), (" 2h ", 7200), ("1m", 60)])
def test_durations(text: str, seconds: float) -> None:
    assert duration(text, "--limit") == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "half an hour", "-5m", "1d", "5m3h", "30s", "12h", "1.5h"])
def test_what_is_no_duration_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(UsageError, match="--limit") as refused:
        duration(text, "--limit")
    assert refused.value.exit_code == 2 and "m" in refused.value.next_step
