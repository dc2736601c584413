"""Writing a fresh scenario folder from the templates beside this file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cluster.errors import UsageError
from experiments.record.writing import write_text

TEMPLATES = Path(__file__).resolve().parent / "templates"
_FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST_NAMESPACE = 63 - len("-monitoring")


def new(name: str, pack: Path) -> Path:
    """Write a scenario folder whose every open place says TODO.

    Args:
        name: what the scenario is called, `disk-full`; the folder is `disk_full`.
        pack: the folder it is made in; made too where it does not exist.

    Returns:
        the new folder.

    Raises:
        UsageError: the name is none, or the folder exists; nothing was written.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAMESPACE:
        raise UsageError(
            f"{name!r} is no name for a scenario",
            f"use small letters, digits and dashes, at most {_LONGEST_NAMESPACE}: `disk-full`",
        )
    words = re.split(r"[-_]", name)
    folder = pack.resolve() / "_".join(words)
    if folder.exists():
        raise UsageError(f"{folder} exists already", "choose another name, or go on with that folder")
    values = {
        "name": "-".join(words),
        "title": " ".join(words).capitalize(),
        "alert": "".join(word.capitalize() for word in words),
        "fixtures": os.path.relpath(_FIXTURES, folder / "system"),
    }
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML, Markdown and Python, not HTML
    )
    for template in sorted(TEMPLATES.rglob("*.j2")):
        relative = template.relative_to(TEMPLATES)
        write_text(folder / relative.with_suffix(""), environment.get_template(relative.as_posix()).render(values))
    return folder
