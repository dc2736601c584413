"""What an image folder says about its image: `image.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cluster.errors import BuildFailed

#: repository of all lab images; never pulled from anywhere
REPOSITORY = "firedrill"

_PLACES = ("cluster/images/*/image.toml", "fixtures/**/image/image.toml")


class Rootfs(BaseModel):
    """A root file system made by mmdebstrap from the mirror that this host's apt uses."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    suite: str
    packages: list[str]


class ImageSpec(BaseModel):
    """One image: its folder and what goes into its build context besides the folder's files."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    base: str = Field(default="", description="name of the parent image; empty for scratch")
    binaries: list[str] = Field(default=[], description="programs of binaries.toml, put under bin/")
    folders: list[str] = Field(default=[], description="folders of the checkout, put under their own paths")
    wheels: str = Field(default="", description="a hash-pinned requirements file; its wheels are put under wheels/")
    load: bool = Field(default=True, description="whether the cluster's nodes get it")
    rootfs: Rootfs | None = None

    @property
    def repository(self) -> str:
        """The image's name without a tag, as manifests write it."""
        return f"{REPOSITORY}/{self.name}"


def read(file: Path) -> ImageSpec:
    """Reads one `image.toml`.

    Raises:
        BuildFailed: the file is no valid image description.
    """
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        return ImageSpec.model_validate({**said, "folder": file.parent})
    except (tomllib.TOMLDecodeError, ValidationError) as wrong:
        raise BuildFailed(f"{file} is not an image description: {wrong}", "see cluster/images/spec.py") from wrong


def find(root: Path, packs: Iterable[Path] = ()) -> dict[str, ImageSpec]:
    """All images of a checkout, and of scenario folders outside it, by name.

    Args:
        root: the checkout.
        packs: further folders in which any `image/image.toml` counts.

    Raises:
        BuildFailed: two folders describe an image of the same name, or one cannot be read.
    """
    files = [file for pattern in _PLACES for file in sorted(root.glob(pattern))]
    for pack in (root / "scenarios", *packs):
        files += sorted(pack.glob("**/image/image.toml"))
    found: dict[str, ImageSpec] = {}
    for spec in map(read, dict.fromkeys(files)):
        if spec.name in found:
            raise BuildFailed(
                f"{found[spec.name].folder} and {spec.folder} both describe the image {spec.name!r}", "rename one"
            )
        found[spec.name] = spec
    return found
