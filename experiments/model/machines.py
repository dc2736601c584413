"""A machine beside the nodes: what a cloud has and a cluster has not, such as its metadata service."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field

from experiments.model.base import Frozen
from experiments.model.nodes import Label

LINK_LOCAL = IPv4Network("169.254.0.0/16")


def _link_local(address: str) -> str:
    if IPv4Address(address) not in LINK_LOCAL:
        raise ValueError(f"{address} may be somebody's; a machine of a run has an address of {LINK_LOCAL}")
    return address


class Machine(Frozen):
    """A container in the nodes' network that is no node and owns an address, to which every node has a route.

    Args:
        name: the container's, behind the lab's name; the `job` of its metrics.
        image: of the lab, without tag.
        command: arguments of the image's program.
        address: the link-local address that it owns.
        metrics_port: where it answers Prometheus.
        settings: its environment.
    """

    name: Label
    image: str = Field(pattern=r"^firedrill/[a-z][a-z0-9-]*$")
    command: tuple[str, ...] = ()
    address: Annotated[str, AfterValidator(_link_local)]
    metrics_port: int = Field(ge=1, le=65535)
    settings: dict[str, str] = Field(default_factory=dict)


def machine(name: str, image: str, *command: str, address: str, metrics_port: int, **settings: str) -> Machine:
    """A machine beside the nodes, which the pods of the scenario's namespaces reach under its address.

    Args:
        name: what it is called: `metadata`.
        image: of the lab, without tag: `firedrill/cloud`.
        command: arguments of the image's program.
        address: link-local, `169.254.169.254`; packets to it are routed, and carry the pod's own address.
        metrics_port: where it answers Prometheus; its program is told by METRICS_PORT.
        settings: its environment variables, in any case: `lifetime_s` is LIFETIME_S.

    Raises:
        ValueError: the address is not link-local.
    """
    environment = {key.upper(): value for key, value in settings.items()} | {"METRICS_PORT": str(metrics_port)}
    return Machine(
        name=name, image=image, command=command, address=address, metrics_port=metrics_port, settings=environment
    )
