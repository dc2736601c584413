"""Typed YAML between two lines of `---` at the top of a Markdown file."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from experiments.source.located_yaml import read_yaml
from experiments.source.problem import Problem

Model = TypeVar("Model", bound=BaseModel)


def split(text: str, file: str, model: type[Model]) -> tuple[Model, str, list[Problem]]:
    """Take the front matter off a text.

    Args:
        text: the whole file.
        file: its name in problems.
        model: what the front matter says; everything in it has a default.

    Returns:
        the front matter (the defaults where there is none or it is wrong), the Markdown below it with blank lines in
        its place, so that lines stay what they were, and the problems.
    """
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        return model(), text, []
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if closing is None:
        return model(), text, [Problem(file, 1, "the front matter has no closing `---`")]
    body = "\n" * (closing + 1) + "\n".join(lines[closing + 1 :]) + "\n"
    document, problems = read_yaml("\n".join(lines[1:closing]), file, first_line=2)
    if document is None or document.data is None:
        return model(), body, problems
    said, problems = document.as_model(model, file)
    return said or model(), body, problems
