"""A canary's walk as the run's folder tells it: who gets the fault, what the gate is asked with, what is compared."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from pydantic import JsonValue

from cluster.errors import LabError
from experiments.actions import canary, gate_change, gate_tool
from experiments.play.recorder import Recorder
from experiments.play.session import Marks, Session
from experiments.record.files import Event
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit

MANIFEST: dict[str, JsonValue] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "rules", "labels": {"a": "b"}},
    "data": {"new": "(a+)+$"},
}
CHANGE: gate_change.Change = [{"namespace": "edge", "manifest": MANIFEST}]
ARGUMENTS = ["--prometheus", "{prometheus}"]


class Cluster:
    """Objects by name with their content, and how many pods each workload is to have and has ready."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, ends: int) -> None:
        self.objects: dict[str, Any] = {"rules": "old", "rules-canary": "old"}
        self.pods = {"waf": (10, 10), "waf-canary": (0, 0)}
        self.ends = ends
        self.asked: list[str] = []
        self.stays = 0
        self.seen_at_the_walk: dict[str, Any] = {}
        run = RunFolder(folder)
        self.session = SimpleNamespace(
            folder=run,
            recorder=Recorder(run),
            marks=Marks(),
            sources=SimpleNamespace(prometheus=SimpleNamespace(url="http://10.0.0.2:4711")),
        )
        monkeypatch.setattr(canary, "session_of", lambda configuration: self.session)
        monkeypatch.setattr(canary, "BACK_WITHIN_S", 0.0)
        monkeypatch.setattr(canary, "_workloads", lambda session: {n: canary._Pods(*p) for n, p in self.pods.items()})
        monkeypatch.setattr(gate_change, "versions", lambda session, change: [self.version(one) for one in change])
        monkeypatch.setattr(gate_change, "apply", self.apply)
        monkeypatch.setattr(gate_tool, "run", self.walk)

    def version(self, one: Any) -> str:
        return str(self.objects.get(one["manifest"]["metadata"]["name"], ""))

    def apply(self, change: list[Any], configuration: object) -> None:
        for one in change:
            self.objects[one["manifest"]["metadata"]["name"]] = one["manifest"]["data"]

    def walk(self, session: Any, tool: str, arguments: list[str], within_s: float, hear: Any) -> int:
        self.asked = [tool, *arguments]
        self.seen_at_the_walk = dict(self.objects)
        hear("10 %  set\n")
        hear("ABORTED\n")
        self.pods |= {"waf": (10 - self.stays, 10 - self.stays), "waf-canary": (self.stays, self.stays)}
        return self.ends

    def told(self) -> list[Event]:
        assert canary.walk("walker", ARGUMENTS, CHANGE, "-canary", 9.0, {}) == self.ends
        return self.session.folder.events()  # type: ignore[no-any-return]


def step(events: list[Event]) -> dict[str, JsonValue]:
    (found,) = [event.detail for event in events if event.what == "step"]
    return found


def test_the_canary_gets_the_fault_before_the_walk_and_what_serves_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster(monkeypatch, tmp_path, 1)
    began = time.time()
    events = cluster.told()
    assert cluster.seen_at_the_walk == {"rules": "old", "rules-canary": {"new": "(a+)+$"}}
    assert cluster.objects["rules"] == "old"
    assert cluster.asked == ["walker", "--prometheus", "http://10.0.0.2:4711"]
    injected = cluster.session.marks.injected
    assert injected is not None and began <= injected <= time.time()
    assert step(events) == {
        "gate": "walker",
        "exit_code": 1,
        "output": "10 %  set\nABORTED\n",
        "changed": [],
        "canary": ["ConfigMap/rules-canary in edge"],
        "pods": {"waf": [10, 10, 10], "waf-canary": [0, 0, 0]},
    }
    assert [event.title for event in events if event.what == "note"] == ["walker: 10 %  set", "walker: ABORTED"]
    (change,) = yaml.safe_load_all((tmp_path / "gate" / "change.yaml").read_text())
    assert change["metadata"] == {"name": "rules-canary", "labels": {"a": "b"}, "namespace": "edge"}


def test_what_the_gate_lets_pass_is_applied_to_what_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, tmp_path, 0)
    cluster.stays = 5
    detail = step(cluster.told())
    assert cluster.objects["rules"] == {"new": "(a+)+$"}
    assert detail["changed"] == ["ConfigMap/rules in edge"]
    assert detail["pods"] == {"waf": [10, 5, 5], "waf-canary": [0, 5, 5]}


def test_pods_that_do_not_come_back_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, tmp_path, 1)
    cluster.stays = 1
    events = cluster.told()
    assert step(events)["pods"] == {"waf": [10, 9, 9], "waf-canary": [0, 1, 1]}
    assert any("every pod is back" in event.title for event in events if event.what == "note")


def script(path: Path, text: str) -> None:
    (path / "walker").write_text(f"#!/bin/sh\n{text}\n")
    (path / "walker").chmod(0o755)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A run in a lab whose tools are found beside a Python of the test's own."""
    monkeypatch.setattr(gate_tool.sys, "executable", str(tmp_path / "python"))  # type: ignore[attr-defined]
    monkeypatch.setenv("SECRET", "of the user's")
    own = SimpleNamespace(binaries=tmp_path / "bin", state=tmp_path / "state", kubeconfig=tmp_path / "kubeconfig")
    return cast(Session, SimpleNamespace(home=SimpleNamespace(lab=own), handle=SimpleNamespace(lab=own)))


def test_a_gate_is_heard_line_by_line_and_gets_nothing_of_the_user(tmp_path: Path, lab: Session) -> None:
    script(tmp_path, 'echo "$1"; echo "$KUBECONFIG" >&2; echo "${SECRET:-none}"; exit 3')
    heard: list[str] = []
    assert gate_tool.run(lab, "walker", ["a b"], 10, heard.append) == 3
    assert heard == ["a b\n", f"{tmp_path}/kubeconfig\n", "none\n"]


def test_a_gate_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path, lab: Session) -> None:
    script(tmp_path, "sleep 60")
    began = time.monotonic()
    with pytest.raises(LabError, match=r"did not end within 0\.3 s"):
        gate_tool.run(lab, "walker", [], 0.3, lambda line: None)
    assert time.monotonic() - began < 10


def test_a_gate_that_is_not_installed_is_the_labs_failure(lab: Session) -> None:
    with pytest.raises(LabError, match="is not installed"):
        gate_tool.run(lab, "walker", [], 1, lambda line: None)
