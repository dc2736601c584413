"""The house's rules that a reader relies on: which way imports point, how long files are, what names mean."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "cluster": set[str](),
    "fixtures": {"cluster"},
    "experiments": {"fixtures", "cluster"},
    "drills": {"experiments", "cluster", "reports"},
    "firedrill": {"drills", "experiments", "fixtures", "cluster", "reports"},
    "scenarios": {"firedrill"},
    "reports": set[str](),
    "tools": set[str](),
}
MOST_LINES, MEDIAN_LINES = 400, 150


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if name.endswith(suffixes) and (ROOT / name).is_file()]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]


def in_an_image(path: Path) -> bool:
    """Code that runs inside a lab image knows nothing of the packages around it."""
    return "image" in path.relative_to(ROOT).parts


def test_imports_point_one_way() -> None:
    wrong = []
    for path in tracked(".py"):
        room = path.relative_to(ROOT).parts[0]
        if room not in MAY_IMPORT or in_an_image(path):
            continue
        for line, imported in imports(path):
            if imported in MAY_IMPORT and imported != room and imported not in MAY_IMPORT[room]:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_the_direction_test_can_fail(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("import os\nfrom firedrill.cli import main\nimport experiments.model\n")
    assert [name for _, name in imports(sample)] == ["os", "firedrill", "experiments"]


def test_files_are_small() -> None:
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in tracked(".py", ".go")}
    long = [f"{p.relative_to(ROOT)}: {n}" for p, n in lines.items() if n > MOST_LINES]
    assert not long, long
    assert statistics.median(lines.values()) < MEDIAN_LINES


@pytest.mark.parametrize("room", ["unit", "component"])
def test_tests_of_a_mark_stand_in_its_folder_and_no_file_there_has_none(room: str) -> None:
    """`make test` collects these two folders alone."""
    marked = re.compile(rf"^pytestmark = pytest\.mark\.{room}$", re.MULTILINE)
    files = [p for p in tracked(".py") if p.is_relative_to(ROOT / "tests") and p.name.startswith("test_")]
    here = {p for p in files if p.is_relative_to(ROOT / "tests" / room)}
    assert {p for p in files if marked.search(p.read_text(encoding="utf-8"))} == here


def test_no_room_is_called_utils() -> None:
    vague = re.compile(r"(^|[/_])(utils?|helpers?|misc|common)(\.py|/|$)")
    assert not [p for p in tracked(".py") if vague.search(str(p.relative_to(ROOT)))]


def test_nothing_catches_everything_and_goes_on() -> None:
    wrong = []
    for path in tracked(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                name = node.type.id if isinstance(node.type, ast.Name) else None
                raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if (node.type is None or name in {"Exception", "BaseException"}) and not raises:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, wrong
