"""Where a namespace's objects come from: manifests with their lines, or a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from tools import manifest_files
from tools.audit_hardening.objects import TEMPLATED, Namespace, Object, Path
from tools.bad_input import BadInput
from tools.kubectl import ask

CLUSTER_WIDE = ("Namespace", "ClusterRoleBinding")
_RESOURCES = (
    "deployments,statefulsets,daemonsets,replicasets,replicationcontrollers,jobs,cronjobs,pods,serviceaccounts,"
    "rolebindings,limitranges,poddisruptionbudgets,horizontalpodautoscalers,networkpolicies"
)
_ENDED = ("Succeeded", "Failed")


def from_paths(paths: list[str], namespace: str) -> tuple[Namespace, int]:
    """The namespace as manifests describe it; those that name no namespace count as its own.

    Args:
        paths: files and folders; `-` is standard input.
        namespace: which.

    Returns:
        the namespace, and how many objects of others were left out.

    Raises:
        BadInput: a path does not exist, is no YAML, or nothing of the namespace is there.
    """
    found, others = [], 0
    for name, text in manifest_files.texts(paths):
        for node, data in _documents(name, text):
            one = _placed(data, namespace, f"{name}:{node.start_mark.line + 1}")
            if one["kind"] == "Namespace" and one["metadata"]["name"] != namespace:
                others += 1
            elif one["kind"] in CLUSTER_WIDE or one["metadata"]["namespace"] == namespace:
                found.append(Object(one, _Lines(name, node)))
            else:
                others += 1
    if not any(one.kind in (*TEMPLATED, "Pod") for one in found):
        raise BadInput(f"no workload of namespace {namespace} is in {', '.join(paths)}")
    return Namespace(namespace, tuple(found)), others


def from_cluster(kubectl: list[str], namespace: str) -> Namespace:
    """The namespace as it is.

    Raises:
        BadInput: the cluster cannot be asked, or has no such namespace.
    """
    items = [json.loads(ask(kubectl, "get", "namespace", namespace, "-o", "json"))]
    items += json.loads(ask(kubectl, "get", _RESOURCES, "--namespace", namespace, "-o", "json"))["items"]
    known = True
    try:
        items += json.loads(ask(kubectl, "get", "clusterrolebindings", "-o", "json"))["items"]
    except BadInput:
        # Who may read a namespace often may not read these; what depends on them is unknown then.
        known = False
    running = [one for one in items if one["kind"] != "Pod" or (one.get("status") or {}).get("phase") not in _ENDED]
    return Namespace(namespace, tuple(Object(one, lambda _: "cluster") for one in running), True, known)


class _Lines:
    """Where something of a manifest stands: the line of its path, as far as the path exists."""

    def __init__(self, name: str, node: yaml.Node) -> None:
        self.name, self.node = name, node

    def __call__(self, path: Path) -> str:
        node = self.node
        for step in path:
            further = _child(node, step)
            if further is None:
                break
            node = further
        return f"{self.name}:{node.start_mark.line + 1}"


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if getattr(key, "value", None) == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None


def _documents(name: str, text: str) -> Iterator[tuple[yaml.Node, Any]]:
    """Every object with its node, lists unfolded; what has no kind, such as a values file, is left out."""
    loader = yaml.SafeLoader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield from _objects(node, loader.construct_document(node))
    except yaml.YAMLError as error:
        raise manifest_files.no_yaml(name, error) from error
    finally:
        loader.dispose()


def _objects(node: yaml.Node, data: Any) -> Iterator[tuple[yaml.Node, Any]]:
    if not isinstance(data, dict) or not data.get("kind"):
        return
    if str(data["kind"]).endswith("List") and isinstance(data.get("items"), list):
        for number, item in enumerate(data["items"]):
            inner = _child(_child(node, "items") or node, number)
            if inner is not None:
                yield from _objects(inner, item)
    else:
        yield node, data


def _placed(data: Any, namespace: str, place: str) -> dict[str, Any]:
    """The object with its namespace filled in."""
    meta, spec = data.get("metadata"), data.get("spec") or {}
    if data["kind"] == "Kustomization":
        meta = meta or {"name": "kustomization"}
    if not isinstance(meta, dict) or not meta.get("name") or not isinstance(spec, dict):
        raise BadInput(f"{place}: an object without metadata.name, or with a spec that is no mapping")
    if data["kind"] in CLUSTER_WIDE:
        return {**data, "metadata": meta}
    return {**data, "metadata": {**meta, "namespace": meta.get("namespace") or namespace}}
