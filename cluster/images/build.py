"""Builds the lab's images, once for each content tag."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
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
    """Builds what is missing of the named images and their parents, two at a time.

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
    for stage in stages(specs, [name for name, tag in tags.items() if tag not in present]):
        programs = sorted({program for name in stage for program in specs[name].binaries})
        built = binaries.ensure(lab, programs, progress)
        with (
            progress.phase(f"build images: {', '.join(stage)}", "image-" + stage[0]),
            ThreadPoolExecutor(_WORKERS) as pool,
        ):
            jobs = [pool.submit(_build, lab, specs[name], tags, built, progress) for name in stage]
            for job in jobs:
                job.result()
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


def stages(specs: Mapping[str, ImageSpec], names: Iterable[str]) -> list[list[str]]:
    """Images in groups that can be built side by side: nobody's parent is in the same or a later group."""
    left = set(names)
    groups: list[list[str]] = []
    while left:
        ready = sorted(name for name in left if specs[name].base not in left)
        if not ready:
            raise BuildFailed(f"images are each other's parents: {', '.join(sorted(left))}", "break the circle")
        groups.append(ready)
        left.difference_update(ready)
    return groups


def _build(
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
