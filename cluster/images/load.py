"""Puts images into the nodes' containerd; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cluster.node.store import import_images
from cluster.process import run


def load(nodes: Sequence[str], references: Iterable[str], log: Path) -> dict[str, list[str]]:
    """Loads images into every node that lacks them.

    Args:
        nodes: names of node containers.
        references: full image names, as the engine holds them.
        log: where the import's output goes.

    Returns:
        Node → the images it lacked and got.

    Raises:
        CommandFailed: the engine lacks an image, or a node refused it.
    """
    wanted = list(dict.fromkeys(references))
    lacking = {node: missing(held(node), wanted) for node in nodes}
    union = [name for name in wanted if any(name in names for names in lacking.values())]
    if not union:
        return {}
    import_images([node for node, names in lacking.items() if names], union, log)
    return {node: names for node, names in lacking.items() if names}


def held(node: str) -> set[str]:
    """Names of the images in a node's containerd."""
    return set(run(["docker", "exec", node, "ctr", "-n", "k8s.io", "images", "list", "-q"]).split())


def missing(names: set[str], wanted: Iterable[str]) -> list[str]:
    """Those wanted that a node does not hold; containerd writes a registry before a bare name, so ends are compared."""
    return [image for image in wanted if not any(name == image or name.endswith(f"/{image}") for name in names)]
