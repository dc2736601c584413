"""The anchor: a container that holds the network namespace of all of a run's blocks, and the trainee's shell."""

from __future__ import annotations

from docker import DockerClient
from docker.errors import APIError, ContainerError
from docker.models.containers import Container

from cluster.errors import LabError
from experiments.toolbox.confinement import Place, create_home, create_oncall
from experiments.toolbox.network_setup import set_up
from experiments.toolbox.reach import Reach, setup_script

LIVES_S = 12 * 3600
"""The anchor ends by itself after this: a drill may last a working day, a forgotten one does not stay for ever."""


def start(docker: DockerClient, place: Place, network: str, hosts: dict[str, str]) -> Container:
    """Start the anchor on the lab's network. No command of a runbook may run before `confine`.

    Args:
        docker: the engine of the lab.
        place: name, image and labels.
        network: the lab's Docker network.
        hosts: node name -> address on that network, for /etc/hosts.

    Returns:
        The running anchor; `docker exec` into it is the trainee's shell.

    Raises:
        LabError: the engine refused.
    """
    try:
        create_home(docker, place)
        anchor = create_oncall(
            docker, place, "", ["sleep", str(LIVES_S)], network=network, hostname="oncall", extra_hosts=hosts
        )
        anchor.start()
        anchor.reload()
    except APIError as error:
        raise LabError(f"The toolbox did not start: {error.explanation}", "firedrill doctor") from error
    return anchor


def confine(docker: DockerClient, place: Place, anchor: Container, reach: Reach) -> None:
    """Give the anchor's namespace its routes, firewall and resolver, by a short-lived sibling with NET_ADMIN.

    The sibling alone has the capability, and is gone before the first block starts.

    Raises:
        LabError: part of it was refused, or a way out of the lab was left.
    """
    try:
        script = ["bash", "-c", setup_script(reach)]
        set_up(docker, place.image, anchor, script, place.labels, f"{place.name}-network")
    except ContainerError as error:
        said = (error.stderr or b"").decode(errors="replace").strip()
        raise LabError(f"The toolbox's network could not be closed: {said}", "firedrill doctor") from error
    except APIError as error:
        raise LabError(f"The toolbox's network could not be set: {error.explanation}", "firedrill doctor") from error
