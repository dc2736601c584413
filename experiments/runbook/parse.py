"""From RUNBOOK.md to the blocks that the lab executes."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from experiments.record.files import RunbookBlock
from experiments.runbook.front_matter import FrontMatter, split_front_matter
from experiments.runbook.info_string import Kind, read_info_string
from experiments.source.markdown import Fence, Section, in_order, sections
from experiments.source.problem import Problem, refuse

HEADINGS = ("Meaning", "Impact", "Diagnosis", "Mitigation", "Fix", "Verification", "Prevention")
_BELONGS_UNDER: dict[Kind, str] = {
    "diagnose": "Diagnosis",
    "mitigate": "Mitigation",
    "fix": "Fix",
    "verify": "Verification",
}
_OTHER_SHELLS = frozenset({"sh", "shell", "console", "zsh", "shell-session", "shellsession", ""})
_SLEEP = re.compile(r"(?<![\w%./-])(?:/usr)?(?:/bin/)?sleep(?![\w%-])")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")


class Runbook(BaseModel):
    """A runbook as it is executed and read."""

    model_config = ConfigDict(frozen=True)
    front_matter: FrontMatter
    blocks: list[RunbookBlock]
    text: str


def parse_runbook(text: str, file: str = "RUNBOOK.md") -> Runbook:
    """Parse a runbook.

    Args:
        text: RUNBOOK.md.
        file: its name in messages.

    Raises:
        BrokenScenario: headings are missing or out of order, a block does not say what it is, stands in the wrong
            section, sleeps or is empty, or the front matter does not fit; every such place with its line.
    """
    runbook, problems = survey_runbook(text, file)
    refuse(problems)
    return runbook


def survey_runbook(text: str, file: str = "RUNBOOK.md") -> tuple[Runbook, list[Problem]]:
    """As `parse_runbook`, but with the problems listed instead of raised; blocks in error are left out."""
    front_matter, body, problems = split_front_matter(text, file)
    found = sections(body)
    problems += in_order(found, HEADINGS, file)
    blocks: list[RunbookBlock] = []
    for section in found:
        for fence in section.fences:
            block, wrong = _block(fence, section, len(blocks), front_matter.limit)
            problems += [Problem(file, line, message) for line, message in wrong]
            if block is not None:
                blocks.append(block)
    if not any(block.kind == "fix" for block in blocks) and not problems:
        problems.append(Problem(file, 1, "no `bash fix` block: this runbook fixes nothing"))
    return Runbook(front_matter=front_matter, blocks=blocks, text=text), sorted(problems)


def changing_blocks(blocks: list[RunbookBlock]) -> dict[str, RunbookBlock]:
    """The runbook's mitigate and fix blocks by name: `fix.1` is the second fix."""
    return {
        f"{kind}.{n}": block
        for kind in ("mitigate", "fix")
        for n, block in enumerate(block for block in blocks if block.kind == kind)
    }


def _block(
    fence: Fence, section: Section, index: int, limit_s: float
) -> tuple[RunbookBlock | None, list[tuple[int, str]]]:
    language = fence.info.split(maxsplit=1)[0] if fence.info else ""
    if language in _OTHER_SHELLS:
        return None, [(fence.line, "write ```bash KIND for what is executed, ```text for what is only shown")]
    if language != "bash":
        return None, []
    try:
        info = read_info_string(fence.info)
    except ValueError as error:
        return None, [(fence.line, str(error))]
    wrong: list[tuple[int, str]] = []
    home = _BELONGS_UNDER[info.kind]
    if section.title != home:
        wrong.append((fence.line, f"a {info.kind} block belongs under `## {home}`"))
    if not _COMMENT.sub("", fence.text).strip():
        wrong.append((fence.line, "the block is empty"))
    wrong += [
        (fence.line + n, "a block never sleeps; wait for a condition, as `kubectl rollout status` does")
        for n, line in enumerate(fence.text.splitlines(), 1)
        if _SLEEP.search(_COMMENT.sub("", line))
    ]
    block = RunbookBlock(
        index=index,
        section=section.title,
        kind=info.kind,
        line=fence.line,
        script=fence.text,
        expect=info.expect,
        context=info.context,
        limit_s=limit_s if info.limit_s is None else info.limit_s,
    )
    return block, wrong
