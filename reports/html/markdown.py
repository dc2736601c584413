"""A scenario's story from Markdown: no raw HTML, no image, no link but to the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from reports.reading.text import showable

_SCALE = "original and lab scale"


@dataclass(frozen=True)
class Story:
    """The story as HTML, and its comparison of original and lab figures apart (None where it has none)."""

    told: Markup
    scale: Markup | None


def story(markdown: str) -> Story:
    """Render a README.md: the headings that the page has anyway left out, the others one level lower.

    The section `Original and lab scale` is taken out, to stand beside the rest.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    told: list[Token] = []
    scale: list[Token] = []
    target = told
    tokens = reader.parse(showable(markdown))
    skip = 0
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            title = tokens[index + 1].content.strip().lower()
            if token.tag == "h1" or title == "story":
                skip = 3
            if token.tag == "h2":
                target = scale if title == _SCALE else told
        if skip:
            skip -= 1
            continue
        target.append(_tamed(token))
    return Story(_html(reader, told), _html(reader, scale) if scale else None)


def _html(reader: MarkdownIt, tokens: Sequence[Token]) -> Markup:
    # markdown-it escapes all text itself once raw HTML is off.
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704


def _tamed(token: Token) -> Token:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    for child in token.children or ():
        if child.type != "link_open":
            continue
        href = str(child.attrGet("href") or "")
        child.attrs = {"href": href, "rel": "noreferrer"} if href.startswith(("https://", "http://")) else {}
    return token
