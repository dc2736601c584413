"""Where objects come from: folders of manifests, standard input, a cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tools.validate_network_policy.objects import BadInput, Manifest

SUFFIXES = (".yaml", ".yml", ".json")
LIVE_KINDS = "namespaces,networkpolicies,services,pods"


def from_paths(paths: Iterable[str]) -> list[Manifest]:
    """Every object in these files and folders; `-` is standard input.

    Raises:
        BadInput: a path does not exist, holds no object at all, or is no YAML.
    """
    found: list[Manifest] = []
    for path in paths:
        if path == "-":
            found += parse(sys.stdin.read(), "standard input")
            continue
        place = Path(path)
        if not place.exists():
            raise BadInput(f"{path} does not exist")
        files = [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.suffix in SUFFIXES)
        found += [one for file in files for one in parse(file.read_text(encoding="utf-8"), str(file))]
    if not found:
        raise BadInput(f"there is no Kubernetes object in {', '.join(paths)}")
    return found


def parse(text: str, name: str) -> list[Manifest]:
    """The Kubernetes objects of a YAML or JSON text, lists unfolded; what has no kind (values files) is left out.

    Raises:
        BadInput: it is no YAML; with the line.
    """
    try:
        documents = [one for one in yaml.safe_load_all(text) if isinstance(one, dict)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadInput(f"{name}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from error
    found: list[Manifest] = []
    for one in documents:
        listed = str(one.get("kind", "")).endswith("List") and isinstance(one.get("items"), list)
        found += one["items"] if listed else [one]
    return [one for one in found if isinstance(one, dict) and one.get("kind") and one.get("apiVersion", "v1")]


def from_cluster(kubectl: list[str]) -> list[Manifest]:
    """Namespaces, policies, services and running pods of a cluster, by `kubectl get`.

    Raises:
        BadInput: kubectl is not there, refuses, or does not answer within 30 s.
    """
    text = run([*kubectl, "get", LIVE_KINDS, "--all-namespaces", "-o", "json"])
    items: list[Any] = json.loads(text)["items"]
    return [one for one in items if one.get("status", {}).get("phase") not in ("Succeeded", "Failed")]


def overlaid(live: list[Manifest], proposed: list[Manifest]) -> list[Manifest]:
    """A cluster's objects as they would be after applying the proposed ones."""
    replaced = {_key(one) for one in proposed}
    return [*(one for one in live if _key(one) not in replaced), *proposed]


def run(command: list[str], timeout_s: float = 30) -> str:
    """Standard output of a command.

    Raises:
        BadInput: it is not there, fails, or takes longer.
    """
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout_s).stdout
    except FileNotFoundError as error:
        raise BadInput(f"{command[0]} is not on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"`{' '.join(command[:4])} …` did not answer within {timeout_s:g} s") from error
    except subprocess.CalledProcessError as error:
        raise BadInput(f"`{' '.join(command[:4])} …` failed: {error.stderr.strip()[-300:]}") from error


def _key(one: Manifest) -> tuple[str, str, str]:
    meta = one.get("metadata") or {}
    return str(one.get("kind")), str(meta.get("namespace") or "default"), str(meta.get("name"))
