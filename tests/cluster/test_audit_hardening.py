"""audit-hardening against a real namespace: it names all that is open there, and nothing that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.guard import Handle
from cluster.lab import Lab
from tests.cluster.audited import ENFORCE, KINDS, hardened, weak
from tests.cluster.console import tool
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.cluster

EVERYWHERE = ("limits", "metadata-egress", "service-account", "account-token")
RULES = """\
groups:
  - name: etcd
    rules:
      - alert: EtcdNearlyFull
        expr: etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes > 0.7
"""
EVIDENCE = """\
backups:
  - {of: StatefulSet/hardened, restored: 2025-05-02, report: restore.json}
load-tests:
  - {of: StatefulSet/hardened, done: 2025-05-10, expected-peak: 400, passed-at: 1000, report: load.html}
"""

Seen = set[tuple[str, str]]
"""Checks, and the objects that they are about."""


@pytest.fixture(scope="module")
def strict(handle: Handle) -> Iterator[Workshop]:
    """A namespace that enforces `restricted`, with two hardened pods that are ready in it nevertheless."""
    with workshop(handle, "audit-strict") as room:
        handle.kubectl("label", "namespace", room.namespace, f"{ENFORCE}=restricted")
        room.apply(*hardened(room))
        eventually(lambda: room.get("statefulset", "hardened")["status"].get("readyReplicas") == 2)
        yield room


@pytest.fixture(scope="module")
def mixed(handle: Handle) -> Iterator[Workshop]:
    """A namespace that enforces nothing, with a hardened workload and two weak ones."""
    with workshop(handle, "audit-mixed") as room:
        room.apply(*hardened(room), *weak(room))
        eventually(lambda: owners(room) == {"ReplicaSet", "StatefulSet"})
        yield room


@pytest.fixture
def proven(tmp_path: Path) -> list[str]:
    """What is said of the hardened workload that no cluster can tell."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "proven.yaml").write_text(EVIDENCE, encoding="utf-8")
    (tmp_path / "restore.json").write_text('{"wrong": []}', encoding="utf-8")
    (tmp_path / "load.html").write_text("<p>passed</p>", encoding="utf-8")
    files = ["--rules", str(tmp_path / "rules.yaml"), "--evidence", str(tmp_path / "proven.yaml")]
    return [*files, "--as-of", "2025-05-20"]


def test_a_hardened_namespace_passes(lab: Lab, strict: Workshop, proven: list[str], tmp_path: Path) -> None:
    ended = tool(lab, tmp_path, "audit-hardening", "--live", "--namespace", strict.namespace, *proven, "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = json.loads(ended.stdout)
    assert said["hardened"] is True
    assert [one["status"] for one in said["findings"]] == ["ok"] * 9


def test_what_is_weak_is_named_and_what_is_hardened_is_not(
    lab: Lab, mixed: Workshop, proven: list[str], tmp_path: Path
) -> None:
    ended = tool(lab, tmp_path, "audit-hardening", "--live", "--namespace", mixed.namespace, *proven, "--json")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    said = json.loads(ended.stdout)
    assert said["hardened"] is False
    of_the_namespace = {("pod-security", "Namespace audit-mixed")}
    of_state = {("disruption-budget", "StatefulSet audit-mixed/weak")}
    assert seen(said, "open") == of_the_namespace | of_state | of_the_weak(*EVERYWHERE)
    assert seen(said, "unknown") == {("backup-tested", "StatefulSet audit-mixed/weak")} | of_the_weak("load-tested")
    assert {one["place"] for one in said["findings"] if one["status"] == "open"} == {"cluster"}


def test_bindings_that_may_not_be_read_are_unknown_and_not_absent(
    lab: Lab, mixed: Workshop, proven: list[str], tmp_path: Path
) -> None:
    asked = ["--live", "--namespace", mixed.namespace, "--kubeconfig", str(auditor(mixed, tmp_path))]
    ended = tool(lab, tmp_path, "audit-hardening", *asked, *proven, "--json")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    said = json.loads(ended.stdout)
    assert of_the_weak("account-token") <= seen(said, "unknown")
    assert "account-token" not in {check for check, _ in seen(said, "open")}
    assert of_the_weak("limits") <= seen(said, "open")


def test_a_namespace_that_is_not_there(lab: Lab, tmp_path: Path) -> None:
    ended = tool(lab, tmp_path, "audit-hardening", "--live", "--namespace", "audit-nowhere", "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert 'namespaces "audit-nowhere" not found' in ended.stderr


def seen(said: dict[str, Any], status: str) -> Seen:
    """The findings of a status; a container's count as its workload's."""
    return {(one["check"], one["object"].split(",")[0]) for one in said["findings"] if one["status"] == status}


def of_the_weak(*checks: str) -> Seen:
    """These checks about both weak workloads."""
    return {(check, f"{kind} audit-mixed/weak") for check in checks for kind in KINDS}


def owners(room: Workshop) -> set[str]:
    """What has made the weak pods."""
    pods = json.loads(room.kubectl("get", "pods", "-l", "app=weak", "-o", "json"))["items"]
    return {owner["kind"] for one in pods for owner in one["metadata"]["ownerReferences"]}


def auditor(room: Workshop, folder: Path) -> Path:
    """The kubeconfig of an account that may read all of its namespace, and nothing of the cluster's."""
    room.kubectl("create", "serviceaccount", "auditor")
    subject = f"--serviceaccount={room.namespace}:auditor"
    room.kubectl("create", "rolebinding", "auditor", "--clusterrole=admin", subject)
    config = yaml.safe_load(room.handle.lab.kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"] = {"token": room.kubectl("create", "token", "auditor")}
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file
