"""The lab as commands and tests need it: up, with every image at hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cluster.binaries import build as binaries
from cluster.host import engine
from cluster.images import build as images
from cluster.lab import Lab
from cluster.progress import Progress
from cluster.up import up


def ensure_up(lab: Lab, packs: Iterable[Path] = ()) -> Lab:
    """Bring the lab up where it is not, with the images of every pack; what stands already is left as it is.

    Raises:
        FiredrillError: the lab could not be brought up; see `cluster.up`.
    """
    up(lab, Progress(lab.logs), packs)
    return lab


def ensure_images(lab: Lab) -> dict[str, str]:
    """Build every lab image that is missing, with the engine and the host's programs; no cluster is needed.

    Returns:
        image name -> full reference.
    """
    progress = with_host_programs(lab)
    return images.ensure(lab, None, progress)


def with_host_programs(lab: Lab) -> Progress:
    """The engine runs and the host's programs are built: what images and offline checks stand on."""
    progress = Progress(lab.logs)
    engine.ensure(progress)
    binaries.link_host_programs(lab, progress)
    return progress
