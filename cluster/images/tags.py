"""Tags of lab images: a hash of all that goes into one, so that equal checkouts share images."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
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
    named = references_of(root, specs, specs)
    return {spec.repository: named[name] for name, spec in specs.items()}


def references_of(root: Path, specs: Mapping[str, ImageSpec], names: Iterable[str]) -> dict[str, str]:
    """The full names of some images, by their names; see `references`."""
    tags = _Tags(root, specs)
    return {name: tags.reference(name) for name in names}


class _Tags:
    """The tags of one moment: what several images take is hashed once."""

    def __init__(self, root: Path, specs: Mapping[str, ImageSpec]) -> None:
        self.root, self.specs = root, specs
        self.known: dict[str, str] = {}
        self.digest = cache(folder_digest)

    def reference(self, name: str, children: tuple[str, ...] = ()) -> str:
        if name in children:
            raise BuildFailed(f"images are each other's parents: {' → '.join((*children, name))}", "break the circle")
        if name not in self.known:
            self.known[name] = self._reference(name, children)
        return self.known[name]

    def _reference(self, name: str, children: tuple[str, ...]) -> str:
        if name not in self.specs:
            raise BuildFailed(f"there is no image {name!r}", f"images are: {', '.join(sorted(self.specs))}")
        spec = self.specs[name]
        digest = hashlib.sha256(f"{RECIPE}\0{self.digest(spec.folder)}".encode())
        for folder in spec.folders:
            if not (self.root / folder).is_dir():
                raise BuildFailed(
                    f"the image {name} takes the folder {folder}, which is not there", "see its image.toml"
                )
            digest.update(f"{folder} {self.digest(self.root / folder)}".encode())
        if spec.base:
            digest.update(self.reference(spec.base, (*children, name)).encode())
        if spec.binaries:
            known = catalog.load(self.root)
            for program in spec.binaries:
                digest.update(f"{program} {known.module_of(program)[1].key(self.root)}".encode())
        return f"{spec.repository}:{digest.hexdigest()[:12]}"
