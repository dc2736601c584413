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


def test_the_pod_network_shares_its_modules_with_kubernetes() -> None:
    """What both are built from has one version, so that a bare machine compiles it once."""

    def pinned(folder: str) -> dict[str, str]:
        lines = (ROOT / folder / "go.mod").read_text(encoding="utf-8").splitlines()
        words = [line.removeprefix("require").split() for line in lines if "=>" not in line]
        return {line[0]: line[1] for line in words if len(line) > 1 and line[1].startswith("v")}

    network, kubernetes = pinned("cluster/network"), pinned("cluster/binaries/kubernetes")
    shared = network.keys() & kubernetes.keys()
    assert "k8s.io/client-go" in shared
    assert {name: network[name] for name in shared} == {name: kubernetes[name] for name in shared}
