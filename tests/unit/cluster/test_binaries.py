"""The programs' catalog: hashes, stamps, and that every module it names is pinned."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.binaries import build, catalog
from cluster.errors import BuildFailed

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]


def test_every_module_is_pinned_by_hash() -> None:
    for name, module in catalog.load(ROOT).modules.items():
        folder = ROOT / module.folder
        assert (folder / "go.mod").exists(), name
        assert module.own or (folder / "go.sum").exists(), name


def test_kubernetes_is_stamped_with_the_version_of_go_mod() -> None:
    module = catalog.load(ROOT).modules["kubernetes"]
    version = catalog.pinned_version(ROOT, module)
    assert f"-X k8s.io/component-base/version.gitVersion={version}" in module.ldflags(ROOT)
    assert f"-X k8s.io/component-base/version.gitMajor={version[1:].split('.')[0]}" in module.ldflags(ROOT)


def test_a_changed_sum_or_stamp_is_another_program(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module x\nrequire example.test/y v1.2.3\n", encoding="utf-8")
    (tmp_path / "go.sum").write_text("one\n", encoding="utf-8")
    plain = catalog.Module(folder=Path(), programs={"y": "example.test/y"})
    stamped = plain.model_copy(update={"versioned": "example.test/y", "stamp": {"v": "{version}"}})
    assert plain.key(tmp_path) != stamped.key(tmp_path)
    before = plain.key(tmp_path)
    (tmp_path / "go.sum").write_text("two\n", encoding="utf-8")
    assert plain.key(tmp_path) != before


def test_an_unknown_program_is_refused() -> None:
    with pytest.raises(BuildFailed, match="no program 'ghost'"):
        catalog.load(ROOT).module_of("ghost")


def test_executables_are_named_as_go_names_them() -> None:
    etcd = catalog.load(ROOT).modules["etcd"]
    assert build._executable(ROOT, etcd, "go.etcd.io/etcd/server/v3") == "server"
    pause = catalog.load(ROOT).modules["pause"]
    assert build._executable(ROOT, pause, ".") == "pause"
