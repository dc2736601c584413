"""How every container of the toolbox is confined: the blocks', the trainee's shell, and the helpers beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from docker import DockerClient
from docker.models.containers import Container
from docker.types import DriverConfig, LogConfig, Mount

HOME = PurePosixPath("/home/oncall")
BIN = HOME / "bin"
KUBECONFIG = HOME / ".kube" / "config"
ONCALL_UID = 1000

MEMORY = "512m"
PIDS = 256
CPUS = 1.0
TMP = "size=64m,mode=1777,nosuid,nodev"
HOME_OPTIONS = f"size=64m,nr_inodes=8k,mode=0700,uid={ONCALL_UID},gid={ONCALL_UID},nosuid,nodev"

_DRIVER = "local"
_IN_MEMORY = {"type": "tmpfs", "device": "tmpfs", "o": HOME_OPTIONS}

SHELL = ("bash", "-euo", "pipefail", "-c")


@dataclass(frozen=True)
class Place:
    """What the containers of one toolbox have in common.

    Args:
        name: the anchor's name; its siblings' names begin with it.
        image: the toolbox image with its tag.
        labels: labels of the lab and of the run; by these the sweep finds everything.
    """

    name: str
    image: str
    labels: dict[str, str]

    @property
    def home(self) -> str:
        """The volume that the blocks of the run share: files of one block are there in the next."""
        return f"{self.name}-home"


def create_home(docker: DockerClient, place: Place) -> None:
    """Create the shared home: in memory and bounded, so that no block can fill the host's disk."""
    docker.volumes.create(place.home, driver=_DRIVER, driver_opts=_IN_MEMORY, labels=place.labels)


def create_oncall(
    docker: DockerClient, place: Place, suffix: str, command: list[str], *, stdin: bool = False, **network: Any
) -> Container:
    """Create, not start, a container in which the on-call engineer's commands run.

    Nothing of the host is in it: no folder, no socket, no environment; no capability can be had; the root is
    read-only; processes, memory and CPU are bounded; its output is kept by nobody but who attaches.

    Args:
        docker: the engine of the lab.
        place: image, labels and the shared home.
        suffix: what its name ends with; empty for the anchor.
        command: the program with its arguments.
        stdin: whether its standard input stays open for who attaches, and ends with him.
        network: `network` with what belongs to it, or `network_mode`.

    Returns:
        The container, created.
    """
    return docker.containers.create(
        place.image,
        command,
        name=f"{place.name}{suffix}",
        labels=place.labels,
        user=f"{ONCALL_UID}:{ONCALL_UID}",
        working_dir=str(HOME),
        environment=_environment(docker, place.image),
        entrypoint=[],
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        read_only=True,
        tmpfs={"/tmp": TMP},  # noqa: S108 - a tmpfs inside the container
        mounts=[_mount_home(place)],
        pids_limit=PIDS,
        mem_limit=MEMORY,
        memswap_limit=MEMORY,
        nano_cpus=int(CPUS * 1e9),
        ipc_mode="private",
        log_config=LogConfig(type="none"),
        stdin_open=stdin,
        tty=False,
        **network,
    )


def _mount_home(place: Place) -> Mount:
    """The shared home, described in full: the engine makes a volume that is missing, and a sweep may have removed this
    one a moment ago; what is made then is labelled and in memory too, so that the next sweep finds it."""
    driver = DriverConfig(_DRIVER, dict(_IN_MEMORY))
    return Mount(str(HOME), place.home, type="volume", no_copy=True, labels=dict(place.labels), driver_config=driver)


def _environment(docker: DockerClient, image: str) -> dict[str, str]:
    """The whole environment: the image's own PATH with the home's `bin` before it, and what kubectl needs."""
    own = dict(entry.split("=", 1) for entry in docker.images.get(image).attrs["Config"]["Env"] or [])
    path = own.get("PATH", "/usr/local/bin:/usr/bin:/bin")
    return {"HOME": str(HOME), "KUBECONFIG": str(KUBECONFIG), "PATH": f"{BIN}:{path}"}
