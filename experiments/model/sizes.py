"""Sizes as Kubernetes writes them."""

from __future__ import annotations

import re

_MEBIBYTES = re.compile(r"(\d+)(Mi|Gi)")


def mebibytes(text: str) -> int:
    """Read a size in whole MiB: `400Mi`, `1Gi`.

    Raises:
        ValueError: the text is no such size.
    """
    found = _MEBIBYTES.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a size such as 64Mi or 1Gi")
    return int(found[1]) * (1024 if found[2] == "Gi" else 1)
