"""README.md and drill.md, and marks that something is not finished."""

from __future__ import annotations

import re

from cluster.hashing import files
from experiments.catalogue.drill import split_drill
from experiments.catalogue.folder import ScenarioFolder
from experiments.source.markdown import Section, in_order, sections
from experiments.source.problem import Problem

README = ("Story", "System", "Fault", "Original and lab scale", "Sources")
DRILL = ("Symptoms", "Hints", "Causes", "Debrief")
HINTS = 3
_CAUSE = re.compile(r"\[(?P<mark>[ xX])\]\s+\S")
_TODO = re.compile(r"\bTODO\b.*")


def story_problems(text: str, file: str) -> list[Problem]:
    """A README.md that lacks a heading, or where nothing stands below one."""
    return in_order(sections(text), README, file)


def drill_problems(text: str, file: str) -> list[Problem]:
    """A drill.md that has not its symptoms, three hints, and causes as a task list with the one true cause ticked."""
    _, body, problems = split_drill(text, file)
    found = sections(body)
    problems += in_order(found, DRILL, file)
    by_title = {section.title: section for section in found}
    for title, judge in (("Symptoms", _symptoms), ("Hints", _hints), ("Causes", _causes)):
        section = by_title.get(title)
        if section is not None and not section.empty:
            problems += [Problem(file, line, message) for line, message in judge(section)]
    return problems


def todo_problems(folder: ScenarioFolder) -> list[Problem]:
    """Every line of the folder's text files that still says TODO."""
    problems = []
    for path in files(folder.path):
        file = folder.label(path.relative_to(folder.path).as_posix())
        text = path.read_bytes().decode("utf-8", errors="replace")
        problems += [
            Problem(file, n, f"not finished: {todo.group().strip()}")
            for n, line in enumerate(text.splitlines(), 1)
            if (todo := _TODO.search(line))
        ]
    return problems


def _symptoms(section: Section) -> list[tuple[int, str]]:
    return [] if section.items else [(section.line, "`## Symptoms` is a list of what is seen")]


def _hints(section: Section) -> list[tuple[int, str]]:
    found = len(section.items)
    return [] if found == HINTS else [(section.line, f"`## Hints` is a list of {HINTS} hints; there are {found}")]


def _causes(section: Section) -> list[tuple[int, str]]:
    marks = [(item, _CAUSE.match(item.text)) for item in section.items]
    wrong = [(item.line, "a cause begins with `[x]` or `[ ]`") for item, mark in marks if mark is None]
    true = [item for item, mark in marks if mark is not None and mark["mark"] != " "]
    if not wrong and len(true) != 1:
        wrong.append((section.line, f"exactly one cause is true, `- [x] …`; there are {len(true)}"))
    if not wrong and len(marks) < 2:
        wrong.append((section.line, "`## Causes` names the wrong turns too, `- [ ] …`"))
    return wrong
