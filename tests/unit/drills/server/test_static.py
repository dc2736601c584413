"""What is vendored is what it says, the look is the report's, and the server knows no cluster."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drills.server.fragments import STATIC, TEMPLATES

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[4]


def test_vendored_files_are_those_that_are_written_down() -> None:
    vendor = STATIC / "vendor"
    written = {
        name: digest
        for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)", (vendor / "VENDORED.txt").read_text(), re.MULTILINE)
    }
    there = {path.name: path for path in vendor.iterdir() if path.suffix in (".js", ".css")}
    assert written == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert all((vendor / f"{name.split('.')[0]}.LICENSE").is_file() for name in there)


def test_colours_are_the_reports() -> None:
    def colours(path: Path) -> list[str]:
        roots = re.findall(r":root \{([^}]*--ground[^}]*)\}", path.read_text())
        return [" ".join(root.split()) for root in roots]

    ours = colours(STATIC / "base.css")
    assert len(ours) == 2 and ours == colours(ROOT / "reports" / "html" / "templates" / "page.css")


def test_nothing_inline_and_nothing_from_elsewhere_in_the_templates() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(
            r"<script(?![^>]*src=\"/static/)|\son\w+=|\sstyle=|<style|(src|href)=\"(https?:)?//", text
        ), path
        assert "|safe" not in text and "autoescape" not in text, path


def test_the_server_imports_no_cluster_client() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import drills.server.__main__, sys; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    modules = {name.split(".")[0] for name in seen.stdout.split()}
    assert "fastapi" in modules
    assert modules & {"kubernetes", "docker", "chaoslib", "prometheus_api_client", "pandas", "numpy"} == set()
