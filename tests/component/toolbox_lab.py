"""A Docker network that stands in for the lab's, with a confined toolbox and a neighbour on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import docker
from docker.models.containers import Container

from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.redaction import Redaction
from experiments.toolbox import anchor, blocks
from experiments.toolbox.confinement import Place
from experiments.toolbox.reach import Reach, search_domains
from experiments.toolbox.sweep import remove_labelled

NEIGHBOUR_PORT = 8080


@dataclass(frozen=True)
class Played:
    """How a block ended and what it printed."""

    result: BlockResult
    output: str

    @property
    def exit_code(self) -> int | None:
        """None where it was killed at its limit."""
        return self.result.exit_code


@dataclass(frozen=True)
class ToolboxLab:
    """An open toolbox, the neighbour it may reach and the host's address that it may not."""

    docker: docker.DockerClient
    place: Place
    network: str
    holder: Container
    neighbour: Container
    neighbour_address: str
    host_address: str
    folder: Path
    redaction: Redaction = field(default_factory=Redaction)

    def run(self, script: str, *, limit_s: float = 20.0, expect: str | None = None, index: int = 0) -> Played:
        """Run a block in the toolbox."""
        block = RunbookBlock(index=index, section="Diagnosis", kind="diagnose", line=1, script=script, expect=expect)
        out = self.folder / f"{index:02}-{uuid.uuid4().hex[:6]}.out"
        result = blocks.run(self.docker, self.place, self.holder, block, limit_s, out, self.redaction)
        return Played(result, out.read_text(errors="replace"))

    def unconfined(self, script: str) -> str:
        """Run a script beside the toolbox without its confinement: it shows that a check could fail."""
        output: bytes = self.docker.containers.run(
            self.place.image,
            ["bash", "-c", script],
            network=self.network,
            labels=self.place.labels,
            remove=True,
            user="0",
        )
        return output.decode()


def toolbox_image() -> str:
    """The toolbox image of this checkout, built where it is missing."""
    lab = Lab.of_checkout()
    return ensure(lab, ["toolbox"], Progress(lab.logs))["toolbox"]


@contextmanager
def toolbox_lab(
    folder: Path, dress: Callable[[docker.DockerClient, Place, str], None] | None = None
) -> Iterator[ToolboxLab]:
    """Make it, and leave nothing."""
    name = f"firedrill-test-{uuid.uuid4().hex[:8]}"
    labels = {"firedrill.lab": name}
    client = docker.from_env()
    place = Place(name, toolbox_image(), labels)
    with ExitStack() as closing:
        network = client.networks.create(name, driver="bridge", labels=labels)
        closing.callback(network.remove)
        closing.callback(remove_labelled, client, labels)
        neighbour = client.containers.run(
            place.image,
            ["socat", f"TCP-LISTEN:{NEIGHBOUR_PORT},fork,reuseaddr", "SYSTEM:echo neighbour"],
            name=f"{name}-neighbour",
            labels=labels,
            network=name,
            detach=True,
        )
        neighbour.reload()
        holder = anchor.start(client, place, name, {"neighbour": _address(neighbour, name)})
        settings = holder.attrs["NetworkSettings"]["Networks"][name]
        reach = Reach(
            subnet=IPv4Network(f"{settings['IPAddress']}/{settings['IPPrefixLen']}", strict=False),
            host=(IPv4Address(settings["Gateway"]),),
            routes=(),
            dns=IPv4Address("10.96.0.10"),
            search=search_domains("shop"),
        )
        anchor.confine(client, place, holder, reach)
        yield ToolboxLab(client, place, name, holder, neighbour, _address(neighbour, name), settings["Gateway"], folder)


def _address(container: Container, network: str) -> str:
    return str(container.attrs["NetworkSettings"]["Networks"][network]["IPAddress"])
