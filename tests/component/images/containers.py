"""Containers of the lab's infrastructure images, started the way the cluster starts them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import docker
import httpx
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from cluster.images import build
from cluster.lab import Lab
from cluster.progress import Progress

# Its reaper is an image that no lab has; what a killed test leaves behind carries the lab's labels.
testcontainers_config.ryuk_disabled = True

Value = TypeVar("Value")


@dataclass(frozen=True)
class Containers:
    """Starts containers with no capability, no new privileges and a root file system that is read-only."""

    lab: Lab
    network: Network

    @contextmanager
    def start(
        self,
        image: str,
        *,
        ports: Sequence[int] = (),
        alias: str = "",
        command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        writable: Sequence[str] = (),
        files: Mapping[Path, str] | None = None,
        volumes: Mapping[str, str] | None = None,
        entrypoint: Sequence[str] | None = None,
        beside: DockerContainer | None = None,
    ) -> Iterator[DockerContainer]:
        """Runs one until the `with` block ends.

        Args:
            image: name without repository; built if it is not there.
            ports: published on the host.
            alias: its name on the tests' network; the image's name if empty.
            command: arguments for the image's entry point.
            env: environment.
            writable: folders that are tmpfs and the image's user's, since the engine keeps a folder's own mode.
            files: file or folder of the host → path in the container, read-only.
            volumes: name of a Docker volume → path in the container.
            entrypoint: in the place of the image's.
            beside: a container whose processes it sees and whose address it has, as in one pod.
        """
        reference = build.ensure(self.lab, [image], Progress(self.lab.logs))[image]
        container = DockerContainer(reference).with_exposed_ports(*ports).with_envs(**(env or {}))
        shared: dict[str, object] = {}
        if beside is None:
            container.with_network(self.network).with_network_aliases(alias or image)
        else:
            pod = f"container:{beside.get_wrapped_container().id}"
            shared = {"pid_mode": pod, "network_mode": pod}
        if entrypoint is not None:
            shared["entrypoint"] = list(entrypoint)
        if command:
            container.with_command(list(command))
        for folder in writable:
            container.with_tmpfs_mount(folder, f"uid={_user(reference)}")
        for there, here in (files or {}).items():
            container.with_volume_mapping(str(there), here, "ro")
        for name, here in (volumes or {}).items():
            container.with_volume_mapping(name, here, "rw")
        container.with_kwargs(
            labels=self.lab.labels, read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges"], **shared
        )
        with container:
            yield container


def _user(reference: str) -> str:
    engine = docker.from_env()
    try:
        user: str = engine.images.get(reference).attrs["Config"]["User"]
        return user.partition(":")[0]
    finally:
        engine.close()


def address(container: DockerContainer, port: int) -> str:
    """HTTP address of a published port."""
    return f"http://{container.get_container_host_ip()}:{container.get_exposed_port(port)}"


def eventually(condition: Callable[[], Value], within_s: float = 30) -> Value:
    """Polls until the value counts as true and returns it; fails with the last value seen."""
    deadline = time.monotonic() + within_s
    while not (last := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s; last seen: {last!r}"
        time.sleep(0.1)
    return last


def text(url: str) -> str:
    """Body of an answer with status 200; empty for anything else, and while nobody answers."""
    try:
        answer = httpx.get(url)
    except httpx.TransportError:
        return ""
    return answer.text if answer.status_code == 200 else ""
