"""A kubeconfig that points anywhere but to this machine's loopback is refused."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.errors import NotOurLab
from cluster.guard_kubeconfig import read_access

pytestmark = pytest.mark.unit

AUTHORITY = b"-----BEGIN CERTIFICATE-----\n"


def kubeconfig(folder: Path, **cluster: Any) -> Path:
    """A kubeconfig of one cluster on loopback, with changes; a change to None takes a field away."""
    entry = {
        "server": "https://127.0.0.1:40123",
        "certificate-authority-data": base64.b64encode(AUTHORITY).decode(),
        **cluster,
    }
    kept = {key: value for key, value in entry.items() if value is not None}
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump({"clusters": [{"name": "kind-lab", "cluster": kept}]}), encoding="utf-8")
    return file


def test_loopback_with_its_own_authority_is_read(tmp_path: Path) -> None:
    access = read_access(kubeconfig(tmp_path))
    assert (access.port, access.authority) == (40123, AUTHORITY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"server": "https://192.0.2.7:6443"}, "not on this machine's loopback"),
        ({"server": "http://127.0.0.1:6443"}, "not on this machine's loopback"),
        ({"server": "https://127.0.0.1"}, "not on this machine's loopback"),
        ({"server": "https://cluster.example:6443"}, "not the kubeconfig of one cluster"),
        ({"server": None}, "not the kubeconfig of one cluster"),
        ({"insecure-skip-tls-verify": True}, "weakens"),
        ({"proxy-url": "http://127.0.0.1:3128"}, "weakens"),
        ({"tls-server-name": "other"}, "weakens"),
        ({"certificate-authority-data": None}, "no certificate authority"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(NotOurLab, match=said):
        read_access(kubeconfig(tmp_path, **change))


def test_several_clusters_are_refused(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path)
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    whole["clusters"] *= 2
    file.write_text(yaml.safe_dump(whole), encoding="utf-8")
    with pytest.raises(NotOurLab, match="one cluster"):
        read_access(file)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NotOurLab, match="make up"):
        read_access(tmp_path / "kubeconfig")
