"""Markdown that people wrote, as HTML that can do nothing: no raw HTML, no image, links to the web only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup

from reports.reading.text import showable

_KINDS = ("diagnose", "mitigate", "fix", "verify")


@lru_cache(maxsize=16)
def markdown(text: str, level: int = 1) -> Markup:
    """Render `text`; a fenced block gets its kind (where its info string names one) and a button that copies it.

    Args:
        text: from a scenario folder.
        level: by how many levels its headings are lowered.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.add_render_rule("fence", _fence)
    tokens = reader.parse(showable(text))
    for token in tokens:
        _tame(token, level)
    # markdown-it escapes all text itself once raw HTML is off.
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704


def _tame(token: Token, level: int) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + level)}"
    for child in token.children or ():
        if child.type != "link_open":
            continue
        href = str(child.attrGet("href") or "")
        web = href.startswith(("https://", "http://"))
        child.attrs = {"href": href, "rel": "noopener noreferrer", "target": "_blank"} if web else {}


def _fence(
    renderer: Any, tokens: Sequence[Token], index: int, options: Mapping[str, Any], env: Mapping[str, Any]
) -> str:
    token = tokens[index]
    words = token.info.split()
    kind = words[1] if len(words) > 1 and words[1] in _KINDS else ""
    label = f'<span class="badge {kind}">{kind}</span>' if kind else "<span></span>"
    return (
        f'<div class="code"><div class="code-bar">{label}<button type="button" class="copy slight">Copy</button></div>'
        f'<pre tabindex="0"><code>{escapeHtml(token.content)}</code></pre></div>\n'
    )
