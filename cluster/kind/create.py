"""Creates and deletes the kind cluster."""

from __future__ import annotations

from pathlib import Path

from cluster.kind import config, network
from cluster.kind.shape import LAB, Shape
from cluster.lab import Lab
from cluster.process import run

_CREATE_TIMEOUT_S = 600.0


def environment(lab: Lab) -> dict[str, str]:
    """What kind must find in its environment: the lab's network, and Docker."""
    return {
        "KIND_EXPERIMENTAL_DOCKER_NETWORK": lab.network,
        "KIND_EXPERIMENTAL_PROVIDER": "docker",
        "KUBECONFIG": str(lab.kubeconfig),
    }


def making(lab: Lab) -> Path:
    """The file that is locked while kind makes the cluster, also where who started it is gone."""
    return lab.state / "making"


def create(lab: Lab, image: str, log: Path, shape: Shape = LAB) -> None:
    """Creates the cluster and writes the lab's kubeconfig.

    Args:
        lab: whose cluster.
        image: the node image.
        log: where kind's output goes.
        shape: what the cluster has.

    Raises:
        CommandFailed: kind failed; the half-made cluster is left for the caller to delete.
        NotOurLab: the network belongs to another checkout.
    """
    network.ensure(lab)
    lab.state.mkdir(parents=True, exist_ok=True)
    file = lab.state / "kind.yaml"
    file.write_text(config.render(lab.name, image, config.Machine.this(), shape), encoding="utf-8")
    run(
        [
            "flock",
            making(lab),
            lab.binaries / "kind",
            "create",
            "cluster",
            "--name",
            lab.name,
            "--config",
            file,
            "-v",
            "1",
            "--retain",
            "--kubeconfig",
            lab.kubeconfig,
        ],
        env=environment(lab),
        timeout_s=_CREATE_TIMEOUT_S,
        log=log,
    )
    lab.kubeconfig.chmod(0o600)


def delete(lab: Lab, log: Path) -> None:
    """Deletes the node containers of the lab's cluster, and what kind put into its kubeconfig."""
    run(
        [lab.binaries / "kind", "delete", "cluster", "--name", lab.name, "--kubeconfig", lab.kubeconfig],
        env=environment(lab),
        timeout_s=180,
        log=log,
    )
