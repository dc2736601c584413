"""`docs/scrape-failures.md`: the tree has no loose end, and its commands are ones that the toolbox has."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scrape-failures.md"
TEXT = PAGE.read_text(encoding="utf-8")
TREE = TEXT.partition("```text")[2].partition("```")[0]
BLOCKS = re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL)
NOT_IN_THE_TOOLBOX = {"wget", "nslookup", "host", "telnet", "python3", "docker", "helm", "ss", "ping", "yq"}
SAID = (
    "no such host", "connection refused", "context deadline exceeded", "401", "403", "404", "5xx", "limit exceeded",
    "x509", "EOF", "out of order", "too old",
)  # fmt: skip
"""What the targets page says, or what is seen though it says nothing; the tree has to lead somewhere from each."""


def programs(block: str) -> set[str]:
    """The words at which a command begins."""
    return set(re.findall(r"(?:^\s*|[|;&({]\s*)(\w[\w-]*)", block, re.MULTILINE))


def test_every_leaf_of_the_tree_has_its_section_and_no_section_hangs_loose() -> None:
    leaves = [int(number) for number in re.findall(r"\u2500 (\d+) ", TREE)]
    sections = [int(number) for number in re.findall(r"^## (\d+) ", TEXT, re.MULTILINE)]
    assert leaves == sections == list(range(1, 16))


def test_the_tree_leads_somewhere_from_whatever_is_said() -> None:
    assert [said for said in SAID if said not in TREE] == []


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_command_is_bash_of_the_toolbox(number: int) -> None:
    block = BLOCKS[number]
    parsed = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
    assert parsed.returncode == 0, parsed.stderr
    assert not NOT_IN_THE_TOOLBOX & programs(block)
    for call in re.findall(r"\bcurl\b[^|;&]*", block):
        assert "--max-time" in call, "a packet that is dropped would hang it"


def test_a_program_that_is_missing_is_seen() -> None:
    assert {"wget", "jq", "ping"} <= programs("x=$(wget -O- a) | jq .\n  ping b")


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links and [link for link in links if not (PAGE.parent / link).is_file()] == []


def test_a_runbook_that_reads_what_a_scrape_says_leads_to_the_tree() -> None:
    runbooks = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("scenarios/*/RUNBOOK.md")}
    missing = [str(path) for path, text in runbooks.items() if "lastError" in text and PAGE.name not in text]
    assert missing == []
