"""Never the wrong cluster, with a real second one: every command refuses it, ends with 2 and touches nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.guard import Handle
from cluster.lab import Lab
from tests.cluster.stranger import Stranger, container_of, firedrill, second_checkout, stranger

pytestmark = pytest.mark.nightly

COMMANDS = [["run", "cache-stampede"], ["heal"]]
REFUSED = 2


@pytest.fixture(scope="module")
def other(handle: Handle) -> Iterator[Stranger]:
    with stranger(handle) as made:
        yield made


@contextmanager
def replaced(lab: Lab, text: str) -> Iterator[None]:
    """The lab's kubeconfig with other content."""
    own = lab.kubeconfig.read_bytes()
    lab.kubeconfig.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        lab.kubeconfig.write_bytes(own)


def refused(lab: Lab, *touchable: Stranger) -> str:
    """What every command said; each ended with 2, and neither the lab nor the other cluster was touched."""
    before = [container_of(lab), *(other.objects() for other in touchable)]
    said = ""
    for words in COMMANDS:
        ended = firedrill(lab, *words)
        assert ended.exit_code == REFUSED, (words, ended.said)
        said += ended.said
    assert [container_of(lab), *(other.objects() for other in touchable)] == before
    return said


def state_of(other: Stranger, *, identity: str, kubeconfig: str) -> None:
    """The state folder that the lab of the other cluster's name has."""
    other.lab.identity.write_text(identity, encoding="utf-8")
    other.lab.kubeconfig.write_text(kubeconfig, encoding="utf-8")


def changed(file: Path, **cluster: Any) -> str:
    """A kubeconfig with fields of its cluster changed."""
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    whole["clusters"][0]["cluster"].update(cluster)
    return yaml.safe_dump(whole)


def test_a_cluster_recreated_by_hand_under_the_labs_name(other: Stranger) -> None:
    state_of(other, identity="of-yesterday", kubeconfig=other.kubeconfig.read_text(encoding="utf-8"))
    assert "does not say whose it is" in refused(other.lab, other)


def test_a_stale_state_folder(other: Stranger, lab: Lab) -> None:
    theirs = yaml.safe_load(lab.kubeconfig.read_text(encoding="utf-8"))["clusters"][0]["cluster"]
    authority = {"certificate-authority-data": theirs["certificate-authority-data"]}
    state_of(other, identity="of-yesterday", kubeconfig=changed(other.kubeconfig, **authority))
    assert "another certificate authority" in refused(other.lab, other)


def test_a_kubeconfig_replaced_by_another_clusters(other: Stranger, lab: Lab) -> None:
    with replaced(lab, other.kubeconfig.read_text(encoding="utf-8")):
        assert "points to port" in refused(lab, other)


def test_an_api_server_that_answers_but_not_on_loopback(other: Stranger, lab: Lab, handle: Handle) -> None:
    networks = handle.node(lab.control_plane).attrs["NetworkSettings"]["Networks"]
    address = f"https://{networks[lab.network]['IPAddress']}:6443"
    with replaced(lab, changed(lab.kubeconfig, server=address)):
        assert "not on this machine's loopback" in refused(lab, other)


def test_the_users_kubeconfig_and_its_contexts_are_never_read(other: Stranger, lab: Lab, tmp_path: Path) -> None:
    before = other.objects()
    users = tmp_path / "home" / ".kube" / "config"
    users.parent.mkdir(parents=True)
    shutil.copy(other.kubeconfig, users)
    environment = {"KUBECONFIG": str(users), "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(lab.cache.parent)}
    ended = firedrill(lab, "heal", environment=environment)
    assert ended.exit_code == 0, ended.said
    no_lab = Lab(f"{lab.name}-none", lab.root, lab.cache)
    ended = firedrill(no_lab, "heal", environment=environment)
    assert ended.exit_code == REFUSED and "this checkout has no lab" in ended.said
    assert other.objects() == before


@pytest.mark.parametrize("with_state", [False, True], ids=["of-the-name", "of-name-and-state"])
def test_another_checkout_with_a_copied_name(lab: Lab, tmp_path: Path, with_state: bool) -> None:
    copy = second_checkout(lab, tmp_path / "copy")
    if with_state:
        copy.state.mkdir(parents=True)
        for file in (lab.kubeconfig, lab.identity):
            shutil.copy(file, copy.state)
    before = container_of(lab)
    for words in (*COMMANDS, ["down"]):
        ended = firedrill(copy, *words)
        assert ended.exit_code == REFUSED, (words, ended.said)
    assert container_of(lab) == before
    assert firedrill(lab, "status").exit_code == 0
