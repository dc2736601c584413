"""What scenario folders are checked with, where no cluster is."""

from __future__ import annotations

from pathlib import Path

from cluster.images import build as images
from cluster.images.spec import find
from cluster.lab import Lab
from experiments.check import Kustomize, Promtool, Tools
from experiments.play.source import CLOCK
from firedrill.ground import with_host_programs

TOOLBOX = "toolbox"


def offline_tools(lab: Lab, packs: list[Path]) -> Tools:
    """What `firedrill check` asks besides the folder: promtool of the toolbox image, kustomize, the known images."""
    progress = with_host_programs(lab)
    toolbox = images.ensure(lab, [TOOLBOX], progress)[TOOLBOX]
    return Tools(
        promtool=Promtool.in_image(toolbox, lab.labels),
        render=Kustomize(lab.binaries / "kubectl"),
        images={f"firedrill/{name}" for name in find(lab.root, packs)},
        clock=CLOCK,
    )
