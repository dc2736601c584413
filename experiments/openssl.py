"""openssl, with files in and files out: in a container of the engine without a network, so that the host needs none."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

from docker.errors import APIError
from docker.models.containers import Container
from requests import RequestException

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.images.tags import references
from experiments.toolbox.sweep import LABEL_PART

IMAGE = "firedrill/toolbox"
FOLDER = "pki"
USER = 65534
WITHIN_S = 30
"""Keys on elliptic curves are made in milliseconds; the rest is the container's start on a busy host."""


def openssl(handle: Handle, script: str, files: Mapping[str, bytes], **settings: str) -> dict[str, bytes]:
    """Run a bash script in an empty folder with these files.

    Args:
        handle: the guarded lab.
        script: what is run.
        files: name -> content, before.
        settings: environment variables; no secrets, the engine shows them.

    Returns:
        Name -> content of every file of the folder, afterwards.

    Raises:
        LabError: the engine refused, or the script ended non-zero; the message is what it said, which is no key.
    """
    try:
        container = handle.docker.containers.create(
            references(handle.lab.root)[IMAGE],
            ["bash", "-euo", "pipefail", "-c", script],
            entrypoint=[],
            environment=settings,
            labels=handle.lab.labels | {LABEL_PART: "openssl"},
            user=f"{USER}:{USER}",
            working_dir=f"/{FOLDER}",
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mem_limit="128m",
            pids_limit=32,
        )
    except APIError as error:
        raise LabError(f"openssl could not be started: {error.explanation}", "make up") from error
    try:
        return _run(container, files)
    except (APIError, RequestException) as error:
        raise LabError(f"openssl did not end: {error}", "make status") from error
    finally:
        container.remove(force=True, v=True)


def _run(container: Container, files: Mapping[str, bytes]) -> dict[str, bytes]:
    container.put_archive("/", _packed(files))
    container.start()
    ended = container.wait(timeout=WITHIN_S)["StatusCode"]
    if ended != 0:
        said = container.logs(stdout=False, stderr=True).decode(errors="replace").strip()
        raise LabError(f"openssl ended with {ended}: {said}")
    chunks, _ = container.get_archive(f"/{FOLDER}")
    return _unpacked(b"".join(chunks))


def _packed(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        folder = tarfile.TarInfo(FOLDER)
        folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, 0o700, USER, USER
        archive.addfile(folder)
        for name, content in files.items():
            file = tarfile.TarInfo(f"{FOLDER}/{name}")
            file.size, file.mode, file.uid, file.gid = len(content), 0o600, USER, USER
            archive.addfile(file, io.BytesIO(content))
    return written.getvalue()


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        found = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
        return {name.removeprefix(f"{FOLDER}/"): file.read() for name, file in found.items() if file is not None}
