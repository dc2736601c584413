"""What the manifests themselves take away: a CustomResourceDefinition that no longer serves a version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tools import manifest_files
from tools.bad_input import BadInput
from tools.scan_deprecated_apis.catalogue import Release, Removal
from tools.scan_deprecated_apis.manifests import Texts


def removals(texts: Texts, target: Release) -> dict[tuple[str, str], Removal]:
    """The versions that definitions among the manifests do not serve; they are gone once these are applied.

    Args:
        texts: the manifests.
        target: the release that they are applied with.

    Raises:
        BadInput: a file is no YAML, or a definition is none.
    """
    found: dict[tuple[str, str], Removal] = {}
    for name, text in texts:
        try:
            for document in yaml.safe_load_all(text):
                for one in _of_definition(name, document, target):
                    found[(one.api, one.kind)] = one
        except yaml.YAMLError as error:
            raise manifest_files.no_yaml(name, error) from error
    return found


def _of_definition(name: str, document: Any, target: Release) -> Iterator[Removal]:
    if not isinstance(document, dict):
        return
    for item in document.get("items") or []:
        yield from _of_definition(name, item, target)
    if document.get("kind") != "CustomResourceDefinition":
        return
    try:
        spec = document["spec"]
        group, kind, versions = spec["group"], spec["names"]["kind"], spec["versions"]
        served = [f"{group}/{one['name']}" for one in versions if one["served"]]
        gone = [f"{group}/{one['name']}" for one in versions if not one["served"]]
    except (KeyError, TypeError) as error:
        raise BadInput(f"{name}: a CustomResourceDefinition needs group, names and versions ({error})") from error
    for api in gone:
        yield Removal(api, kind, target, " or ".join(served) or "nothing, no version is served")
