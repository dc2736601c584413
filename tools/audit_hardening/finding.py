"""What a check says of an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OK, OPEN, UNKNOWN, SKIPPED = "ok", "open", "unknown", "skipped"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Args:
        check: which, `limits`.
        status: `ok`, `open` (to be closed), `unknown` (nobody can tell from what was given) or `skipped`.
        object: what it is about.
        place: where that stands, `file:line` or `cluster`; empty where it stands nowhere.
        says: what was seen.
        do: what to do about it; empty where it is well.
    """

    check: str
    status: str
    object: str
    place: str
    says: str
    do: str = ""


def or_well(check: str, found: Iterable[Finding], namespace: str, says: str) -> list[Finding]:
    """The findings, or one that says that there are none."""
    listed = list(found)
    return listed or [Finding(check, OK, f"Namespace {namespace}", "", says)]
