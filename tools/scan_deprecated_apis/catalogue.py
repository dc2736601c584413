"""Which API versions are gone in which release: Kubernetes' own, and what a team adds for its custom resources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.bad_input import BadInput

BUILT_IN = Path(__file__).with_name("apis.yaml")
_RELEASE = re.compile(r"v?(\d+)\.(\d+)(\..*)?")

Release = tuple[int, int]


@dataclass(frozen=True)
class Removal:
    """One kind in one API version, the release that no longer serves it, and what to use instead."""

    api: str
    kind: str
    removed: Release
    use: str

    @property
    def release(self) -> str:
        """The release as people write it."""
        return f"{self.removed[0]}.{self.removed[1]}"


def release(text: str) -> Release:
    """`1.36`, `v1.36.3` as numbers.

    Raises:
        BadInput: it is no release.
    """
    found = _RELEASE.fullmatch(text.strip())
    if not found:
        raise BadInput(f"{text!r} is no Kubernetes release; write it like 1.36")
    return int(found[1]), int(found[2])


def load(also: Iterable[str] = ()) -> dict[tuple[str, str], Removal]:
    """Every removal, by API version and kind.

    Args:
        also: further files of the built-in one's form, for custom resources.

    Raises:
        BadInput: a file is missing or not of that form.
    """
    found: dict[tuple[str, str], Removal] = {}
    for file in (BUILT_IN, *map(Path, also)):
        for one in _entries(file):
            try:
                for kind in one["kinds"]:
                    removal = Removal(str(one["api"]), str(kind), release(str(one["removed"])), str(one["use"]))
                    found[(removal.api, removal.kind)] = removal
            except (KeyError, TypeError) as error:
                raise BadInput(f"{file}: an entry needs api, kinds, removed and use: {one!r} ({error})") from error
    return found


def _entries(file: Path) -> list[Any]:
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error
    if not isinstance(read, list):
        raise BadInput(f"{file} is no list of API versions")
    return read
