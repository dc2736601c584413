"""The card of a drill, from drill.md: symptoms, hints, causes in a shuffled order, and the debrief for later."""

from __future__ import annotations

import re

from experiments.drill.options import DrillOptions, Mode
from experiments.drill.shown import shown
from experiments.record.drill import CardFile, Cause
from experiments.record.files import ScenarioFile
from experiments.runbook.front_matter import split_front_matter
from experiments.source.markdown import Section, sections

_CAUSE = re.compile(r"\[(?P<mark>[ xX])\]\s+(?P<text>\S.*)", re.DOTALL)


def make_card(file: ScenarioFile, options: DrillOptions, drill: str) -> CardFile:
    """The card.

    Args:
        file: what is played.
        options: how.
        drill: drill.md, as `firedrill check` accepts it.
    """
    found = {section.title: section for section in sections(drill)}
    return CardFile(
        run_id=file.run_id,
        scenario=file.name,
        title=file.scenario.title,
        mode=options.mode,
        player=options.player,
        namespaces=[*file.scenario.namespaces],
        symptoms=_body(drill, found, "Symptoms"),
        hints=[_line(item.text) for item in found["Hints"].items],
        causes=_causes(found["Causes"], options),
        debrief=_body(drill, found, "Debrief"),
        runbook=split_front_matter(file.runbook, "RUNBOOK.md")[1].strip() + "\n"
        if options.mode is Mode.GUIDED
        else None,
        limit_s=options.limit_s,
        signals=[one.signal for one in shown(file.scenario)],
    )


def _causes(section: Section, options: DrillOptions) -> list[Cause]:
    """Those of drill.md in an order of chance: where the true one stands there must not tell it."""
    written = [match for item in section.items if (match := _CAUSE.match(item.text))]
    options.chance("causes").shuffle(written)
    return [Cause(id=n, text=_line(one["text"]), true=one["mark"] != " ") for n, one in enumerate(written)]


def _body(text: str, found: dict[str, Section], title: str) -> str:
    """What stands below a heading, up to the next one."""
    begin = found[title].line
    end = min((section.line - 1 for section in found.values() if section.line > begin), default=None)
    return "\n".join(text.splitlines()[begin:end]).strip() + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())
