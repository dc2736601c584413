"""Two checkouts never share a name's things; a bad name is refused before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import UsageError
from cluster.lab import Lab

pytestmark = pytest.mark.unit


def test_the_name_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIREDRILL_NAME", "blue")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lab = Lab.of_checkout(tmp_path)
    assert (lab.control_plane, lab.network) == ("blue-control-plane", "firedrill-blue")
    assert lab.kubeconfig == tmp_path / ".firedrill" / "blue" / "kubeconfig"
    assert lab.cache == tmp_path / "cache" / "firedrill"


def test_the_default_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIREDRILL_NAME", raising=False)
    assert Lab.of_checkout().name == "firedrill"


@pytest.mark.parametrize("name", ["Blue", "-x", "x-", "a b", "1x", "x" * 40, "../x"])
def test_names_that_docker_or_kind_refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("FIREDRILL_NAME", name)
    with pytest.raises(UsageError, match="cannot name a cluster"):
        Lab.of_checkout()


def test_a_victim_stands_in_the_labs_network_with_everything_else_of_its_own(tmp_path: Path) -> None:
    lab = Lab("blue", tmp_path, tmp_path / "cache")
    victim = lab.victim()
    assert (victim.name, victim.network, victim.binaries) == ("blue-victim", lab.network, lab.binaries)
    assert victim.state.is_relative_to(lab.state)
    assert not {victim.kubeconfig, victim.identity} & {lab.kubeconfig, lab.identity}
    assert lab.labels.items() < victim.labels.items()  # a sweep of the lab finds what is the victim's


def test_no_lab_has_a_victims_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREDRILL_NAME", "blue-victim")
    with pytest.raises(UsageError, match="throw-away"):
        Lab.of_checkout()
