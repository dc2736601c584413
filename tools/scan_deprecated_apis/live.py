"""Uses in a cluster.

`kubectl get` shows every object in the newest version, whatever it was written in, so asking for `apiVersion` finds
nothing. What does tell: the manifest that `kubectl apply` keeps in an annotation, the version each field manager wrote
in (`managedFields`), and the API server's own count of requests to deprecated versions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tools.bad_input import BadInput
from tools.kubectl import ask
from tools.scan_deprecated_apis.catalogue import Removal
from tools.scan_deprecated_apis.findings import Finding, found

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
METRIC = "apiserver_requested_deprecated_apis"
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def scan(kubectl: list[str], catalogue: dict[tuple[str, str], Removal]) -> tuple[list[Finding], int]:
    """Every use that a cluster knows of.

    Args:
        kubectl: the command and its connection options.
        catalogue: what is removed when.

    Returns:
        the findings, and how many objects were looked at.

    Raises:
        BadInput: the cluster cannot be asked.
    """
    resources = _resources(kubectl)
    wanted = {name for name, kind in resources.items() if kind in {kind for _, kind in catalogue}}
    items = _objects(kubectl, sorted(wanted))
    findings = [finding for one in items for finding in _of_object(one, catalogue)]
    return findings + _requested(kubectl, resources, catalogue), len(items)


def _resources(kubectl: list[str]) -> dict[str, str]:
    """Resource name with group -> kind, of everything that can be listed."""
    table = ask(kubectl, "api-resources", "--verbs=list", "--no-headers", "-o", "wide")
    found_kinds = {}
    for line in table.splitlines():
        cells = line.split()
        at = next((n for n, cell in enumerate(cells) if cell in ("true", "false")), None)
        if at is None or at < 2:
            raise BadInput(f"kubectl api-resources says something unknown: {line!r}")
        group = cells[at - 1].rpartition("/")[0]
        found_kinds[f"{cells[0]}.{group}" if group else cells[0]] = cells[at + 1]
    return found_kinds


def _objects(kubectl: list[str], resources: list[str]) -> list[dict[str, Any]]:
    if not resources:
        return []
    options = ("--all-namespaces", "--show-managed-fields", "-o", "json")
    items: list[dict[str, Any]] = json.loads(ask(kubectl, "get", ",".join(resources), *options))["items"]
    return items


def _of_object(one: dict[str, Any], catalogue: dict[tuple[str, str], Removal]) -> Iterator[Finding]:
    meta, kind = one["metadata"], one["kind"]
    place = "/".join(part for part in (meta.get("namespace"), meta["name"]) if part)
    applied = (meta.get("annotations") or {}).get(LAST_APPLIED)
    if applied:
        yield from found(catalogue, "last-applied", place, str(_parsed(applied).get("apiVersion")), kind)
    by_api: dict[str, list[str]] = {}
    for entry in meta.get("managedFields") or []:
        by_api.setdefault(str(entry.get("apiVersion")), []).append(str(entry.get("manager")))
    for api, managers in by_api.items():
        who = ", ".join(dict.fromkeys(managers))
        yield from found(catalogue, "managed-fields", f"{place}, written by {who}", api, kind)


def _parsed(text: str) -> dict[str, Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return {}
    return whole if isinstance(whole, dict) else {}


def _requested(
    kubectl: list[str], resources: dict[str, str], catalogue: dict[tuple[str, str], Removal]
) -> list[Finding]:
    kinds = {name.partition(".")[0]: kind for name, kind in resources.items()}
    findings = []
    for line in ask(kubectl, "get", "--raw", "/metrics").splitlines():
        if not line.startswith(METRIC + "{"):
            continue
        labels = dict(_LABEL.findall(line))
        api = "/".join(part for part in (labels.get("group"), labels.get("version")) if part)
        kind = kinds.get(labels.get("resource", ""), "")
        findings += found(catalogue, "requests", "somebody asked the API server for it since it started", api, kind)
    return findings
