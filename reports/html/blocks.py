"""The runbook's blocks with what they printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.reading.load import Played, Run
from reports.reading.shapes import Block
from reports.units import seconds

SHOWN = 24_000
"""So many characters of an output are shown: the first half and the last half of them."""


@dataclass(frozen=True)
class BlockView:
    """One block: what the runbook says (None: not known), how it ended (None: not played), what it printed.

    Args:
        kind, index: of the block, from whichever file knows it.
        ended: how it ended, in words.
        tone: `good`, `bad`, or `unsure` where it was not played.
        output: with the match of what was expected marked; None where there is none to show.
        cut: whether the middle or the end of the output is left out here.
        file: its raw output, relative to the run folder, or None.
        excused: why nothing notices its absence, or None.
    """

    index: int
    kind: str
    block: Block | None
    played: Played | None
    ended: str
    tone: str
    output: Markup | None
    cut: bool
    file: str | None
    excused: str | None

    @property
    def expect(self) -> str | None:
        """The regular expression its output had to match."""
        if self.played is not None and self.played.result.expect is not None:
            return self.played.result.expect
        return self.block.expect if self.block is not None else None


def blocks(run: Run) -> tuple[BlockView, ...]:
    """Every block the runbook has or the run played, in order."""
    written = {block.index: block for block in run.scenario.blocks} if run.scenario is not None else {}
    played = {one.result.index: one for one in run.played}
    excused = _excused(run)
    return tuple(
        _view(index, written.get(index), played.get(index), excused.get(index)) for index in sorted({*written, *played})
    )


def _excused(run: Run) -> dict[int, str]:
    """The reason by the index of the block that the scenario excuses: `fix.1` is its second fix."""
    if run.scenario is None or run.scenario.scenario.excused is None:
        return {}
    excuse = run.scenario.scenario.excused
    kind, _, position = excuse.block.partition(".")
    found = [block.index for block in run.scenario.blocks if block.kind == kind]
    return {index: excuse.reason for n, index in enumerate(found) if str(n) == position}


def _view(index: int, block: Block | None, played: Played | None, excused: str | None) -> BlockView:
    kind = played.result.kind if played is not None else block.kind if block is not None else ""
    ended, tone = _ended(played)
    output, cut = (None, False) if played is None or played.output is None else _output(played.output, played)
    file = f"runbook/{index:02d}-{kind}.out" if output is not None else None
    return BlockView(index, kind, block, played, ended, tone, output, cut, file, excused)


def _ended(played: Played | None) -> tuple[str, str]:
    if played is None:
        return "was not played", "unsure"
    result = played.result
    took = seconds(result.ended - result.started)
    if result.exit_code is None:
        return f"killed at its limit after {took}", "bad"
    if result.exit_code != 0:
        return f"exit code {result.exit_code} after {took}", "bad"
    return f"took {took}", "bad" if result.matched is False else "good"


def _output(text: str, played: Played) -> tuple[Markup, bool]:
    cut = played.cut or played.result.truncated
    if len(text) <= SHOWN:
        return _marked(text, played), cut
    half = SHOWN // 2
    note = Markup('<em class="cut">\n[{} characters left out]\n</em>').format(len(text) - SHOWN)
    return _marked(text[:half], played) + note + _marked(text[-half:], played), True


def _marked(text: str, played: Played) -> Markup:
    """The text with the first match of what was expected marked, where the engine says that it matched."""
    expect = played.result.expect
    if not expect or not played.result.matched:
        return escape(text)
    try:
        found = re.search(expect, text, re.MULTILINE)
    except re.error:
        return escape(text)
    if found is None or found.end() == found.start():
        return escape(text)
    begin, end = found.span()
    return escape(text[:begin]) + Markup("<mark>{}</mark>").format(text[begin:end]) + escape(text[end:])
