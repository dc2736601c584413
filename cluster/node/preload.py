"""The node image with the lab's images in it, so that a new cluster has nothing to load."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cluster.errors import BuildFailed, CommandFailed
from cluster.images import build as images
from cluster.lab import Lab
from cluster.node.store import commit, import_images, machine
from cluster.process import run
from cluster.progress import Progress

REPOSITORY = "firedrill/node-loaded"


def reference(node_image: str, references: Sequence[str]) -> str:
    """The loaded image's full name: a hash of the node image's name and of the names, with tags, of what is in it."""
    text = "\n".join([node_image, *sorted(references)])
    return f"{REPOSITORY}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def ensure(lab: Lab, node_image: str, references: Sequence[str], progress: Progress) -> str:
    """Makes the node image with these images in it, unless the engine holds it, and removes older ones.

    Args:
        lab: whose log folder.
        node_image: any image that kind can make a node from.
        references: full names of images that the engine holds.
        progress: where phases are told.

    Returns:
        The loaded image's full name.

    Raises:
        BuildFailed: the import or the commit failed; the message names the log.
    """
    tag = reference(node_image, references)
    if tag in images.existing():
        return tag
    log = progress.log("node-loaded")
    with progress.phase("put the lab's images into the node image", "node-loaded"):
        try:
            with machine(node_image, log) as container:
                import_images([container], references, log)
                commit(container, node_image, tag, [f"{images.LABEL_IMAGE}=node-loaded"], log)
        except CommandFailed as failure:
            raise BuildFailed(f"the node image could not be loaded: {failure.happened}", f"read {log}") from failure
    _remove_older(tag)
    return tag


def _remove_older(keep: str) -> None:
    """Removes loaded images that no node runs on; each is as large as all lab images together."""
    for name in images.existing():
        if name.startswith(f"{REPOSITORY}:") and name != keep:
            used = run(["docker", "ps", "-aq", "--filter", f"ancestor={name}"]).strip()
            if not used:
                run(["docker", "rmi", name])
