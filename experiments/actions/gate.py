"""A gate in front of the cluster: a tool is shown the change, as a pipeline shows it, and lets it through or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pydantic import JsonValue

from cluster import manifests
from cluster.errors import LabError
from experiments.actions import whole_objects
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of

CHANGE = "{change}"
"""In the tool's arguments: the file with the objects that are to be applied."""
WITHIN_S = 60.0
_SHOWN = 4000


def submit(tool: str, arguments: list[str], change: list[dict[str, JsonValue]], configuration: Configuration) -> int:
    """Show the fault to a gate; what the gate lets through is applied, as the pipeline behind it would.

    The tool runs on the host, as it does in CI, with the lab's kubectl and kubeconfig and nothing else of the lab's.
    What it said, and which of the change's objects differ afterwards, is in the timeline.

    Args:
        tool: a console script that is installed beside this Python.
        arguments: its arguments; `{change}` is the file with the objects.
        change: the fault's steps, each `namespace` and `manifest`.

    Returns:
        The tool's exit code.

    Raises:
        LabError: the tool is not installed, or does not end within 60 s.
    """
    session = session_of(configuration)
    file = session.folder.path / "gate" / "change.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(manifests.to_yaml([_placed(one) for one in change]), encoding="utf-8")
    before = [_version(session, one) for one in change]
    # Not yet injected, and by a good gate never; but from here on a page is one too many.
    session.marks.injected = session.recorder.event("inject", "the gate is shown the fault", fault=False)
    ended = _run(session, tool, [str(file) if one == CHANGE else one for one in arguments])
    if ended.returncode == 0:
        for one in change:
            whole_objects.apply(str(one["namespace"]), _manifest(one), configuration)
    after = [_version(session, one) for one in change]
    changed: list[JsonValue] = [_name(one) for one, was, now in zip(change, before, after, strict=True) if was != now]
    said = (ended.stdout + ended.stderr)[-_SHOWN:]
    session.recorder.event(
        "step", f"{tool} is shown the change", gate=tool, exit_code=ended.returncode, output=said, changed=changed
    )
    return ended.returncode


def _run(session: Session, tool: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name(tool)
    if not script.is_file():
        raise LabError(f"The gate {tool} is not installed beside {sys.executable}.", "Run make again, it installs it.")
    lab = session.home.lab
    environment = {
        "PATH": f"{lab.binaries}:{os.environ.get('PATH', '')}",
        "KUBECONFIG": str(session.handle.lab.kubeconfig),
        "HOME": str(lab.state),
    }
    try:
        return subprocess.run(
            [script, *arguments], env=environment, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise LabError(
            f"The gate {tool} did not end within {WITHIN_S:g} s.", "Run it by hand on gate/change.yaml."
        ) from late


def _version(session: Session, one: dict[str, JsonValue]) -> str:
    """The object's version in the cluster; empty where it is not there."""
    where = ["-n", str(one["namespace"])] if one["namespace"] else []
    how = ("--ignore-not-found", "-o", "jsonpath={.metadata.resourceVersion}")
    return session.handle.kubectl("get", whole_objects.full_name(_manifest(one)), *where, *how, timeout_s=20)


def _manifest(one: dict[str, JsonValue]) -> dict[str, JsonValue]:
    found = one["manifest"]
    if not isinstance(found, dict):
        raise LabError(f"A gate was to be shown an object, but got {json.dumps(found)[:200]}.")
    return found


def _placed(one: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The object with its namespace written into it, as a file in a repository has it."""
    manifest = _manifest(one)
    metadata = manifest["metadata"]
    named = {**metadata, "namespace": one["namespace"]} if isinstance(metadata, dict) and one["namespace"] else metadata
    return {**manifest, "metadata": named}


def _name(one: dict[str, JsonValue]) -> str:
    return whole_objects.full_name(_manifest(one)) + (f" in {one['namespace']}" if one["namespace"] else "")
