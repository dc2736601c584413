"""Uses in manifests: files, folders, standard input."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from tools import manifest_files
from tools.scan_deprecated_apis.catalogue import Removal
from tools.scan_deprecated_apis.findings import Finding, found

Texts = list[tuple[str, str]]
"""Name and content of each manifest file."""


def scan(texts: Texts, catalogue: dict[tuple[str, str], Removal]) -> tuple[list[Finding], int]:
    """Every use in these manifests.

    Returns:
        the findings, and how many objects were looked at.

    Raises:
        tools.bad_input.BadInput: one is no YAML.
    """
    findings, seen = [], 0
    for name, text in texts:
        for line, api, kind in _objects(name, text):
            seen += 1
            findings += found(catalogue, "manifest", f"{name}:{line}", api, kind)
    return findings, seen


def _objects(name: str, text: str) -> Iterator[tuple[int, str, str]]:
    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            yield from _of_node(document)
    except yaml.YAMLError as error:
        raise manifest_files.no_yaml(name, error) from error


def _of_node(node: yaml.Node | None) -> Iterator[tuple[int, str, str]]:
    """Line, API version and kind of an object, or of each item of a list."""
    if not isinstance(node, yaml.MappingNode):
        return
    fields = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    api, kind, items = fields.get("apiVersion"), fields.get("kind"), fields.get("items")
    if not isinstance(api, yaml.ScalarNode) or not isinstance(kind, yaml.ScalarNode):
        return
    if kind.value.endswith("List") and isinstance(items, yaml.SequenceNode):
        for item in items.value:
            yield from _of_node(item)
    else:
        yield api.start_mark.line + 1, api.value, kind.value
