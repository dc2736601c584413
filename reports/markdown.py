"""Text from files in Markdown that others show: nothing in it is taken for markup."""

from __future__ import annotations

import re

from reports.reading.text import showable

_MARKUP = re.compile(r"([\\`*_{}\[\]|#~])")


def plain(text: str) -> str:
    """Text as it is, on one line, safe in a table's cell: no HTML, no link, no emphasis, no further column."""
    line = " ".join(showable(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare address would become a link, and a name after @ somebody's.
    return _MARKUP.sub(r"\\\1", line).replace("://", "&#58;//").replace("@", "&#64;")
