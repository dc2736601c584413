"""A live gate: the fault reaches a canary, and a tool walks the canary up or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from cluster.errors import ConditionTimedOut
from experiments.actions import gate_change, gate_tool
from experiments.actions.gate import SHOWN
from experiments.actions.gate_change import Change
from experiments.kube_api import TIMEOUT_S, apps
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually

PROMETHEUS = "{prometheus}"
"""In the tool's arguments: where the run's Prometheus answers."""

BACK_WITHIN_S = 60.0
"""Within so many seconds after a gate that stopped the fault every pod is ready again that was there before."""


def walk(
    tool: str, arguments: list[str], change: Change, suffix: str, within_s: float, configuration: Configuration
) -> int:
    """Apply the fault to the canary, then have a gate walk it up; what the gate lets pass is applied to what serves.

    The canary's objects are called as those that serve, and `suffix`. The tool runs as `gate.submit` says. What it
    said, which objects of either kind differ afterwards, and how many pods every workload was to have before, is to
    have now, and has ready, is in the timeline.

    Args:
        tool: a console script that is installed beside this Python.
        arguments: its arguments; `{prometheus}` is the address of the run's Prometheus.
        change: the fault's steps, each `namespace` and `manifest`.
        suffix: what the canary's objects are called more.
        within_s: seconds that the tool may take.

    Returns:
        The tool's exit code.

    Raises:
        LabError: the tool is not installed, or does not end in time.
        CommandFailed: the API server refuses an object.
    """
    session = session_of(configuration)
    of_the_canary = gate_change.renamed(change, suffix)
    gate_change.written(session, of_the_canary)
    serving, canary = gate_change.versions(session, change), gate_change.versions(session, of_the_canary)
    before = _workloads(session)
    gate_change.apply(of_the_canary, configuration)
    session.marks.injected = session.recorder.event("inject", "the canary has the fault")
    said: list[str] = []

    def hear(line: str) -> None:
        said.append(line)
        session.recorder.event("note", f"{tool}: {line.rstrip()}")

    asked = [session.sources.prometheus.url if one == PROMETHEUS else one for one in arguments]
    code = gate_tool.run(session, tool, asked, within_s, hear)
    if code == 0:
        gate_change.apply(change, configuration)
    else:
        _await_back(session, before)
    session.recorder.event(
        "step",
        f"{tool} walks the canary",
        gate=tool,
        exit_code=code,
        output="".join(said)[-SHOWN:],
        changed=gate_change.differing(session, change, serving),
        canary=gate_change.differing(session, of_the_canary, canary),
        pods=_compared(before, _workloads(session)),
    )
    return code


@dataclass(frozen=True)
class _Pods:
    """How many pods a workload is to have, and has ready."""

    wanted: int
    ready: int


def _await_back(session: Session, before: dict[str, _Pods]) -> None:
    """Wait until every workload has as many pods ready as it was to have; the judge says what it means if not."""

    def look() -> Seen[bool]:
        now = _workloads(session)
        waiting = [name for name, was in before.items() if now.get(name) != _Pods(was.wanted, was.wanted)]
        return Seen(None if waiting else True, ", ".join(waiting))

    try:
        eventually(look, what="every pod is back", within_s=BACK_WITHIN_S)
    except ConditionTimedOut as late:
        session.recorder.event("note", late.happened)


def _compared(before: dict[str, _Pods], now: dict[str, _Pods]) -> dict[str, JsonValue]:
    """Each workload -> how many pods it was to have, is to have, and has ready."""
    names, none = sorted(before.keys() | now.keys()), _Pods(0, 0)
    return {
        name: [before.get(name, none).wanted, now.get(name, none).wanted, now.get(name, none).ready] for name in names
    }


def _workloads(session: Session) -> dict[str, _Pods]:
    """The Deployments and StatefulSets of the scenario's own namespaces, `kind namespace/name`."""
    api, found = apps(session.handle), dict[str, _Pods]()
    for namespace in session.file.scenario.namespaces:
        listed: dict[str, Any] = {
            "deployment": api.list_namespaced_deployment(namespace, _request_timeout=TIMEOUT_S),
            "statefulset": api.list_namespaced_stateful_set(namespace, _request_timeout=TIMEOUT_S),
        }
        for kind, answer in listed.items():
            for one in answer.items:
                name = f"{kind} {namespace}/{one.metadata.name}"
                found[name] = _Pods(one.spec.replicas, one.status.ready_replicas or 0)
    return found
