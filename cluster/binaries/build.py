"""Builds the programs of `binaries.toml`, once for each content hash."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cluster.binaries import catalog
from cluster.errors import BuildFailed, CommandFailed, HostNotReady
from cluster.lab import Lab
from cluster.process import run
from cluster.progress import Progress

#: Kubernetes from an empty cache took 7 min 40 s on two busy cores
_BUILD_TIMEOUT_S = 3600.0

#: the compiler collects its garbage less often: Kubernetes from an empty cache takes that much less time for memory
#: that a host of the lab has
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "GOGC": "400"}

#: programs that the lab runs on the host itself
HOST_PROGRAMS = ("kind", "kubectl")


def path_of(lab: Lab, program: str) -> Path:
    """Where a program is, or will be, once it is built."""
    name, module = catalog.load(lab.root).module_of(program)
    return lab.cache / "bin" / f"{name}-{module.key(lab.root)}" / program


def ensure(lab: Lab, programs: Iterable[str], progress: Progress) -> dict[str, Path]:
    """Builds what is missing; a module's programs are linked together.

    Args:
        lab: whose checkout and cache.
        programs: names from `binaries.toml`.
        progress: where phases are told.

    Returns:
        Program name → file.

    Raises:
        BuildFailed: the compiler failed; the message names the log.
        HostNotReady: there is no Go toolchain.
    """
    known = catalog.load(lab.root)
    wanted = {program: known.module_of(program) for program in programs}
    folders: dict[str, Path] = {}
    for name, module in dict(wanted.values()).items():
        folders[name] = lab.cache / "bin" / f"{name}-{module.key(lab.root)}"
        if not all((folders[name] / program).exists() for program in module.programs):
            with progress.phase(f"build {name} from Go modules", f"go-{name}"):
                _build(lab.root, module, folders[name], progress.log(f"go-{name}"))
    return {program: folders[name] / program for program, (name, _) in wanted.items()}


def link_host_programs(lab: Lab, progress: Progress) -> None:
    """Puts the programs that run on the host into `lab.binaries`."""
    lab.binaries.mkdir(parents=True, exist_ok=True)
    for program, file in ensure(lab, HOST_PROGRAMS, progress).items():
        link = lab.binaries / program
        if not link.is_symlink() or link.readlink() != file:
            link.unlink(missing_ok=True)
            link.symlink_to(file)


def _build(root: Path, module: catalog.Module, into: Path, log: Path) -> None:
    if shutil.which("go") is None:
        raise HostNotReady("there is no Go toolchain on this host", "install Go 1.21 or newer and put it on PATH")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix="building-") as scratch:
        packages = module.programs.values()
        try:
            run(
                ["go", "build", *catalog.BUILD_FLAGS, "-ldflags", module.ldflags(root), "-o", f"{scratch}/", *packages],
                cwd=root / module.folder,
                env=_ENVIRONMENT,
                timeout_s=_BUILD_TIMEOUT_S,
                log=log,
            )
        except CommandFailed as failure:
            raise BuildFailed(f"the programs of {module.folder} do not build: {failure.happened}", f"read {log}") from (
                failure
            )
        finished = Path(scratch) / "finished"
        finished.mkdir()
        for program, package in module.programs.items():
            (Path(scratch) / _executable(root, module, package)).rename(finished / program)
        if into.exists():
            shutil.rmtree(into)
        finished.rename(into)


def _executable(root: Path, module: catalog.Module, package: str) -> str:
    """The name that `go build` gives: the last element of the import path, without a version suffix."""
    if package == ".":
        lines = (root / module.folder / "go.mod").read_text(encoding="utf-8").splitlines()
        package = next(line.split()[1] for line in lines if line.startswith("module "))
    elements = package.split("/")
    versioned = elements[-1].startswith("v") and elements[-1][1:].isdigit()
    return elements[-2 if versioned else -1]
