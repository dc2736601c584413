"""kind's own node image: its name, which the kind module pins by digest, and whether it is to be had here."""

from __future__ import annotations

import re
from pathlib import Path

from cluster.errors import BuildFailed, CommandFailed
from cluster.process import run

#: a registry that does not answer within this is none
_ANSWER_S = 3.0


def kind_source(root: Path) -> Path:
    """The folder of the kind module in the module cache, downloaded and verified if it is not there.

    Raises:
        CommandFailed: it cannot be downloaded.
    """
    module = root / "cluster" / "binaries" / "kind"
    asked = ["go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind"]
    folder = run(asked, cwd=module).strip()
    if not folder:
        run(["go", "mod", "download", "sigs.k8s.io/kind"], cwd=module, timeout_s=300)
        folder = run(asked, cwd=module).strip()
    return Path(folder)


def reference(root: Path) -> str:
    """The node image that this version of kind pins, with its digest.

    Raises:
        BuildFailed: the kind module does not say.
    """
    file = kind_source(root) / "pkg" / "apis" / "config" / "defaults" / "image.go"
    found = re.search(r'const Image = "([^"]+)"', file.read_text(encoding="utf-8"))
    if found is None:
        raise BuildFailed(f"{file} names no node image", "set NODE_IMAGE")
    return found[1]


def at_hand(image: str) -> bool:
    """True if the engine holds the image, or an image registry answers for it within three seconds."""
    for asked in (["docker", "image", "inspect", image], ["docker", "manifest", "inspect", image]):
        try:
            run(asked, timeout_s=_ANSWER_S)
        except CommandFailed:
            continue
        return True
    return False
