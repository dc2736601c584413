"""The Docker engine of this host: used as it is, or installed and started where that can be done."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import docker
from docker.errors import DockerException

from cluster.errors import HostNotReady
from cluster.host import capabilities, packages, record
from cluster.host.turn import turn
from cluster.process import run, tail
from cluster.progress import Progress

_SHIM_SOURCE = Path(__file__).parent / "bounded-runc"
_SHIM = record.HOST_DIR / "bin" / "bounded-runc"
_DAEMON_LOG = record.HOST_DIR / "dockerd.log"
_STARTUP_S = 60.0
_DATA = ("/var/lib/docker", "/var/lib/containerd")


def running() -> bool:
    """True if a Docker engine answers where the environment points to."""
    try:
        client = docker.from_env(timeout=10)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except DockerException:
        return False


def ensure(progress: Progress) -> None:
    """Makes sure that a Docker engine answers.

    A running engine is used as it is. Otherwise, as root on a Debian-like host, it is installed and started;
    both are written to the host's record, which `host-undo` takes back.

    Raises:
        HostNotReady: no engine, and it cannot be installed or started here; the message has the commands.
    """
    if running():
        return
    if "DOCKER_HOST" in os.environ:
        raise HostNotReady(
            f"no Docker engine answers at DOCKER_HOST={os.environ['DOCKER_HOST']}", "start it, or unset DOCKER_HOST"
        )
    _record_data()
    packages.install(["docker.io", "iptables"], progress)
    if os.geteuid() != 0:
        raise HostNotReady("the Docker engine is installed but does not answer", "sudo systemctl start docker")
    with turn():
        if running():  # another lab has started it meanwhile
            return
        progress.say("starting the Docker engine of this host")
        if Path("/run/systemd/system").is_dir():
            run(["systemctl", "start", "docker"], timeout_s=_STARTUP_S)
            _await(None)
        else:
            _await(_start(_runtime_flags(progress)))


def _record_data() -> None:
    """Notes the folders that an engine installed now will make, so that its data goes when it goes."""
    if not packages.absent(["docker.io"]) or os.geteuid() != 0:
        return
    with turn():
        kept = record.load()
        made = [folder for folder in _DATA if not Path(folder).exists() and folder not in kept.directories]
        if made:
            kept.directories += made
            record.save(kept)


def _runtime_flags(progress: Progress) -> list[str]:
    """Flags that put the capability shim before runc, only where the host's bounding set is not full."""
    if not capabilities.missing():
        return []
    progress.say("this host lacks capabilities that privileged containers ask for: using the runtime bounded-runc")
    kept = record.load()
    if str(_SHIM) not in kept.files:
        kept.files.append(str(_SHIM))
        record.save(kept)
    _SHIM.parent.mkdir(parents=True, exist_ok=True)
    run(
        ["go", "build", "-trimpath", "-buildvcs=false", "-o", _SHIM, "."],
        cwd=_SHIM_SOURCE,
        timeout_s=300,
        env={"CGO_ENABLED": "0"},
    )
    return ["--add-runtime", f"bounded={_SHIM}", "--default-runtime", "bounded"]


def _start(flags: list[str]) -> subprocess.Popen[bytes]:
    """Starts dockerd in a session of its own, so that it outlives this process, and records it."""
    _DAEMON_LOG.parent.mkdir(parents=True, exist_ok=True)
    with _DAEMON_LOG.open("ab") as sink:
        daemon = subprocess.Popen(
            ["dockerd", *flags],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
    kept = record.load()
    kept.files += [str(_DAEMON_LOG)] if str(_DAEMON_LOG) not in kept.files else []
    begun = record.started_ticks(daemon.pid)
    if begun is not None:
        kept.daemons = [*(d for d in kept.daemons if record.started_ticks(d.pid) == d.started_ticks)]
        kept.daemons.append(record.Daemon(name="dockerd", pid=daemon.pid, started_ticks=begun))
    record.save(kept)
    return daemon


def _await(daemon: subprocess.Popen[bytes] | None) -> None:
    deadline = time.monotonic() + _STARTUP_S
    while not running():
        died = daemon is not None and daemon.poll() is not None
        if died or time.monotonic() > deadline:
            state = "ended at once" if died else f"does not answer after {_STARTUP_S:.0f} s"
            said = f": {tail(_DAEMON_LOG)}" if daemon is not None else ""
            raise HostNotReady(f"dockerd {state}{said}", f"read {_DAEMON_LOG}" if daemon else "journalctl -u docker")
        time.sleep(0.2)
