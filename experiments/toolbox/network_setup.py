"""Changing a container's network from beside it: the container itself never has the capability that this needs."""

from __future__ import annotations

from docker import DockerClient
from docker.models.containers import Container


def set_up(
    docker: DockerClient,
    image: str,
    container: Container,
    command: list[str],
    labels: dict[str, str],
    name: str | None = None,
) -> None:
    """Run a command in a container's network namespace, by a short-lived sibling that alone has NET_ADMIN.

    Args:
        docker: the engine of the lab.
        image: in which the command is.
        container: runs.
        command: ends with 0 where all of it was done.
        labels: of the sibling, so that the sweep finds it.
        name: of the sibling; the engine gives it one if None.

    Raises:
        docker.errors.ContainerError: it ended with something else.
        docker.errors.APIError: the engine refused.
    """
    docker.containers.run(
        image,
        command,
        entrypoint=[],
        name=name,
        labels=labels,
        user="0:0",
        network_mode=f"container:{container.id}",
        cap_drop=["ALL"],
        cap_add=["NET_ADMIN"],
        security_opt=["no-new-privileges"],
        remove=True,
        stderr=True,
    )
