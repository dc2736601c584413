"""Builds the lab's images, once for each content tag."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from graphlib import TopologicalSorter
from pathlib import Path

from cluster.binaries import build as binaries
from cluster.errors import BuildFailed, CommandFailed
from cluster.images import rootfs, wheels
from cluster.images.spec import ImageSpec, find
from cluster.images.tags import references_of
from cluster.lab import Lab
from cluster.process import run
from cluster.progress import Progress

#: label on every lab image; its value is the image's name
LABEL_IMAGE = "firedrill.image"

_WORKERS = 2
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def ensure(lab: Lab, names: Iterable[str] | None, progress: Progress, packs: Iterable[Path] = ()) -> dict[str, str]:
    """Builds what is missing of the named images and their parents, two at a time, beside the compiler.

    Args:
        lab: whose checkout.
        names: image names without repository; all of the checkout's if None.
        progress: where phases are told.
        packs: scenario folders outside the checkout.

    Returns:
        Name of each image asked for → its full reference.

    Raises:
        BuildFailed: an image does not build; the message names the log.
    """
    specs = find(lab.root, packs)
    asked = list(specs if names is None else names)
    tags = references_of(lab.root, specs, with_parents(specs, asked))
    present = existing()
    order = in_order(specs, [name for name, tag in tags.items() if tag not in present])
    programs = sorted({program for name in order for program in specs[name].binaries})
    built: Future[dict[str, Path]] = Future()
    jobs: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(_WORKERS) as pool:
        for name in order:  # parents stand before their children, so no worker waits for what is not begun
            jobs[name] = pool.submit(_build, lab, specs[name], tags, built, jobs.get(specs[name].base), progress)
        try:
            built.set_result(binaries.ensure(lab, programs, progress))  # here, where Ctrl-C ends the compiler
            for job in jobs.values():
                job.result()
        except BaseException as failure:
            if not built.done():
                built.set_exception(failure)
            for job in jobs.values():
                job.cancel()
            raise
    return {name: tags[name] for name in asked}


def existing() -> set[str]:
    """References of all images that the engine holds."""
    return set(run(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"]).split())


def with_parents(specs: Mapping[str, ImageSpec], names: Iterable[str]) -> list[str]:
    """The named images and all they stand on, without repetition."""
    seen: dict[str, None] = {}
    for name in names:
        while name and name not in seen:
            seen[name] = None
            name = specs[name].base if name in specs else ""
    return list(seen)


def in_order(specs: Mapping[str, ImageSpec], names: Iterable[str]) -> list[str]:
    """Images so that nobody's parent comes later; those that wait for compiled programs, or for such a parent, last."""
    wanted = set(names)
    parents = {name: {specs[name].base} & wanted for name in sorted(wanted)}
    order = list(TopologicalSorter(parents).static_order())
    late: set[str] = set()
    for name in order:
        if specs[name].binaries or specs[name].base in late:
            late.add(name)
    return sorted(order, key=lambda name: name in late)


def _build(
    lab: Lab,
    spec: ImageSpec,
    tags: Mapping[str, str],
    built: Future[dict[str, Path]],
    parent: Future[None] | None,
    progress: Progress,
) -> None:
    if parent is not None:
        parent.result()
    programs = built.result() if spec.binaries else {}
    with progress.phase(f"build the image {spec.name}", f"image-{spec.name}"):
        _build_now(lab, spec, tags, programs, progress)


def _build_now(
    lab: Lab, spec: ImageSpec, tags: Mapping[str, str], programs: Mapping[str, Path], progress: Progress
) -> None:
    log = progress.log(f"image-{spec.name}")
    labels = [f"{LABEL_IMAGE}={spec.name}"]
    try:
        if spec.rootfs is not None:
            rootfs.build(spec.rootfs, tags[spec.name], labels, progress, log)
            return
        with tempfile.TemporaryDirectory(prefix=f"firedrill-{spec.name}-") as scratch:
            context = Path(scratch) / "context"
            shutil.copytree(spec.folder, context, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            if spec.binaries:
                (context / "bin").mkdir(exist_ok=True)
                for program in spec.binaries:
                    shutil.copy2(programs[program], context / "bin" / program)
            for folder in spec.folders:
                shutil.copytree(lab.root / folder, context / folder, ignore=shutil.ignore_patterns("__pycache__"))
            if spec.wheels:
                shutil.copytree(wheels.ensure(lab.cache, spec.folder / spec.wheels, log), context / "wheels")
            arguments = {"BASE": tags[spec.base]} if spec.base else {}
            docker_build(context, tags[spec.name], labels, arguments, log)
    except CommandFailed as failure:
        raise BuildFailed(f"the image {spec.name} does not build: {failure.happened}", f"read {log}") from failure


def docker_build(
    context: Path, tag: str, labels: Iterable[str], arguments: Mapping[str, str], log: Path, timeout_s: float = 1800
) -> None:
    """Builds one folder with the engine's own builder, which a bare engine has where buildx is missing.

    Args:
        context: the build context, with its Dockerfile.
        tag: reference of the image.
        labels: `key=value`.
        arguments: build arguments; the host's proxy variables are handed on besides.
        log: where the output goes.
        timeout_s: seconds until the build is given up.

    Raises:
        CommandFailed: the build failed.
    """
    proxies = {name: value for name in _PROXIES if (value := os.environ.get(name) or os.environ.get(name.lower()))}
    run(
        ["docker", "build", "--force-rm", "-t", tag]
        + [word for label in labels for word in ("--label", label)]
        + [word for pair in {**proxies, **arguments}.items() for word in ("--build-arg", "=".join(pair))]
        + [str(context)],
        env={"DOCKER_BUILDKIT": "0"},
        timeout_s=timeout_s,
        log=log,
    )
