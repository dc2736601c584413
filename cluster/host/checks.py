"""What a host needs for the lab, each a typed result with the command that mends it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cluster.errors import CommandFailed
from cluster.host import engine, inotify, packages
from cluster.lab import Lab
from cluster.process import run

#: a first build takes about 16 GB of images and caches, a cluster of four nodes 10 GB more
DISK_GIB = 30
#: four nodes take 1 GiB idle, cache-stampede about 3 GiB more; each node's pods may use a fifth of the memory
MEMORY_GIB = 7
#: the first Go that downloads the toolchain which go.mod asks for
GO = (1, 21)
PYTHON = (3, 11)

_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")


class Check(BaseModel):
    """One answer of the doctor.

    Args:
        name: what was looked at.
        state: `mended` means that `make up` puts it right by itself.
        seen: what was found, one line.
        mend: the command that puts it right; empty where nothing is wrong.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    state: Literal["ok", "mended-by-up", "wrong"]
    seen: str
    mend: str = ""


def docker_engine() -> Check:
    """A Docker engine answers, or one can be installed and started."""
    if engine.running():
        version = run(["docker", "version", "-f", "{{.Server.Version}}"]).strip()
        return Check(name="docker", state="ok", seen=f"engine {version} answers")
    absent = bool(packages.absent(["docker.io"]))
    seen = "no engine is installed" if absent else "the engine does not answer"
    if os.geteuid() == 0 and (packages.debian_like() or not absent):
        return Check(name="docker", state="mended-by-up", seen=seen, mend="make up")
    mend = "sudo apt-get install -y docker.io" if absent else "sudo systemctl start docker"
    return Check(name="docker", state="wrong", seen=seen, mend=mend)


def cgroups(mount: Path = Path("/sys/fs/cgroup")) -> Check:
    """The control groups that pods need are mounted, version 2 or 1."""
    if (mount / "cgroup.controllers").exists():
        version, there = 2, (mount / "cgroup.controllers").read_text(encoding="utf-8").split()
    else:
        version, there = 1, [entry.name for entry in mount.iterdir() if entry.is_dir()] if mount.exists() else []
    absent = [name for name in _CONTROLLERS if name not in there]
    if not absent:
        return Check(name="cgroups", state="ok", seen=f"version {version}")
    mend = "sudo apt-get install -y cgroupfs-mount && sudo cgroupfs-mount"
    return Check(name="cgroups", state="wrong", seen=f"version {version} without {', '.join(absent)}", mend=mend)


def disk(lab: Lab, free_bytes: int | None = None) -> Check:
    """There is room for images where the engine keeps them, and for caches."""
    place = Path("/var/lib/docker") if Path("/var/lib/docker").exists() else lab.root
    free = (free_bytes if free_bytes is not None else shutil.disk_usage(place).free) // 2**30
    if free >= DISK_GIB:
        return Check(name="disk", state="ok", seen=f"{free} GiB free at {place}")
    seen = f"{free} GiB free at {place}, {DISK_GIB} GiB are needed"
    return Check(name="disk", state="wrong", seen=seen, mend="docker image prune, or make down PURGE=1")


def memory(meminfo: str | None = None) -> Check:
    """Enough memory is available."""
    text = meminfo if meminfo is not None else Path("/proc/meminfo").read_text(encoding="utf-8")
    kib = int(next(line.split()[1] for line in text.splitlines() if line.startswith("MemAvailable:")))
    if kib >= MEMORY_GIB * 2**20:
        return Check(name="memory", state="ok", seen=f"{kib / 2**20:.1f} GiB available")
    seen = f"{kib / 2**20:.1f} GiB available, {MEMORY_GIB} GiB are needed"
    return Check(name="memory", state="wrong", seen=seen, mend="end other programs: ps aux --sort=-rss | head")


def file_watches() -> Check:
    """Limits on inotify suffice for four nodes, or can be raised."""
    low = inotify.short()
    if not low:
        return Check(name="inotify", state="ok", seen="limits suffice for four nodes")
    state: Literal["mended-by-up", "wrong"] = "mended-by-up" if os.geteuid() == 0 else "wrong"
    seen = ", ".join(f"{name} is {value}" for name, value in low.items())
    return Check(name="inotify", state=state, seen=seen, mend=inotify.mend_command(low))


def go() -> Check:
    """A Go toolchain that can get the one which go.mod asks for."""
    mend = f"install Go {GO[0]}.{GO[1]} or newer and put it on PATH"
    try:
        seen = run(["go", "version"]).strip()
    except CommandFailed:
        return Check(name="go", state="wrong", seen="no go on PATH", mend=mend)
    found = re.search(r"go(\d+)\.(\d+)", seen)
    new_enough = found is not None and (int(found[1]), int(found[2])) >= GO
    return Check(name="go", state="ok" if new_enough else "wrong", seen=seen, mend="" if new_enough else mend)


def python() -> Check:
    """The Python that runs this is new enough."""
    seen = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= PYTHON:
        return Check(name="python", state="ok", seen=seen)
    return Check(name="python", state="wrong", seen=seen, mend=f"install Python {PYTHON[0]}.{PYTHON[1]}")


def ports() -> Check:
    """The kernel has a free port on loopback for the API server; kind takes any."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as held:
            port = held.getsockname()[1]
    except OSError as failure:
        mend = "see what listens: ss -ltnp"
        return Check(name="ports", state="wrong", seen=f"no port is free on 127.0.0.1: {failure}", mend=mend)
    return Check(name="ports", state="ok", seen=f"127.0.0.1 has free ports, such as {port}")
