"""What people, clusters and authors wrote, put into Markdown that others show."""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt

from reports.markdown import plain
from reports.reading.text import showable

_LINK = re.compile(r"!?\[([^\]\n]*)\]\((?!https?://)[^)\n]*\)")
_CODE = re.compile(r"(`+[^`]*`+)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def cell(text: str) -> str:
    """Text as it is, on one line, in a table's cell; an en dash where there is none."""
    return plain(text) or "\N{EN DASH}"


def code(text: str) -> str:
    """Text as code on one line, whatever signs of code it holds itself; not for a table's cell."""
    line = " ".join(showable(text).split())
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}" if line else "(nothing)"


def quoted(markdown: str) -> str:
    """An author's Markdown as a quotation: no raw HTML, no link but to the web, no heading of its own."""
    lines = []
    for line in showable(markdown).strip().split("\n"):
        parts = _CODE.split(_LINK.sub(r"\1", line))
        tame = "".join(part if part.startswith("`") else _TAG.sub("&lt;", part) for part in parts)
        lines.append(f"> {re.sub(r'^#+ ', '', tame)}".rstrip())
    return "\n".join(lines)


def section(markdown: str, title: str) -> str:
    """What stands below the second-level heading `title`, up to the next one; empty where there is no such heading."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    heads = [
        (token.map[0], tokens[index + 1].content.strip())
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h1", "h2") and token.map is not None
    ]
    lines = markdown.split("\n")
    for (begin, name), (end, _) in pairwise([*heads, (len(lines), "")]):
        if name.lower() == title.lower():
            return "\n".join(lines[begin + 1 : end]).strip()
    return ""
