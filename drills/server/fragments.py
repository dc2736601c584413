"""The parts of the page as HTML, each for a role: what that role may not see yet is not in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from drills.server.access import Role, Visitor
from drills.server.markdown import markdown
from drills.server.moves import SEVERITIES
from drills.server.state import MISSED_S, Drill, key_of
from drills.server.timeline import timeline
from experiments.record.drill import Signal
from reports.meaning import meaning, tone
from reports.reading.text import showable

TEMPLATES = Path(__file__).resolve().parent / "templates"
STATIC = Path(__file__).resolve().parent / "static"

TOP = ("question", "moment")
"""What comes before everything else."""
SEE = ("symptoms", "pager", "signals", "alerts", "events", "runbook")
"""What is looked at, in the order of reading."""
DO = ("secrets", "fix", "compose", "timeline", "diagnosis", "hints")
"""What is done, in the order of use."""
NAMES = ("bar", "announce", *TOP, *SEE, *DO)


@dataclass(frozen=True)
class Fragment:
    """One part; `version` changes with its content."""

    html: Markup
    version: str


def environment(*folders: Path) -> Environment:
    """Templates that escape everything and show no terminal codes or invisible signs.

    Args:
        folders: looked through before the drill page's own, so that other pages may stand on its base.html.
    """
    found = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: showable(value) if type(value) is str else value,
    )
    found.filters |= {"markdown": markdown, "utc": _utc, "after": _after, "span": _span, "key": key_of}
    return found


def signals(drill: Drill) -> list[Signal]:
    """The signals that may be plotted now. What the harm is about is not told before the page."""
    if drill.card is None:
        return []
    told = drill.paged is not None or drill.ended is not None
    return [one for one in drill.card.signals if told or not one.id.startswith("bites.")]


class Fragments:
    """Renders the parts of one drill's page, and remembers the last ones for everybody of the same role."""

    def __init__(self) -> None:
        self.templates = environment()
        self._of: dict[Role, tuple[Drill, int, Mapping[str, Fragment]]] = {}

    def parts(self, drill: Drill, visitor: Visitor, now: float) -> Mapping[str, Fragment]:
        """Every part by its name; an empty one is not shown.

        Args:
            drill: as it is now.
            visitor: for whom.
            now: epoch seconds.
        """
        known = self._of.get(visitor.role)
        missed = drill.missed(now)
        if known is None or known[0] is not drill or known[1] != missed:
            shown = self._render(drill, visitor.role, now)
            known = self._of[visitor.role] = (drill, missed, shown)
        return known[2]

    def _render(self, drill: Drill, role: Role, now: float) -> Mapping[str, Fragment]:
        over = drill.ended is not None
        values = {
            "drill": drill,
            "card": drill.card,
            "role": role.value,
            "over": over,
            "trainee": role is Role.TRAINEE and drill.stopped is None,
            "told": over or role is Role.FACILITATOR,
            "zero": drill.paged,
            "now": now,
            "signals": signals(drill),
            "timeline": timeline(drill),
            "severities": SEVERITIES,
            "missed_s": MISSED_S,
            "meaning": meaning,
            "tone": tone,
        }
        found = {}
        for name in NAMES:
            html = self.templates.get_template(f"fragments/{name}.html").render(values).strip()
            version = hashlib.blake2s(html.encode(), digest_size=6).hexdigest()
            found[name] = Fragment(Markup(html), version)  # noqa: S704  # the template has escaped it
        return found


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _span(length_s: float) -> str:
    """Seconds as a clock shows them: 04:32, 1:04:32."""
    whole = int(length_s)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _after(at: float, zero: float | None) -> str:
    """A moment on the incident's clock, or in UTC where that has not started."""
    if zero is None:
        return _utc(at)
    return f"{'−' if at < zero else '+'}{_span(abs(at - zero))}"  # noqa: RUF001  # a minus sign
