"""Puts container images into a node image: into the containerd of a machine that does not run as a node yet."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cluster.images import archive
from cluster.images.build import LABEL_IMAGE
from cluster.process import run

#: containerd's mark on images that the kubelet must not delete, not even under disk pressure: nothing could pull them
PINNED = "io.cri-containerd.pinned=pinned"

_STARTUP = "for _ in $(seq 100); do ctr version >/dev/null 2>&1 && exit; sleep 0.1; done; exit 1"
_STOP = "pkill -x containerd; while pgrep -x containerd >/dev/null; do sleep 0.1; done; rm -rf /run/containerd"
_IMPORT = ("ctr", "-n", "k8s.io", "images", "import")
_TIMEOUT_S = 600.0


@contextmanager
def machine(image: str, log: Path) -> Iterator[str]:
    """A container of a node image in which nothing runs but containerd; it is removed at the end.

    Unlike a node that kind makes it has no volume at /var, so what containerd stores can be committed.
    """
    container = f"firedrill-node-build-{uuid.uuid4().hex[:8]}"
    # As kind does for its own builds: containerd mounts while it imports.
    options = ["--security-opt", "seccomp=unconfined", "--label", f"{LABEL_IMAGE}=node-build"]
    run(["docker", "run", "-d", "--name", container, *options, "--entrypoint", "sleep", image, "infinity"], log=log)
    try:
        run(["docker", "exec", "-d", container, "containerd"], log=log)
        run(["docker", "exec", container, "bash", "-c", _STARTUP], log=log)
        yield container
    finally:
        run(["docker", "rm", "-f", "-v", container], timeout_s=120, log=log)


def import_images(containers: Sequence[str], names: Sequence[str], log: Path) -> None:
    """Imports images of the engine into the containerd of each container: pinned, not unpacked, without known layers.

    A container's first start on a node unpacks its image there. Unpacked layers would not survive `docker commit`,
    whose marks of deleted files look like theirs.

    Raises:
        CommandFailed: the engine lacks an image, or containerd refused it.
    """
    with tempfile.TemporaryDirectory(prefix="firedrill-images-") as scratch:
        saved, packed = Path(scratch) / "saved.tar", Path(scratch) / "packed.tar"
        run(["docker", "save", "-o", saved, *names], timeout_s=_TIMEOUT_S, log=log)
        held = frozenset.intersection(*(_blobs(container) for container in containers))
        archive.repack(saved, packed, _default_registry(), held)
        saved.unlink()
        with ThreadPoolExecutor(len(containers)) as pool:
            jobs = [pool.submit(_import, container, packed, log) for container in containers]
            for job in jobs:
                job.result()


def _import(container: str, packed: Path, log: Path) -> None:
    with packed.open("rb") as source:
        run(
            ["docker", "exec", "-i", container, *_IMPORT, "--label", PINNED, "--no-unpack", "-"],
            stdin=source,
            timeout_s=_TIMEOUT_S,
            log=log,
        )


def _blobs(container: str) -> frozenset[str]:
    return frozenset(run(["docker", "exec", container, "ctr", "-n", "k8s.io", "content", "ls", "-q"]).split())


def _default_registry() -> str:
    """The registry whose name containerd puts before a bare image name: the engine's default one."""
    address = run(["docker", "info", "-f", "{{.IndexServerAddress}}"]).strip()
    return (urlsplit(address).hostname or "").removeprefix("index.")


def commit(container: str, parent: str, tag: str, labels: Sequence[str], log: Path) -> None:
    """Ends containerd and commits the container as a node image that starts as its parent does."""
    run(["docker", "exec", container, "bash", "-c", _STOP], log=log)
    entrypoint = run(["docker", "image", "inspect", "-f", "{{json .Config.Entrypoint}}", parent]).strip()
    changes = [f"ENTRYPOINT {json.dumps(json.loads(entrypoint))}", "CMD []", *(f"LABEL {label}" for label in labels)]
    run(
        ["docker", "commit", *(word for change in changes for word in ("--change", change)), container, tag],
        timeout_s=_TIMEOUT_S,
        log=log,
    )
