"""What a scan finds, and what it means for an upgrade."""

from __future__ import annotations

from dataclasses import dataclass

from tools.scan_deprecated_apis.catalogue import Release, Removal


@dataclass(frozen=True, order=True)
class Finding:
    """One use of an API version that some release no longer serves.

    Args:
        where: `manifest`, `last-applied`, `managed-fields` or `requests`.
        place: file and line, or the object, or who asks.
        removal: what is removed when.
    """

    where: str
    place: str
    api: str
    kind: str
    removal: Removal

    def breaks(self, target: Release) -> bool:
        """Whether the target release no longer serves it."""
        return self.removal.removed <= target

    def text(self, target: Release) -> str:
        """One line for people."""
        sign = "REMOVED   " if self.breaks(target) else "deprecated"
        removed = f"not served from {self.removal.release} on; use {self.removal.use}"
        return f"{sign} {self.place}: {self.kind} {self.api} ({self.where}), {removed}"


def found(catalogue: dict[tuple[str, str], Removal], where: str, place: str, api: str, kind: str) -> list[Finding]:
    """The finding that a kind in an API version makes, or none."""
    removal = catalogue.get((api, kind))
    return [Finding(where, place, api, kind, removal)] if removal else []
