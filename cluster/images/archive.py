"""Repacks what `docker save` writes into an OCI archive without the layers that a node holds already.

Lab images share most of their layers, and a changed application is a layer of a few kilobytes: what is left out is
neither copied into each node nor hashed there again.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_OCI = "application/vnd.oci.image"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Layer:
    """A layer in the saved archive: its member's name, and what an OCI manifest says about it."""

    member: str
    digest: str
    size: int
    media_type: str

    @property
    def descriptor(self) -> dict[str, Any]:
        """The manifest's entry."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


def repack(saved: Path, into: Path, registry: str, held: Set[str]) -> None:
    """Writes an OCI archive of the same images.

    Args:
        saved: an archive of `docker save`.
        into: the file to write.
        registry: what containerd puts before a bare image name: the engine's default registry.
        held: digests (`sha256:…`) of blobs that the importing containerd has; they are left out.
    """
    with tarfile.open(saved) as source, tarfile.open(into, "w") as target:
        written = set(held)
        manifests = []
        for image in json.loads(_read(source, "manifest.json")):
            config = _read(source, image["Config"])
            diffs = json.loads(config)["rootfs"]["diff_ids"]
            layers = [_layer(source, name, diff) for name, diff in zip(image["Layers"], diffs, strict=True)]
            for layer in layers:
                if layer.digest not in written:
                    _write(target, layer.digest, _open(source, layer.member), layer.size)
                    written.add(layer.digest)
            manifest = {
                "schemaVersion": 2,
                "mediaType": f"{_OCI}.manifest.v1+json",
                "config": _write_json(target, config, f"{_OCI}.config.v1+json", written),
                "layers": [layer.descriptor for layer in layers],
            }
            entry = _write_json(target, _json(manifest), f"{_OCI}.manifest.v1+json", written)
            for tag in image["RepoTags"]:
                manifests.append({**entry, "annotations": {"io.containerd.image.name": qualified(tag, registry)}})
        index = {"schemaVersion": 2, "mediaType": f"{_OCI}.index.v1+json", "manifests": manifests}
        _add(target, "index.json", io.BytesIO(_json(index)), len(_json(index)))
        layout = _json({"imageLayoutVersion": "1.0.0"})
        _add(target, "oci-layout", io.BytesIO(layout), len(layout))


def qualified(name: str, registry: str) -> str:
    """An image's name as containerd keeps it: with the registry that a bare name leaves out."""
    first, slash, _ = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"{registry}/{name}" if slash else f"{registry}/library/{name}"


def _layer(source: tarfile.TarFile, name: str, diff: str) -> Layer:
    """A layer's blob is its plain tar, whose digest the image's configuration holds, or that tar compressed."""
    with _open(source, name) as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if stream.read(2) != _GZIP:
            return Layer(name, diff, size, f"{_OCI}.layer.v1.tar")
        stream.seek(0)
        digest = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return Layer(name, f"sha256:{digest.hexdigest()}", size, f"{_OCI}.layer.v1.tar+gzip")


def _write_json(target: tarfile.TarFile, content: bytes, media_type: str, written: set[str]) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    # Left out only if it is in this archive: configurations and manifests are small, and an image hangs on them.
    if f"here:{digest}" not in written:
        _write(target, digest, io.BytesIO(content), len(content))
        written.add(f"here:{digest}")
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def _write(target: tarfile.TarFile, digest: str, content: IO[bytes], size: int) -> None:
    _add(target, f"blobs/{digest.replace(':', '/')}", content, size)


def _add(target: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    target.addfile(entry, content)


def _open(source: tarfile.TarFile, name: str) -> IO[bytes]:
    # Older engines write a layer that two images share once, and a symbolic link for the second.
    stream = source.extractfile(name)
    if stream is None:
        raise tarfile.ReadError(f"{name} in the saved archive is no file")
    return stream


def _read(source: tarfile.TarFile, name: str) -> bytes:
    with _open(source, name) as stream:
        return stream.read()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
