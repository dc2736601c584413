"""Is the backup what Redis held? Pure: no connection, no file."""

from __future__ import annotations

from tools.redis_backup.content import Content

MOST = 5
"""Keys that a message names."""


def differences(before: Content, after: Content, restored: Content) -> list[str]:
    """What is wrong with a backup of a Redis that was written to all the while.

    A key that held the same before and after the backup was taken has to be in it, and to hold that. Of all others
    nothing can be said.

    Args:
        before: what Redis held before the backup was taken.
        after: what it held after the backup had been restored.
        restored: what came back from the backup.
    """
    steady = {key: held for key, held in before.items() if after.get(key) == held}
    return _different(steady, restored, "is not in the backup", "is another one in the backup")


def not_arrived(backup: Content, target: Content) -> list[str]:
    """What of a backup a Redis that it was restored to does not hold; a lifetime may have ended meanwhile."""
    lasting = {key: held for key, held in backup.items() if not held.expires}
    return _different(lasting, target, "did not arrive", "is another one than in the backup")


def _different(wanted: Content, there: Content, missing: str, other: str) -> list[str]:
    gone = sorted(wanted.keys() - there.keys())
    changed = sorted(key for key in wanted.keys() & there.keys() if there[key].digest != wanted[key].digest)
    return [*_told(gone, missing), *_told(changed, other)]


def _told(names: list[bytes], what: str) -> list[str]:
    told = [f"{name.decode(errors='backslashreplace')} {what}" for name in names[:MOST]]
    return [*told, *([f"and {len(names) - MOST} more of which each {what}"] if len(names) > MOST else [])]
