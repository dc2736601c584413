"""system/ and guardrail/: they build, use images that exist, and differ in the fix alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from cluster.errors import BrokenScenario
from experiments.catalogue.folder import ScenarioFolder
from experiments.check.canary import canary_wrong
from experiments.model.scenario import Scenario
from experiments.record.kinds import GUARD_RAILS
from experiments.source.problem import Problem

Render = Callable[[Path], str]
Manifest = dict[str, Any]
_NOT_IN_A_GUARD_RAIL = ("rules*.y*ml", "traffic.py", "locustfile*.py", "scenario.py")


def manifest_problems(
    folder: ScenarioFolder, scenario: Scenario, render: Render, images: Collection[str]
) -> list[Problem]:
    """Everything that is wrong with the system and with those that have a guard rail.

    Args:
        folder: the scenario's folder.
        scenario: its value.
        render: builds a kustomize folder to YAML, or raises BrokenScenario.
        images: bare names of the images that the lab and the scenario describe, `firedrill/shop`.
    """
    system, problems = _build(folder, "system", render)
    problems += [Problem(_file(folder, "system"), 1, message) for message in _wrong(system, images, scenario)]
    for kind, part in ((kind, rail.folder) for kind, rail in GUARD_RAILS.items()):
        if kind not in scenario.preventions:
            if (folder.path / part).exists():
                problems.append(Problem(_file(folder, part), 1, "scenario.py does not say how this guard rail holds"))
        elif folder.system(kind) == part:
            problems += _guard_rail(folder, part, scenario.behind(kind), system, render, images)
    return problems


def _guard_rail(
    folder: ScenarioFolder,
    part: str,
    scenario: Scenario,
    system: list[Manifest],
    render: Render,
    images: Collection[str],
) -> list[Problem]:
    built, problems = _build(folder, part, render)
    problems += [Problem(_file(folder, part), 1, message) for message in _wrong(built, images, scenario)]
    if system and built:
        problems += [Problem(_file(folder, part), 1, m) for m in canary_wrong(built, scenario)]
        problems += [Problem(_file(folder, part), 1, m) for m in _not_only_the_fix(system, built, scenario)]
    for pattern in _NOT_IN_A_GUARD_RAIL:
        for path in sorted((folder.path / part).rglob(pattern)):
            label = folder.label(path.relative_to(folder.path).as_posix())
            problems.append(Problem(label, 1, "a guard rail keeps traffic and rules; take this file out"))
    return problems


def _build(folder: ScenarioFolder, part: str, render: Render) -> tuple[list[Manifest], list[Problem]]:
    if not (folder.path / part / "kustomization.yaml").is_file():
        return [], [Problem(_file(folder, part), 1, "the file is missing")]
    try:
        built = [manifest for manifest in yaml.safe_load_all(render(folder.path / part)) if manifest]
    except BrokenScenario as error:
        return [], [Problem(_file(folder, part), 1, error.happened)]
    return built, [] if built else [Problem(_file(folder, part), 1, "it builds nothing")]


def _file(folder: ScenarioFolder, part: str) -> str:
    return folder.label(f"{part}/kustomization.yaml")


def _wrong(manifests: list[Manifest], known: Collection[str], scenario: Scenario) -> Iterator[str]:
    allowed = {*scenario.namespaces, scenario.monitoring, scenario.clients}
    for manifest in manifests:
        name = _name(manifest)
        metadata = manifest.get("metadata", {})
        namespace = metadata.get("name") if manifest.get("kind") == "Namespace" else metadata.get("namespace")
        if namespace is not None and namespace not in allowed:
            own = ", ".join(sorted(allowed))
            where = "is" if manifest.get("kind") == "Namespace" else f"is in the namespace {namespace}, which is"
            yield f"{name} {where} none of the scenario's: {own}"
        for image in _images(manifest):
            if image in known:
                continue
            if image.rpartition(":")[0] in known:
                yield f"{name}: the image {image} has a tag; the lab pins it, write {image.rpartition(':')[0]}"
            else:
                yield f"{name}: the lab has no image {image}"


def _not_only_the_fix(system: list[Manifest], guardrail: list[Manifest], scenario: Scenario) -> Iterator[str]:
    around = {scenario.monitoring, scenario.clients} - {scenario.own_monitoring}

    def outside(manifests: list[Manifest]) -> dict[str, Manifest]:
        return {_name(m): m for m in manifests if m.get("metadata", {}).get("namespace") in around}

    before, after = outside(system), outside(guardrail)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{name} differs from the one of system/; a guard rail keeps traffic and monitoring"
    if sorted(map(str, system)) == sorted(map(str, guardrail)):
        yield "it builds the same objects as system/: nothing is prevented"


def _name(manifest: Manifest) -> str:
    metadata = manifest.get("metadata", {})
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{manifest.get('kind', 'object')} {place}{metadata.get('name', '')}"


def _images(value: object) -> Iterator[str]:
    """Every `image` of a container at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "image" and isinstance(inner, str):
                yield inner
            else:
                yield from _images(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _images(inner)
