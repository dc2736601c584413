"""How a node looks from outside: to Kubernetes, to who asks something that runs on it, and to the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cluster.guard import Handle
from experiments.actions.node_pressure import node_summary
from experiments.toolbox.lab_network import nodes


@dataclass(frozen=True)
class Eyes:
    """On one node of the lab, by its whole name."""

    handle: Handle
    name: str

    def spec(self) -> dict[str, Any]:
        """The node object's spec."""
        found: dict[str, Any] = self._object()["spec"]
        return found

    def condition(self, kind: str) -> str:
        """A condition's status: `True`, `False`, `Unknown`."""
        found: str = next(one["status"] for one in self._object()["status"]["conditions"] if one["type"] == kind)
        return found

    def taints(self) -> list[str]:
        """The keys of its taints."""
        return [one["key"] for one in self.spec().get("taints", [])]

    def answers(self) -> bool:
        """Whether a server on the node, which has nothing to do with the kubelet, answers a request from outside."""
        address = nodes(self.handle).addresses[self.name]
        asked = ["curl", "--silent", "--fail", "--max-time", "2", f"http://{address}:9100/"]
        code: int = self.handle.node(self.handle.lab.control_plane).exec_run(asked).exit_code
        return code == 0

    def says(self, command: str) -> str:
        """What a command on the node writes."""
        output: bytes = self.handle.node(self.name).exec_run(["bash", "-c", command]).output
        return output.decode().strip()

    def state(self) -> str:
        """What the engine says of its container: `running`, `paused`."""
        found: str = self.handle.node(self.name).status
        return found

    def memory_mib(self) -> float:
        """Its working set, as its kubelet says."""
        used: int = node_summary(self.handle, self.name)["memory"]["workingSetBytes"]
        return used / 2**20

    def cpus(self) -> float:
        """The CPUs in use on it, as its kubelet says."""
        used: int = node_summary(self.handle, self.name)["cpu"]["usageNanoCores"]
        return used / 1e9

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.handle.kubectl("get", "node", self.name, "-o", "json"))
        return found


def eyes_on(handle: Handle, name: str) -> Eyes:
    """On the node of that name without the lab's prefix."""
    return Eyes(handle, f"{handle.lab.name}-{name}")
