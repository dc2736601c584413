"""YAML that remembers on which line each value stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from experiments.source.problem import Problem

Model = TypeVar("Model", bound=BaseModel)

#: ten times as fast where PyYAML was built with libyaml, as its wheels are
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class LocatedYaml:
    """One YAML document: its plain data and its nodes.

    Args:
        data: what safe loading gives; None for an empty document.
        first_line: the line its text starts on in the file, counted from 1.
    """

    data: Any
    node: yaml.Node | None
    first_line: int = 1

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the value at `path` (keys and positions), or of the nearest enclosing value that exists.

        A key's value counts as standing on the key's line.
        """
        node, line = self.node, 0
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            line, node = found
        return line + self.first_line

    def as_model(self, model: type[Model], file: str) -> tuple[Model | None, list[Problem]]:
        """The data as a pydantic model, or one problem for each field that does not fit."""
        try:
            return model.model_validate(self.data), []
        except ValidationError as error:
            return None, [
                Problem(file, self.line(e["loc"]), f"{'.'.join(map(str, e['loc'])) or 'the document'}: {e['msg']}")
                for e in error.errors()
            ]


def read_yaml(text: str, file: str, first_line: int = 1) -> tuple[LocatedYaml | None, list[Problem]]:
    """Parse one YAML document.

    Returns:
        the document and no problem, or None and where the text stops being YAML.
    """
    try:
        data, node = _parsed(text)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line if error.problem_mark else 0
        return None, [Problem(file, at + first_line, f"not YAML: {error.problem}")]
    except yaml.YAMLError as error:
        return None, [Problem(file, first_line, f"not YAML: {error}")]
    return LocatedYaml(data, node, first_line), []


def _parsed(text: str) -> tuple[Any, yaml.Node | None]:
    """Data and node, or PyYAML's own words for what is wrong, which say more than libyaml's."""
    try:
        return _load(text, _LOADER)
    except yaml.YAMLError:
        return _load(text, yaml.SafeLoader)


def _load(text: str, kind: Any) -> tuple[Any, yaml.Node | None]:
    loader = kind(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    finally:
        loader.dispose()


def _step(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line, item
    return None
