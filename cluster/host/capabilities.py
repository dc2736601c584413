"""Whether this host's capability bounding set is full."""

from __future__ import annotations

from pathlib import Path


def missing(status: str | None = None, last: int | None = None) -> list[int]:
    """Numbers of the capabilities that the kernel knows and this host may not hand to a container.

    Args:
        status: text of a /proc/PID/status file; this process's own if None.
        last: number of the kernel's last capability; read from /proc if None.
    """
    text = status if status is not None else Path("/proc/self/status").read_text(encoding="utf-8")
    highest = last if last is not None else int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="utf-8"))
    mask = next(int(line.split()[1], 16) for line in text.splitlines() if line.startswith("CapBnd:"))
    return [number for number in range(highest + 1) if not mask & (1 << number)]
