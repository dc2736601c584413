"""The machines beside the nodes that a scenario asks for: made before its system, taken away by the undo.

Each is a container in the lab's network that owns a link-local address on its loopback. Every node has a route to it,
and it has one to the pods of every node and to nothing beyond: no address is translated on the way, so it sees which
pod asks. What has a link-local address and no such route ends at the node, before and after (see the network agent).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from docker.errors import APIError, ContainerError
from docker.models.containers import Container

from cluster.errors import LabError
from cluster.guard import Handle, open_handle
from cluster.images.tags import references
from cluster.lab import Lab
from experiments.actions.node_commands import at_once
from experiments.compile.activities import undo
from experiments.model.machines import Machine
from experiments.play.session import Session
from experiments.toolbox import lab_network
from experiments.toolbox.network_setup import set_up
from experiments.toolbox.sweep import LABEL_PART, LABEL_RUN, remove_labelled
from experiments.undo.node_state import running_nodes
from experiments.waiting import Seen, eventually

_TOOLBOX = "firedrill/toolbox"
_STARTS_WITHIN_S = 20.0


def stand(session: Session) -> None:
    """Make each machine and the routes to it; the undo is promised before.

    Raises:
        LabError: the engine or a node refused.
        ConditionTimedOut: one ended at once.
    """
    for machine in session.file.scenario.machines:
        title = f"take the machine {machine.name} away"
        session.journal.promise(undo(title, __name__, "take_away", name=machine.name, address=machine.address))
        _stand(session.home, machine, session.file.run_id, session.played.source)
        session.recorder.event("note", f"the machine {machine.name} owns {machine.address}")


def addresses(session: Session) -> list[str]:
    """The addresses that the run's machines own."""
    return [machine.address for machine in session.file.scenario.machines]


def scraped(session: Session) -> dict[str, str]:
    """Name -> `address:port` at which Prometheus finds each machine's metrics."""
    return {one.name: f"{one.address}:{one.metrics_port}" for one in session.file.scenario.machines}


def take_away(name: str, address: str) -> None:
    """Undo of `stand`: the routes go, then the container; what is not there is no error.

    A node that does not run is passed over: its routes ended with it.

    Raises:
        NotOurLab: the guard refuses the cluster.
        LabError: a node or the engine refused.
    """
    handle = open_handle(Lab.of_checkout())
    try:
        _on_each(handle, running_nodes(handle), f"ip route flush {address}/32")
        # By its labels, not by its name, which is a node's or anybody's where the engine refused to give it twice.
        remove_labelled(handle.docker, _labels(handle, name))
    finally:
        handle.close()


def _stand(handle: Handle, machine: Machine, run: str, pack: Path) -> None:
    images = references(handle.lab.root, [pack])
    labels = _labels(handle, machine.name) | {LABEL_RUN: run}
    nodes = lab_network.nodes(handle)
    ways = {str(nodes.pods[node]): str(nodes.addresses[node]) for node in nodes.pods}
    try:
        container = handle.docker.containers.run(
            images[machine.image],
            list(machine.command),
            name=f"{handle.lab.name}-{machine.name}",
            hostname=machine.name,
            labels=labels,
            environment=machine.settings,
            network=handle.lab.network,
            # as the engine sets it for its default runtime: its program serves at port 80 and is not root
            sysctls={"net.ipv4.ip_unprivileged_port_start": "0"},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            mem_limit="128m",
            pids_limit=128,
            detach=True,
        )
        own = _address(handle, container)
        # Gone before anybody asks the machine.
        script = ["bash", "-euo", "pipefail", "-c", ways_of(machine.address, ways)]
        set_up(handle.docker, images[_TOOLBOX], container, script, labels)
    except ContainerError as error:
        said = (error.stderr or b"").decode(errors="replace").strip()
        raise LabError(f"The machine {machine.name} did not get its address: {said}", "firedrill doctor") from error
    except APIError as error:
        raise LabError(f"The machine {machine.name} did not start: {error.explanation}", "firedrill doctor") from error
    _on_each(handle, handle.nodes(), f"ip route replace {machine.address}/32 via {own}")


def ways_of(address: str, pods: dict[str, str]) -> str:
    """What gives a machine its address and its routes, as bash.

    Args:
        address: the one that it owns.
        pods: range of a node's pods -> the node's address.
    """
    lines = [f"ip route replace {prefix} via {node}" for prefix, node in sorted(pods.items())]
    closed = ["ip -4 route flush default", "ip -6 route flush default"]
    return "\n".join([f"ip address replace {address}/32 dev lo", *closed, *lines])


def _address(handle: Handle, container: Container) -> str:
    """Its address in the lab's network, once it runs."""

    def look() -> Seen[str]:
        container.reload()
        own = container.attrs["NetworkSettings"]["Networks"][handle.lab.network]["IPAddress"]
        return Seen(own if container.status == "running" and own else None, str(container.status))

    return eventually(look, what=f"{container.name} runs", within_s=_STARTS_WITHIN_S)


def _on_each(handle: Handle, nodes: list[str], script: str) -> None:
    with ThreadPoolExecutor(max(1, len(nodes))) as pool:
        for done in [pool.submit(at_once, handle, node, script) for node in nodes]:
            done.result()


def _labels(handle: Handle, name: str) -> dict[str, str]:
    """Of the machine's container, and of the one that gives it its address."""
    return handle.lab.labels | {LABEL_PART: f"machine-{name}"}
