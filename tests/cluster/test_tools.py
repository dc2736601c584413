"""The stand-alone tools against a real cluster, started as somebody else's CI starts them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from tests.cluster.console import tool
from tests.cluster.small_prometheus import prometheus
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.nightly

WIDGETS: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.org"},
    "spec": {
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [
            {
                "name": name,
                "served": True,
                "storage": name == "v1",
                "deprecated": name != "v1",
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
            for name in ("v1alpha1", "v1")
        ],
    },
}
WIDGET = {"apiVersion": "example.org/v1alpha1", "kind": "Widget", "metadata": {"name": "old"}}
REMOVALS = '- {api: example.org/v1alpha1, kinds: [Widget], removed: "1.30", use: example.org/v1}\n'


@pytest.fixture(scope="module")
def room(handle: Handle) -> Iterator[Workshop]:
    with workshop(handle, "tools-test") as opened:
        yield opened


def test_a_written_version_is_found_though_get_shows_the_newest(lab: Lab, room: Workshop, tmp_path: Path) -> None:
    target = ("--live", "--target", "1.36")
    room.handle.kubectl("apply", "-f", "-", stdin=json.dumps(WIDGETS))
    try:
        room.handle.kubectl("wait", "--for=condition=Established", "crd/widgets.example.org", "--timeout=30s")
        room.apply(WIDGET)
        assert room.get("widgets.v1.example.org", "old")["apiVersion"] == "example.org/v1"
        removals = tmp_path / "removals.yaml"
        removals.write_text(REMOVALS, encoding="utf-8")
        found = tool(lab, tmp_path, "scan-deprecated-apis", *target, "--also", str(removals), "--json")
        assert found.returncode == 1, found.stderr
        said = json.loads(found.stdout)
        ours = {use["where"] for use in said["uses"] if use["kind"] == "Widget"}
        assert ours == {"last-applied", "managed-fields", "requests"}
    finally:
        room.handle.kubectl("delete", "crd/widgets.example.org", "--wait")
    clean = tool(lab, tmp_path, "scan-deprecated-apis", *target)
    assert clean.returncode == 0, clean.stdout + clean.stderr


def test_the_log_of_a_stopped_prometheus_is_saved_whole(lab: Lab, room: Workshop, tmp_path: Path) -> None:
    room.apply(*prometheus(room))
    eventually(lambda: room.get("statefulset", "prometheus")["status"].get("readyReplicas") == 1, within_s=90)
    arguments = ("statefulset/prometheus", "--namespace", room.namespace, "--out", str(tmp_path / "wal.tar.gz"))
    running = tool(lab, tmp_path, "save-wal", *arguments)
    assert (running.returncode, "still writes to data-prometheus-0" in running.stderr) == (2, True)
    saved = tool(lab, tmp_path, "save-wal", *arguments, "--stop", "--json")
    assert saved.returncode == 0, saved.stdout + saved.stderr
    said = json.loads(saved.stdout)
    assert said["wrong"] == [] and said["segments"]
    with tarfile.open(tmp_path / "wal.tar.gz") as archive:
        assert any(name.startswith("wal/0000") for name in archive.getnames())
    assert room.get("statefulset", "prometheus")["spec"]["replicas"] == 0
    assert json.loads(room.kubectl("get", "pods", "-l", "app.kubernetes.io/name=save-wal", "-o", "json"))["items"] == []
