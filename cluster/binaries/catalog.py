"""Reads `binaries.toml`: which programs there are, from which Go modules, under which content hash."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cluster.errors import BuildFailed
from cluster.hashing import folder_digest

#: how every program is built; a change here is a new hash for all of them
BUILD_FLAGS = ("-trimpath", "-buildvcs=false")


class Module(BaseModel):
    """A Go module and the programs that are built from it together."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path
    programs: dict[str, str]
    versioned: str = ""
    stamp: dict[str, str] = {}
    own: bool = False

    def ldflags(self, root: Path) -> str:
        """Linker flags: no symbol tables, and the stamps with the version that go.mod pins.

        Raises:
            BuildFailed: go.mod does not name the versioned module.
        """
        flags = ["-s", "-w"]
        if self.stamp:
            version = _pinned(root / self.folder / "go.mod", self.versioned)
            major, minor, *_ = version.removeprefix("v").split(".")
            values = {"version": version, "major": major, "minor": minor}
            flags += [f"-X {name}={value.format(**values)}" for name, value in sorted(self.stamp.items())]
        return " ".join(flags)

    def key(self, root: Path) -> str:
        """Content hash of everything that goes into the module's programs, 16 hex digits."""
        digest = hashlib.sha256()
        digest.update(repr((BUILD_FLAGS, self.ldflags(root), sorted(self.programs.items()))).encode())
        if self.own:
            digest.update(folder_digest(root / self.folder).encode())
        else:
            for name in ("go.mod", "go.sum"):
                digest.update((root / self.folder / name).read_bytes())
        return digest.hexdigest()[:16]


class Catalog(BaseModel):
    """All modules, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    modules: dict[str, Module]

    def module_of(self, program: str) -> tuple[str, Module]:
        """The module that a program is built from.

        Raises:
            BuildFailed: no module builds a program of that name.
        """
        for name, module in self.modules.items():
            if program in module.programs:
                return name, module
        raise BuildFailed(f"no program {program!r} in cluster/binaries/binaries.toml", "declare it there")


def load(root: Path) -> Catalog:
    """The catalog of a checkout."""
    text = (root / "cluster" / "binaries" / "binaries.toml").read_text(encoding="utf-8")
    return Catalog.model_validate(tomllib.loads(text))


def _pinned(gomod: Path, module: str) -> str:
    found = re.search(rf"^(?:require)?\s*{re.escape(module)} (v\S+)", gomod.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise BuildFailed(f"{gomod} does not require {module!r}", "name the module whose version is stamped")
    return found[1]


def pinned_version(root: Path, module: Module) -> str:
    """The version, with its leading v, of the module that a catalog entry is versioned by."""
    return _pinned(root / module.folder / "go.mod", module.versioned)
