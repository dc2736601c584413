"""Turns a kustomize folder into objects whose lab images carry their content's tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cluster.errors import CommandFailed
from cluster.images.spec import REPOSITORY
from cluster.images.tags import references
from cluster.lab import Lab
from cluster.process import run

Manifest = dict[str, Any]

#: ten times as fast where PyYAML was built with libyaml, as its wheels are
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

#: an image key with a lab image, in a manifest or in one that a ConfigMap holds as text
_IMAGE = re.compile(rf"""^(?P<key>[\s-]*image:\s*["']?)(?P<name>{REPOSITORY}/[a-z0-9-]+)(?=["']?\s*$)""", re.MULTILINE)


def render(lab: Lab, folder: Path, packs: Iterable[Path] = ()) -> list[Manifest]:
    """Builds a kustomize folder and pins the tags of the lab's images; touches no cluster.

    Args:
        lab: whose checkout and kubectl.
        folder: a folder with a kustomization.
        packs: scenario folders outside the checkout, whose images count too.

    Raises:
        CommandFailed: kustomize refused the folder, or a manifest names a lab image that nothing describes.
    """
    # Scenario folders stand on fixtures outside of them, which kustomize refuses by default.
    built = run([lab.binaries / "kubectl", "kustomize", "--load-restrictor=LoadRestrictionsNone", folder])
    return parse(pin(built, references(lab.root, packs)))


def parse(text: str) -> list[Manifest]:
    """The objects in a YAML text; empty documents are none."""
    return [manifest for manifest in yaml.load_all(text, Loader=_LOADER) if manifest]


def pin(text: str, names: Mapping[str, str]) -> str:
    """Replaces `image: firedrill/<name>` by the full reference, wherever it stands; what has a tag keeps it.

    Args:
        text: YAML.
        names: see `cluster.images.tags.references`.

    Raises:
        CommandFailed: there is no such lab image.
    """

    def full(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in names:
            raise CommandFailed(f"a manifest names the image {name}, which nothing here builds", "see cluster/images")
        return found["key"] + names[name]

    return _IMAGE.sub(full, text)


def images_of(manifests: Iterable[Manifest]) -> set[str]:
    """The lab images, with tags, that manifests name."""
    return set(re.findall(rf"\b{REPOSITORY}/[a-z0-9-]+:[0-9a-f]+\b", to_yaml(manifests)))


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """The manifests as one YAML text, as `kubectl apply -f -` takes it."""
    return str(yaml.dump_all(manifests, Dumper=_DUMPER, sort_keys=False, width=10_000))
