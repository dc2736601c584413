"""Image tags change with everything that goes into an image and with nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cluster.errors import BuildFailed
from cluster.images.build import in_order, with_parents
from cluster.images.spec import find
from cluster.images.tags import references

pytestmark = pytest.mark.unit

CATALOG = """
[modules.tool]
folder = "tool"
own = true
[modules.tool.programs]
tool = "."
"""


def image(root: Path, name: str, text: str = "") -> Path:
    folder = root / "cluster" / "images" / name
    folder.mkdir(parents=True)
    (folder / "image.toml").write_text(f'name = "{name}"\n{text}', encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "cluster" / "binaries").mkdir(parents=True)
    (tmp_path / "cluster" / "binaries" / "binaries.toml").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "main.go").write_text("package main\n", encoding="utf-8")
    image(tmp_path, "debian")
    image(tmp_path, "python", 'base = "debian"\n')
    image(tmp_path, "shop", 'base = "python"\nbinaries = ["tool"]\n')
    image(tmp_path, "pause")
    return tmp_path


def changed(root: Path, before: dict[str, str]) -> set[str]:
    return {name for name, full in references(root).items() if before[name] != full}


def test_the_same_files_elsewhere_have_the_same_tags(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "checkout"
    shutil.copytree(root, other)
    assert references(other) == references(root)


def test_a_parents_change_reaches_its_children_only(root: Path) -> None:
    before = references(root)
    (root / "cluster" / "images" / "python" / "Dockerfile").write_text("FROM scratch\nUSER 1\n", encoding="utf-8")
    assert changed(root, before) == {"firedrill/python", "firedrill/shop"}


def test_a_programs_source_changes_the_images_that_hold_it(root: Path) -> None:
    before = references(root)
    (root / "tool" / "main.go").write_text("package main // changed\n", encoding="utf-8")
    assert changed(root, before) == {"firedrill/shop"}


def test_a_file_that_becomes_executable_counts(root: Path) -> None:
    before = references(root)
    (root / "cluster" / "images" / "pause" / "Dockerfile").chmod(0o755)
    assert changed(root, before) == {"firedrill/pause"}


def test_bytecode_does_not_count(root: Path) -> None:
    before = references(root)
    (root / "cluster" / "images" / "shop" / "__pycache__").mkdir()
    (root / "cluster" / "images" / "shop" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert changed(root, before) == set()


def test_an_unknown_parent_is_named(root: Path) -> None:
    image(root, "lost", 'base = "nowhere"\n')
    with pytest.raises(BuildFailed, match="no image 'nowhere'"):
        references(root)


def test_parents_of_each_other_are_refused(root: Path) -> None:
    image(root, "hen", 'base = "egg"\n')
    image(root, "egg", 'base = "hen"\n')
    with pytest.raises(BuildFailed, match="each other's parents"):
        references(root)


def test_a_packs_image_counts(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    pack = tmp_path_factory.mktemp("pack")
    shutil.copytree(root / "cluster" / "images" / "pause", pack / "theirs" / "image")
    with pytest.raises(BuildFailed, match="both describe"):
        references(root, [pack])


def test_parents_come_first_and_those_that_wait_for_the_compiler_last(root: Path) -> None:
    image(root, "child", 'base = "shop"\n')
    image(root, "web", 'base = "python"\n')
    specs = find(root)
    order = in_order(specs, with_parents(specs, ["child", "web", "pause"]))
    assert sorted(order[:4]) == ["debian", "pause", "python", "web"] and order[4:] == ["shop", "child"]
    assert order.index("debian") < order.index("python") < order.index("web")
    assert in_order(specs, ["shop"]) == ["shop"]


def test_a_folder_of_the_checkout_counts_in_the_image_that_takes_it(root: Path) -> None:
    (root / "tools").mkdir()
    (root / "tools" / "save.py").write_text("pass\n", encoding="utf-8")
    image(root, "toolbox", 'base = "debian"\nfolders = ["tools"]\n')
    before = references(root)
    (root / "tools" / "save.py").write_text("save()\n", encoding="utf-8")
    assert changed(root, before) == {"firedrill/toolbox"}


def test_a_folder_that_is_not_there_is_named(root: Path) -> None:
    image(root, "toolbox", 'folders = ["tools"]\n')
    with pytest.raises(BuildFailed, match="the folder tools"):
        references(root)
