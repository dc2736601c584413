"""The info string of a runbook's block: ` ```bash diagnose expect="…" context limit=30s `."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from experiments.model.base import seconds
from experiments.runbook.front_matter import LONGEST_LIMIT_S

Kind = Literal["diagnose", "mitigate", "fix", "verify"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# A word, or key="value"; inside the quotes only \" is special, so that a regular expression reads as it is.
_PART = re.compile(
    r'\s+(?:(?P<key>\w+)=(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<bare>[^\s"]+))|(?P<word>[^\s="]+))(?=\s|$)'
)


@dataclass(frozen=True)
class InfoString:
    """What an info string says of its block; `limit_s` None where it leaves the limit to the front matter."""

    kind: Kind
    expect: str | None = None
    context: bool = False
    limit_s: float | None = None


def read_info_string(info: str) -> InfoString:
    """Read the info string of a bash block.

    Args:
        info: from `bash` to the end of the line.

    Raises:
        ValueError: it names no kind, an unknown word, or a value that does not fit; the message says which.
    """
    words, values = _split(info.removeprefix("bash"))
    kinds = [kind for kind in KINDS if kind in words]
    unknown = [word for word in words if word not in (*KINDS, "context")]
    unknown += [key for key in values if key not in ("expect", "limit")]
    if unknown:
        raise ValueError(f'{unknown[0]!r} is unknown; a block is `bash KIND [expect="…"] [context] [limit=30s]`')
    if len(kinds) != 1 or words[0] != kinds[0]:
        raise ValueError(f"a bash block says right after `bash` which one of {', '.join(KINDS)} it is")
    kind, context = kinds[0], "context" in words
    expect = values.get("expect")
    if expect is not None:
        _check_regex(expect)
    if context and kind != "diagnose":
        raise ValueError("`context` is for diagnose blocks")
    if kind == "diagnose" and expect is None and not context:
        raise ValueError('a diagnose block says what it shows, expect="…", or is marked `context`')
    return InfoString(kind, expect, context, _limit(values["limit"]) if "limit" in values else None)


def _split(text: str) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    values: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        part = _PART.match(text, at)
        if part is None:
            raise ValueError(f'cannot read {text[at:].strip()!r}; values are written expect="…"')
        at = part.end()
        key = part["key"]
        if key is None:
            words.append(part["word"])
        elif key in values:
            raise ValueError(f"{key!r} is there twice")
        else:
            values[key] = part["bare"] if part["quoted"] is None else part["quoted"].replace('\\"', '"')
    return words, values


def _check_regex(pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"expect is no regular expression: {error}") from error
    if compiled.search("") is not None:
        raise ValueError(f"expect={pattern!r} matches a block that prints nothing, so it proves nothing")


def _limit(text: str) -> float:
    limit_s = seconds(text)
    if not 0 < limit_s <= LONGEST_LIMIT_S:
        raise ValueError(f"limit is more than 0 s and at most {LONGEST_LIMIT_S:g} s")
    return limit_s
