"""The pod that reads the volume, and what it reads."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bad_input import BadInput
from tools.kubectl import ask, stream
from tools.save_wal.workload import Workload

MOUNT = "/volume"
FOLDERS = ("wal", "chunks_head")
READY_WITHIN_S = 90
LIVES_S = 1800
"""A pod that nobody removed ends by itself."""


class Reader:
    """A pod with the volume mounted read-only. Only `reader` makes one."""

    def __init__(self, kubectl: list[str], pod: str, folder: str) -> None:
        self._kubectl = kubectl
        self._pod = pod
        self._folder = f"{MOUNT}/{folder}".rstrip("/")

    def sums(self) -> dict[str, str]:
        """SHA-256 of every file, by its path below the data folder.

        Raises:
            BadInput: there is no `wal` folder, or it cannot be read.
        """
        found = ask(self._kubectl, "exec", self._pod, "--", "sh", "-euc", self._in_folder("sha256sum", "{} +"))
        lines = [line.split(maxsplit=1) for line in found.splitlines()]
        return {name.removeprefix("*"): digest for digest, name in lines}

    def archive(self, out: Path) -> None:
        """Write a gzipped tar of the folders to `out`.

        Raises:
            BadInput: the transfer failed.
        """
        script = f"cd {self._folder} && tar -czf - $(ls -d {' '.join(FOLDERS)} 2>/dev/null)"
        stream(self._kubectl, out, "exec", self._pod, "--", "sh", "-euc", script)

    def _in_folder(self, command: str, tail: str) -> str:
        places = " ".join(FOLDERS)
        return f"cd {self._folder} && test -d wal && find $(ls -d {places} 2>/dev/null) -type f -exec {command} {tail}"


@contextmanager
def reader(kubectl: list[str], workload: Workload, image: str, folder: str) -> Iterator[Reader]:
    """A pod that reads the workload's volume, gone when the block ends.

    Args:
        kubectl: with namespace and connection options.
        workload: whose volume.
        image: with sh, tar, find and sha256sum.
        folder: of Prometheus' data on the volume.

    Raises:
        BadInput: the pod does not start within 90 s; the message says why.
    """
    name = f"save-wal-{uuid.uuid4().hex[:8]}"
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "save-wal"}},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "activeDeadlineSeconds": LIVES_S,
            "securityContext": {
                **workload.user,
                "runAsNonRoot": bool(workload.user.get("runAsUser")),
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "reader",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["sleep", str(LIVES_S)],
                    "volumeMounts": [{"name": "data", "mountPath": MOUNT, "readOnly": True}],
                    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                }
            ],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": workload.claim, "readOnly": True}}],
        },
    }
    ask(kubectl, "apply", "-f", "-", stdin=json.dumps(pod))
    try:
        _await_ready(kubectl, name)
        yield Reader(kubectl, name, folder)
    finally:
        ask(kubectl, "delete", "pod", name, "--ignore-not-found", "--wait=true")


def _await_ready(kubectl: list[str], name: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        status = json.loads(ask(kubectl, "get", "pod", name, "-o", "json")).get("status", {})
        states = status.get("containerStatuses") or []
        if states and states[0].get("ready"):
            return
        if time.monotonic() > deadline or status.get("phase") in ("Failed", "Succeeded"):
            seen = [one.get("state") for one in states] or status.get("conditions")
            raise BadInput(f"the reading pod {name} did not start; last seen: {json.dumps(seen)}")
        time.sleep(0.3)
