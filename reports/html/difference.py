"""Two forms of an expression with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from reports.reading.text import showable

_TOKEN = re.compile(r"[A-Za-z_:][\w:]*|\d[\w.]*|\s+|.", re.DOTALL)


def difference(before: str, after: str) -> tuple[Markup, Markup]:
    """Both texts, escaped, with `<mark>` around the tokens that the other one does not have in that place."""
    left, right = _TOKEN.findall(showable(before)), _TOKEN.findall(showable(after))
    shown: tuple[list[Markup], list[Markup]] = ([], [])
    for word, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        shown[0].append(_part(left[a:b], word != "equal"))
        shown[1].append(_part(right[c:d], word != "equal"))
    return Markup("").join(shown[0]), Markup("").join(shown[1])


def _part(tokens: Sequence[str], differs: bool) -> Markup:
    text = escape("".join(tokens))
    return Markup("<mark>{}</mark>").format(text) if differs and tokens else text
