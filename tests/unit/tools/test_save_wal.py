"""An archive is good only where every file is the volume's and the log has no hole."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools.save_wal.archive import verify
from tools.save_wal.cli import main

pytestmark = pytest.mark.unit

FILES = {
    "wal/checkpoint.00000003/00000000": b"what the head knew",
    "wal/00000004": b"one",
    "wal/00000005": b"two",
    "chunks_head/000001": b"samples",
}


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as opened:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return path


def sums(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_a_whole_archive(tmp_path: Path) -> None:
    found = verify(archive(tmp_path / "wal.tar.gz", FILES), sums(FILES))
    assert (found.wrong, found.files, found.segments, found.checkpoint) == ((), 4, (4, 5), 3)


def test_a_changed_a_missing_and_a_strange_file(tmp_path: Path) -> None:
    saved = {**FILES, "wal/00000005": b"two!", "wal/00000006": b"strange"}
    del saved["chunks_head/000001"]
    assert verify(archive(tmp_path / "wal.tar.gz", saved), sums(FILES)).wrong == (
        "chunks_head/000001 is missing in the archive",
        "wal/00000006 was not on the volume",
        "wal/00000005 differs",
    )


def test_a_hole_in_the_log(tmp_path: Path) -> None:
    files = {**FILES, "wal/00000007": b"after the hole"}
    (wrong,) = verify(archive(tmp_path / "wal.tar.gz", files), sums(files)).wrong
    assert wrong == "segment 00000006 of the log is missing: what it held is lost"


def test_an_archive_that_was_cut_short(tmp_path: Path) -> None:
    whole = archive(tmp_path / "wal.tar.gz", FILES)
    whole.write_bytes(whole.read_bytes()[:-40])
    (wrong,) = verify(whole, sums(FILES)).wrong
    assert "cannot be read to its end" in wrong


def test_a_file_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = archive(tmp_path / "wal.tar.gz", FILES)
    assert main(["statefulset/prometheus", "--namespace", "monitoring", "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
