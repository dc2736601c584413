"""`reports/latest` is the way to the newest run."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.play.folder import point_latest
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit


def folder(tmp_path: Path, name: str) -> RunFolder:
    path = tmp_path / "runs" / name
    path.mkdir(parents=True)
    return RunFolder(path)


def test_latest_moves_to_the_newest_run(tmp_path: Path) -> None:
    for name in ("first", "second"):
        link = point_latest(folder(tmp_path, name))
        assert link == tmp_path / "latest"
        assert link.resolve() == tmp_path / "runs" / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]


def test_latest_takes_no_folder_away(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(OSError, match="latest"):
        point_latest(folder(tmp_path, "first"))
    assert (tmp_path / "latest").is_dir()
