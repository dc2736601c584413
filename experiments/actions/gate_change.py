"""The change that a gate is shown: the objects that the fault applies, as a file and in the cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue

from cluster import manifests
from cluster.errors import LabError
from experiments.actions import whole_objects
from experiments.play.played import Configuration
from experiments.play.session import Session

Change = list[dict[str, JsonValue]]
"""Each `namespace` (empty: the object is in none) and `manifest`."""


def written(session: Session, change: Change) -> Path:
    """The file with the change's objects, as one in a repository has them."""
    file = session.folder.path / "gate" / "change.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(manifests.to_yaml([_placed(one) for one in change]), encoding="utf-8")
    return file


def versions(session: Session, change: Change) -> list[str]:
    """Each object's version in the cluster; empty where it is not there."""
    return [_version(session, one) for one in change]


def differing(session: Session, change: Change, before: Sequence[str]) -> list[JsonValue]:
    """The objects whose version is another one than `before`, by name."""
    return [_name(one) for one, was, now in zip(change, before, versions(session, change), strict=True) if was != now]


def apply(change: Change, configuration: Configuration) -> None:
    """Apply every object, as the pipeline behind the gate does; see `whole_objects.apply`."""
    for one in change:
        whole_objects.apply(str(one["namespace"]), _manifest(one), configuration)


def renamed(change: Change, suffix: str) -> Change:
    """The same objects, each under its name and `suffix`."""
    return [{**one, "manifest": _named(_manifest(one), suffix)} for one in change]


def _named(manifest: dict[str, JsonValue], suffix: str) -> dict[str, JsonValue]:
    metadata = manifest["metadata"]
    if not isinstance(metadata, dict):
        raise LabError(f"{manifest['kind']} has no metadata to be named in.")
    return {**manifest, "metadata": {**metadata, "name": f"{metadata['name']}{suffix}"}}


def _version(session: Session, one: dict[str, JsonValue]) -> str:
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
