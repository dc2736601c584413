"""Where objects come from: manifests, a cluster, or manifests on top of a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import yaml

from tools import manifest_files
from tools.bad_input import BadInput
from tools.kubectl import ask
from tools.validate_network_policy.objects import Manifest

LIVE_KINDS = "namespaces,networkpolicies,services,pods"


def from_paths(paths: list[str]) -> list[Manifest]:
    """Every object in these files and folders; `-` is standard input.

    Raises:
        BadInput: a path does not exist, is no YAML, or there is no object at all.
    """
    found = [one for name, text in manifest_files.texts(paths) for one in _parse(name, text)]
    if not found:
        raise BadInput(f"there is no Kubernetes object in {', '.join(paths)}")
    return found


def from_cluster(kubectl: list[str]) -> list[Manifest]:
    """Namespaces, policies, services and pods of a cluster.

    Raises:
        BadInput: it cannot be asked.
    """
    items: list[Any] = json.loads(ask(kubectl, "get", LIVE_KINDS, "--all-namespaces", "-o", "json"))["items"]
    return [one for one in items if one.get("status", {}).get("phase") not in ("Succeeded", "Failed")]


def overlaid(live: list[Manifest], proposed: Iterable[Manifest]) -> list[Manifest]:
    """A cluster's objects as they would be after applying the proposed ones."""
    new = {_key(one): one for one in proposed}
    return [*(one for one in live if _key(one) not in new), *new.values()]


def _parse(name: str, text: str) -> list[Manifest]:
    """The objects of one text, lists unfolded; what has no kind, such as a values file, is left out."""
    try:
        documents = [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]
    except yaml.YAMLError as error:
        raise manifest_files.no_yaml(name, error) from error
    found: list[Manifest] = []
    for one in documents:
        listed = str(one.get("kind", "")).endswith("List") and isinstance(one.get("items"), list)
        found += one["items"] if listed else [one]
    return [one for one in found if isinstance(one, dict) and one.get("kind")]


def _key(one: Manifest) -> tuple[str, str, str]:
    meta = one.get("metadata") or {}
    return str(one.get("kind")), str(meta.get("namespace") or "default"), str(meta.get("name"))
