"""Amounts as Kubernetes writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_FACTORS = {
    "m": Decimal("0.001"), "": Decimal(1), "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30),
}  # fmt: skip
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)(m|k|M|G|Ki|Mi|Gi|)")


def quantity(text: str) -> Decimal:
    """Read a quantity: `250m` is 0.25, `64Mi` is 67108864.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ (what a lab needs of it).

    Raises:
        ValueError: it is none.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no quantity such as 250m, 64Mi or 1Gi")
    return Decimal(found[1]) * _FACTORS[found[2]]


def mebibytes(text: str) -> int:
    """Read a size in whole MiB: `400Mi`, `1Gi`.

    Raises:
        ValueError: the text is no such size.
    """
    size = quantity(text) / 2**20
    if size != int(size):
        raise ValueError(f"{text!r} is not a size in whole MiB such as 64Mi or 1Gi")
    return int(size)
