"""Markdown as sections with lines: second-level headings, and the fences and list items below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from experiments.source.problem import Problem


@dataclass(frozen=True)
class Fence:
    """A fenced code block: its info string, its text, and the line of the opening fence."""

    info: str
    text: str
    line: int


@dataclass(frozen=True)
class Item:
    """The first paragraph of a list item."""

    text: str
    line: int
    ordered: bool


@dataclass
class Section:
    """What stands between one second-level heading and the next; deeper headings belong to it.

    The part above the first such heading is a section with an empty title.
    """

    title: str
    line: int
    fences: list[Fence] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    empty: bool = True


def sections(text: str) -> list[Section]:
    """The sections of a Markdown text in order, the untitled head first; lines count from 1."""
    found = [Section("", 1)]
    lists: list[bool] = []
    tokens = MarkdownIt("commonmark").parse(text)
    for n, token in enumerate(tokens):
        before = [other.type for other in tokens[max(0, n - 2) : n]]
        line = token.map[0] + 1 if token.map else 0
        if token.type == "inline" and before[-1] == "heading_open" and tokens[n - 1].tag == "h2":
            found.append(Section(token.content.strip(), line))
        elif token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append(token.type == "ordered_list_open")
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lists.pop()
        elif token.type in ("fence", "code_block", "inline"):
            found[-1].empty = False
            if token.type == "fence":
                found[-1].fences.append(Fence(token.info.strip(), token.content, line))
            elif before == ["list_item_open", "paragraph_open"]:
                found[-1].items.append(Item(token.content.strip(), line, ordered=lists[-1]))
    return found


def in_order(found: Sequence[Section], required: Sequence[str], file: str) -> list[Problem]:
    """Problems of a text that must have exactly the `required` sections, in that order, none of them empty."""
    titled = [section for section in found if section.title]
    lines = {section.title: section.line for section in reversed(titled)}
    problems = [Problem(file, 1, f"the heading `## {title}` is missing") for title in required if title not in lines]
    reached = -1
    for section in titled:
        if section.title not in required:
            known = ", ".join(required)
            problems.append(Problem(file, section.line, f"`## {section.title}` is none of its headings: {known}"))
            continue
        place = required.index(section.title)
        if place == reached or section.line != lines[section.title]:
            problems.append(Problem(file, section.line, f"`## {section.title}` stands there twice"))
        elif place < reached:
            problems.append(
                Problem(file, section.line, f"`## {section.title}` belongs before `## {required[reached]}`")
            )
        reached = max(reached, place)
        if section.empty:
            problems.append(Problem(file, section.line, f"nothing stands under `## {section.title}`"))
    return problems
