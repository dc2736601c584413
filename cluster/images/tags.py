"""Tags of lab images: a hash of all that goes into one, so that equal checkouts share images."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from cluster.binaries import catalog
from cluster.errors import BuildFailed
from cluster.hashing import folder_digest
from cluster.images.spec import ImageSpec, find

#: how images are built; a change of the machinery that changes their content counts this up
RECIPE = "1"


def references(root: Path, packs: Iterable[Path] = ()) -> dict[str, str]:
    """What each image is called with its content's tag; reads files only.

    Args:
        root: the checkout.
        packs: scenario folders outside it.

    Returns:
        `firedrill/<name>` → `firedrill/<name>:<tag>`.

    Raises:
        BuildFailed: an image names a parent, program or folder that does not exist, or images are each other's parents.
    """
    specs = find(root, packs)
    return {spec.repository: reference(root, specs, name) for name, spec in specs.items()}


def reference(root: Path, specs: Mapping[str, ImageSpec], name: str, _children: tuple[str, ...] = ()) -> str:
    """The full name of one image; see `references`."""
    if name in _children:
        raise BuildFailed(f"images are each other's parents: {' → '.join((*_children, name))}", "break the circle")
    if name not in specs:
        raise BuildFailed(f"there is no image {name!r}", f"images are: {', '.join(sorted(specs))}")
    spec = specs[name]
    digest = hashlib.sha256(f"{RECIPE}\0{folder_digest(spec.folder)}".encode())
    for folder in spec.folders:
        if not (root / folder).is_dir():
            raise BuildFailed(f"the image {name} takes the folder {folder}, which is not there", "see its image.toml")
        digest.update(f"{folder} {folder_digest(root / folder)}".encode())
    if spec.base:
        digest.update(reference(root, specs, spec.base, (*_children, name)).encode())
    if spec.binaries:
        known = catalog.load(root)
        for program in spec.binaries:
            digest.update(f"{program} {known.module_of(program)[1].key(root)}".encode())
    return f"{spec.repository}:{digest.hexdigest()[:12]}"
