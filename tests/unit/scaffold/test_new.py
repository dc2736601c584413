from pathlib import Path

import pytest

from cluster.errors import UsageError
from experiments.catalogue import Catalogue
from experiments.catalogue.folder import FILES
from experiments.check.prose import todo_problems
from experiments.record.files import AlertClock
from experiments.scaffold import new

pytestmark = pytest.mark.unit

CLOCK = AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5)


def test_a_new_folder_has_every_file_and_parses(tmp_path: Path) -> None:
    assert new("disk-full", tmp_path / "pack") == tmp_path / "pack" / "disk_full"
    folder = Catalogue([tmp_path / "pack"]).find("disk-full")
    assert [file for file in FILES if not (folder.path / file).exists()] == []
    assert folder.namespaces == ("disk-full",)
    assert {block.kind for block in folder.runbook.blocks} == {"diagnose", "fix", "verify"}
    assert [rule.name for rule in folder.scaled_rules(CLOCK).rules] == ["DiskFull", "DiskFullApiDown"]


def test_every_file_says_what_is_left(tmp_path: Path) -> None:
    new("disk_full", tmp_path)
    folder = Catalogue([tmp_path]).find("disk-full")
    unfinished = {problem.file for problem in todo_problems(folder)}
    files = {folder.label(p.relative_to(folder.path).as_posix()) for p in folder.path.rglob("*") if p.is_file()}
    assert unfinished == files


def test_its_bases_are_where_it_says(tmp_path: Path) -> None:
    system = new("disk-full", tmp_path) / "system"
    bases = [
        line.removeprefix("  - ") for line in (system / "kustomization.yaml").read_text().splitlines() if "../" in line
    ]
    assert [base for base in bases if not (system / base / "kustomization.yaml").is_file()] == []
    assert len(bases) == 3


@pytest.mark.parametrize("name", ["Disk", "disk full", "../etc", "", "-disk", "disk--full", "9lives", "a" * 53])
def test_no_name_for_a_scenario(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a scenario"):
        new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "disk_full").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        new("disk-full", tmp_path)
    assert list((tmp_path / "disk_full").iterdir()) == []
