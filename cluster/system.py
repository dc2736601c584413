"""What runs in the cluster besides the control plane: the pod network, then the add-ons and the lab's own namespace."""

from __future__ import annotations

import hashlib
import json

from cluster import manifests, ready
from cluster.guard import IDENTITY, NAMESPACE, Handle
from cluster.images import load
from cluster.images.spec import find
from cluster.images.tags import references
from cluster.lab import Lab
from cluster.manifests import Manifest
from cluster.progress import Progress

_FOLDERS = ("cluster/network/manifests", "cluster/system")
#: key of the identity under which the cluster says which manifests were applied and ready
_APPLIED = "system"
_READY_S = 180.0


def render(handle: Handle) -> list[list[Manifest]]:
    """The manifests in the order in which they are applied."""
    root = handle.lab.root
    return [manifests.render(handle.lab, root / folder) for folder in _FOLDERS if (root / folder).is_dir()]


def digest(lab: Lab, stages: list[list[Manifest]]) -> str:
    """Hash of all manifests, and of the tags of every image that the nodes have to hold for scenarios."""
    known = references(lab.root)
    held = sorted(known[f"firedrill/{name}"] for name, spec in find(lab.root).items() if spec.load)
    return hashlib.sha256("---\n".join([*map(manifests.to_yaml, stages), *held]).encode()).hexdigest()


def is_current(handle: Handle, stages: list[list[Manifest]]) -> bool:
    """True if the cluster runs these manifests and holds these images already, all of it Ready."""
    found = handle.get(f"/api/v1/namespaces/{NAMESPACE}/configmaps/{IDENTITY}")
    if (found.get("data") or {}).get(_APPLIED) != digest(handle.lab, stages):
        return False
    everything = [manifest for stage in stages for manifest in stage]
    return not ready.nodes_not_ready(handle) and not ready.workloads_not_ready(handle, everything)


def apply(handle: Handle, stages: list[list[Manifest]], progress: Progress) -> None:
    """Applies the manifests and waits until all of it is ready.

    Raises:
        CommandFailed: the API server refused a manifest.
        ConditionTimedOut: a node or workload did not become ready.
    """
    titles = ("pod network", "system")
    for title, stage in zip(titles, stages, strict=False):
        with progress.phase(f"start the {title}"):
            _apply(handle, stage)
            ready.await_empty("all nodes Ready", lambda: ready.nodes_not_ready(handle), _READY_S)
    everything = [manifest for stage in stages for manifest in stage]
    with progress.phase("wait for the system to be ready"):
        ready.await_empty("system workloads ready", lambda: ready.workloads_not_ready(handle, everything), _READY_S)
    patch = json.dumps({"data": {_APPLIED: digest(handle.lab, stages)}})
    handle.kubectl("patch", "configmap", IDENTITY, "-n", NAMESPACE, "--type=merge", "-p", patch)


def load_images(handle: Handle, references: list[str], progress: Progress) -> None:
    """Loads into every node what it lacks of these images."""
    with progress.phase("load images into the nodes", "load"):
        load.load(handle.nodes(), references, progress.log("load"))


def _apply(handle: Handle, stage: list[Manifest]) -> None:
    if stage:
        # Forced, since CoreDNS's configuration is kubeadm's and, on kind's own node image, the storage is kind's.
        handle.kubectl(
            "apply", "--server-side", "--force-conflicts", "--field-manager=firedrill", "-f", "-",
            stdin=manifests.to_yaml(stage), timeout_s=120,
        )  # fmt: skip
