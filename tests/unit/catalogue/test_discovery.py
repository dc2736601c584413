from pathlib import Path

import pytest

from cluster.errors import BrokenScenario, UnknownScenario, UsageError
from experiments.catalogue import Catalogue
from experiments.record.kinds import RunKind, proved

pytestmark = pytest.mark.unit


def add(pack: Path, name: str) -> None:
    (pack / name).mkdir(parents=True)
    (pack / name / "README.md").write_text("")


@pytest.mark.parametrize("name", ["queue-full", "queue_full"])
def test_finds_by_either_spelling(pack: Path, name: str) -> None:
    folder = Catalogue([pack]).find(name)
    assert folder.name == "queue-full"
    assert folder.path == pack / "queue_full"
    assert folder.namespaces == ("ticketing",)


def test_every_folder_with_a_scenarios_file_is_one(pack: Path) -> None:
    for name in ("zz_first_steps", "_templates", ".hidden", "__pycache__"):
        add(pack, name)
    (pack / "notes").mkdir()
    (pack / "README.md").write_text("")
    assert Catalogue([pack]).names() == ["queue-full", "zz-first-steps"]


def test_an_unknown_name_says_the_nearest(pack: Path) -> None:
    add(pack, "cache_stampede")
    with pytest.raises(UnknownScenario, match=r"no scenario 'cache-stampde'; the nearest: cache-stampede"):
        Catalogue([pack]).find("cache-stampde")


def test_an_unknown_name_like_no_other(pack: Path) -> None:
    with pytest.raises(UnknownScenario) as raised:
        Catalogue([pack]).find("zzz")
    assert raised.value.happened == "there is no scenario 'zzz'"


def test_packs_add_up(pack: Path, tmp_path: Path) -> None:
    add(tmp_path / "other", "disk_full")
    assert Catalogue([pack, tmp_path / "other", pack]).names() == ["disk-full", "queue-full"]


def test_the_checkouts_own_pack(tmp_path: Path, pack: Path) -> None:
    add(tmp_path / "scenarios", "disk_full")
    assert Catalogue.of_checkout(tmp_path, [pack]).names() == ["disk-full", "queue-full"]


def test_one_name_in_two_packs(pack: Path, tmp_path: Path) -> None:
    add(tmp_path / "other", "queue_full")
    with pytest.raises(UsageError, match="two scenarios are called queue-full") as raised:
        Catalogue([pack, tmp_path / "other"])
    assert str(pack) in raised.value.happened
    assert str(tmp_path / "other") in raised.value.happened


def test_one_name_spelt_twice(pack: Path) -> None:
    add(pack, "queue-full")
    with pytest.raises(UsageError, match="two scenarios are called queue-full"):
        Catalogue([pack])


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        Catalogue([tmp_path / "none"])


def test_a_scenario_named_as_a_pack(pack: Path) -> None:
    with pytest.raises(UsageError, match="is a scenario, not a pack") as raised:
        Catalogue([pack / "queue_full"])
    assert f"--pack {pack}" in raised.value.next_step


def test_a_missing_file_is_named_when_it_is_needed(pack: Path) -> None:
    folder = Catalogue([pack]).find("queue-full")
    assert folder.story == "# Story\n"
    with pytest.raises(BrokenScenario, match=r"pack/queue_full/rules\.yaml:1: the file is missing"):
        assert folder.rules_text


def test_a_file_that_is_no_text(pack: Path) -> None:
    (pack / "queue_full" / "RUNBOOK.md").write_bytes(b"\xff\xfe")
    with pytest.raises(BrokenScenario, match=r"RUNBOOK\.md:1: the file is not UTF-8 text"):
        assert Catalogue([pack]).find("queue-full").runbook.blocks


def test_the_hash_is_of_names_and_contents(pack: Path) -> None:
    folder = Catalogue([pack]).find("queue-full")
    before = folder.content_hash
    (folder.path / "__pycache__").mkdir()
    (folder.path / "__pycache__" / "scenario.pyc").write_bytes(b"x")
    assert folder.content_hash == before
    (folder.path / "system").mkdir()
    (folder.path / "system" / "a.yaml").write_text("a")
    changed = folder.content_hash
    assert changed != before
    (folder.path / "system" / "a.yaml").rename(folder.path / "system" / "b.yaml")
    assert folder.content_hash not in (before, changed)


def test_loading_leaves_no_trace(pack: Path) -> None:
    before = set(pack.rglob("*"))
    assert Catalogue([pack]).find("queue-full").scenario.title == "The queue fills"
    assert set(pack.rglob("*")) == before


def test_the_smoke_subset_survives_a_broken_folder(pack: Path) -> None:
    add(pack, "broken")
    file = pack / "queue_full" / "scenario.py"
    assert Catalogue([pack]).cases() == [("broken", False, proved(1)), ("queue-full", False, proved(1))]
    file.write_text(file.read_text().replace("prevention=", "smoke=True,\n    prevention="))
    assert Catalogue([pack]).cases() == [("broken", False, proved(1)), ("queue-full", True, proved(1))]


def test_a_second_guard_rail_has_a_run_of_its_own(pack: Path) -> None:
    file = pack / "queue_full" / "scenario.py"
    file.write_text(file.read_text().replace("prevention=", "second_prevention=absorbs(),\n    prevention="))
    assert Catalogue([pack]).cases()[0].kinds[-2:] == (RunKind.PREVENTION, RunKind.SECOND_PREVENTION)
