"""`docs/bad-input.md`: every row names a test that exists and an exit code that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cluster.errors import UsageError
from experiments.record.kinds import Verdict

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<exit>\d+) \| (?P<message>.+) "
    r"\| `(?P<file>[^:`]+)::(?P<test>\w+)(?:\[(?P<case>[^]]+)\])?` \|$"
)
LISTED = {
    "scenario", "rule", "runbook", "front matter", "kustomization", "rejects", "several series", "NaN", "nothing",
    "no rule", "hangs", "100 MB", "non-zero", "pager", "OOM-killed", "node", "disk", "two runs",
}  # fmt: skip
"""What has to be in the table."""


def _rows() -> list[re.Match[str]]:
    lines = (ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    rows = [ROW.match(line) for line in table]
    assert all(rows), [line for line, row in zip(table, rows, strict=True) if row is None]
    return [row for row in rows if row is not None]


def _tests(path: Path) -> set[str]:
    return {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }


def test_every_row_names_a_test_that_exists() -> None:
    missing = []
    for row in _rows():
        path = ROOT / row["file"]
        case = row["case"]
        if row["test"] not in _tests(path) or (case and f'"{case}"' not in path.read_text(encoding="utf-8")):
            missing.append(row["what"])
    assert missing == []


def test_every_row_has_an_exit_code_of_the_command() -> None:
    codes = {verdict.exit_code for verdict in Verdict} | {UsageError.exit_code}
    assert [row["what"] for row in _rows() if int(row["exit"]) not in codes] == []


def test_nothing_that_was_promised_is_left_out() -> None:
    told = "\n".join(row["what"] for row in _rows())
    assert {word for word in LISTED if word not in told} == set()
