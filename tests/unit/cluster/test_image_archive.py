"""A saved archive is repacked whole, or without the layers that a node holds."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from cluster.images.archive import qualified, repack

pytestmark = pytest.mark.unit

BASE, APP = b"base layer" * 100, b"app layer"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """What `docker save` of an older engine writes: the second image's first layer is a link to the first's."""
    file = tmp_path / "saved.tar"
    with tarfile.open(file, "w") as target:

        def add(name: str, content: bytes) -> None:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            target.addfile(entry, io.BytesIO(content))

        add("a/layer.tar", BASE)
        link = tarfile.TarInfo("b/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../a/layer.tar"
        target.addfile(link)
        add("c/layer.tar", APP)
        add("one.json", json.dumps({"rootfs": {"diff_ids": [digest(BASE)]}}).encode())
        add("two.json", json.dumps({"rootfs": {"diff_ids": [digest(BASE), digest(APP)]}}).encode())
        images = [
            {"Config": "one.json", "RepoTags": ["firedrill/one:1"], "Layers": ["a/layer.tar"]},
            {"Config": "two.json", "RepoTags": ["firedrill/two:2"], "Layers": ["b/layer.tar", "c/layer.tar"]},
        ]
        add("manifest.json", json.dumps(images).encode())
    return file


def contents(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        names = archive.getnames()
        assert len(names) == len(set(names))
        return {name: stream.read() for name in names if (stream := archive.extractfile(name))}


def test_all_blobs_are_there_once_under_their_digests(saved: Path, tmp_path: Path) -> None:
    repack(saved, tmp_path / "out.tar", "registry.test", frozenset())
    found = contents(tmp_path / "out.tar")
    for name, content in found.items():
        if name.startswith("blobs/"):
            assert hashlib.sha256(content).hexdigest() == name.rpartition("/")[2]
    index = json.loads(found["index.json"])
    assert [entry["annotations"]["io.containerd.image.name"] for entry in index["manifests"]] == [
        "registry.test/firedrill/one:1",
        "registry.test/firedrill/two:2",
    ]
    manifest = json.loads(found["blobs/" + index["manifests"][1]["digest"].replace(":", "/")])
    assert [layer["digest"] for layer in manifest["layers"]] == [digest(BASE), digest(APP)]
    assert [layer["size"] for layer in manifest["layers"]] == [len(BASE), len(APP)]


def test_held_layers_stay_behind_but_configurations_do_not(saved: Path, tmp_path: Path) -> None:
    one = contents(saved)["one.json"]
    repack(saved, tmp_path / "out.tar", "registry.test", frozenset({digest(BASE), digest(one)}))
    found = contents(tmp_path / "out.tar")
    assert "blobs/" + digest(BASE).replace(":", "/") not in found
    assert "blobs/" + digest(APP).replace(":", "/") in found
    assert "blobs/" + digest(one).replace(":", "/") in found


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("firedrill/shop:1", "registry.test/firedrill/shop:1"),
        ("shop:1", "registry.test/library/shop:1"),
        ("other.test/shop:1", "other.test/shop:1"),
        ("localhost/shop", "localhost/shop"),
    ],
)
def test_names_as_containerd_keeps_them(name: str, full: str) -> None:
    assert qualified(name, "registry.test") == full
