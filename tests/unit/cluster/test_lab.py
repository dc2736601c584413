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
