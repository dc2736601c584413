"""Reading plan.yaml: every mistake with file, line and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cluster.errors import UsageError
from drills.gameday.plan import (
    EVERYBODY,
    RANDOM,
    BreakEntry,
    Entry,
    IncidentEntry,
    Plan,
    Settings,
    Window,
    WindowEntry,
)
from experiments.source.located_yaml import LocatedYaml, read_yaml
from experiments.source.problem import Problem

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[str | int, ...]
_NEXT = "correct it; docs/gameday-plans.md explains every key"
_KINDS: Mapping[str, type[IncidentEntry | BreakEntry | WindowEntry]] = {
    "incident": IncidentEntry,
    "break": BreakEntry,
    "window": WindowEntry,
}


def load_plan(path: Path, scenarios: Collection[str]) -> Plan:
    """Read a plan.

    Args:
        path: plan.yaml.
        scenarios: the names that may be played.

    Raises:
        UsageError: it cannot be read or does not fit; every mistake with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}:1: the plan cannot be read: {error}", _NEXT) from error
    plan, problems = survey_plan(text, str(path), scenarios)
    if plan is None:
        raise UsageError("\n".join(str(problem) for problem in problems), _NEXT)
    return plan


def survey_plan(text: str, file: str, scenarios: Collection[str]) -> tuple[Plan | None, list[Problem]]:
    """Parse a plan's text.

    Args:
        text: YAML.
        file: how problems name it.
        scenarios: the names that may be played.

    Returns:
        the plan and no problem, or None and every problem found, by line.
    """
    document, problems = read_yaml(text, file)
    if document is None:
        return None, problems
    if not isinstance(document.data, dict):
        return None, [Problem(file, 1, "a plan has `title:`, `teams:` and `entries:`")]
    reading = _Reading(document, file, [name.replace("_", "-") for name in scenarios])
    plan = reading.plan(dict(document.data))
    return (None, sorted(reading.problems)) if reading.problems else (plan, [])


class _Reading:
    """One plan that is being read, and what was found wrong so far."""

    def __init__(self, document: LocatedYaml, file: str, scenarios: list[str]) -> None:
        self.document, self.file, self.scenarios = document, file, scenarios
        self.problems: list[Problem] = []

    def plan(self, data: dict[str, Any]) -> Plan | None:
        raw = data.pop("entries", None)
        settings = self._model(Settings, data, ())
        if settings is not None:
            self._teams(settings)
        if not isinstance(raw, list) or not raw:
            self._wrong(("entries",), "`entries` is a list of what happens, such as `- incident: random`")
            return None
        entries = [self._entry(one, ("entries", index)) for index, one in enumerate(raw)]
        if not any(isinstance(one, IncidentEntry | WindowEntry) for one in entries) and not self.problems:
            self._wrong(("entries",), "nothing happens in this plan; add `- incident: random`")
        if settings is None or self.problems:
            return None
        # Copied, not validated again: the models that stand there were made from the aliases people write.
        plan = Plan.model_construct(**dict(settings), entries=tuple(one for one in entries if one is not None))
        for index, entry in enumerate(plan.entries):
            self._fits(plan, entry, ("entries", index))
        return plan

    def _entry(self, raw: object, at: Loc) -> Entry | None:
        kinds = [kind for kind in _KINDS if isinstance(raw, dict) and kind in raw]
        if len(kinds) != 1 or not isinstance(raw, dict):
            ways = "`incident: NAME`, `break: 10m` or `window:`"
            told = f"this is {' and '.join(kinds)} at once; begin a new entry with `-`" if kinds else "it has none"
            self._wrong(at, f"an entry has one of {ways}; {told}")
            return None
        return self._model(_KINDS[kinds[0]], raw, at)

    def _model(self, model: type[Model], data: object, at: Loc) -> Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for one in error.errors():
                self._wrong((*at, *one["loc"]), _words(one, model))
            return None

    def _teams(self, settings: Settings) -> None:
        seen: set[str] = set()
        for index, team in enumerate(settings.teams):
            if team.lower() in seen:
                self._wrong(("teams", index), f"there are two teams called {team!r}; give one another name")
            seen.add(team.lower())

    def _fits(self, plan: Plan, entry: Entry, at: Loc) -> None:
        if isinstance(entry, IncidentEntry):
            self._scenario(entry.incident, (*at, "incident"))
            self._team(plan, entry.team, (*at, "team"))
            if entry.level is not None and entry.incident != RANDOM:
                self._wrong((*at, "level"), "only a random incident has a level; leave it out, or `incident: random`")
        elif isinstance(entry, WindowEntry):
            self._window(plan, entry.window, (*at, "window"))

    def _window(self, plan: Plan, window: Window, at: Loc) -> None:
        for index, name in enumerate(window.incidents):
            self._scenario(name, (*at, "incidents", index))
        self._team(plan, window.team, (*at, "team"))
        if window.level is not None and RANDOM not in window.incidents:
            self._wrong((*at, "level"), "only random incidents have a level; leave it out, or add `random`")
        needed = window.surprises * plan.slot(window)
        if window.length < needed:
            self._wrong(
                (*at, "length"),
                f"{window.surprises} incidents of up to {plan.limit_of(window) / 60:g} min need {needed / 60:g} min "
                "with deploying and undo; make the window longer, its `limit` shorter or its `count` smaller",
            )

    def _scenario(self, name: str, at: Loc) -> None:
        if name == RANDOM or name.replace("_", "-") in self.scenarios:
            return
        near = difflib.get_close_matches(name.replace("_", "-"), self.scenarios, n=3, cutoff=0.4)
        hint = f"the nearest: {', '.join(near)}" if near else "see them all with `firedrill list`"
        self._wrong(at, f"there is no scenario {name!r}; {hint}")

    def _team(self, plan: Plan, team: str, at: Loc) -> None:
        if team != EVERYBODY and team not in plan.teams:
            self._wrong(at, f"there is no team {team!r}; `teams` names {', '.join(plan.teams)}, or write `{EVERYBODY}`")

    def _wrong(self, at: Loc, message: str) -> None:
        self.problems.append(Problem(self.file, self.document.line(at), message))


def _words(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found, as an author would say it."""
    key = str(error["loc"][-1]) if error["loc"] else "it"
    named = [str(step) for step in error["loc"] if isinstance(step, str)]
    where = ".".join(named) or "the entry"
    match error["type"]:
        case "missing":
            return f"`{where}` is missing; write one"
        case "extra_forbidden":
            near = difflib.get_close_matches(key, list(_keys(_owner(model, error["loc"]))), n=1)
            return f"there is no key `{key}` here; " + (f"did you mean `{near[0]}`?" if near else "leave it out")
        case "string_pattern_mismatch" if named[:1] == ["teams"]:
            return f"{error['input']!r} is no team's name; at most 30 letters, digits, spaces and -"
        case "value_error":
            return f"{where}: {error['msg'].removeprefix('Value error, ')}"
    return f"{where}: {error['msg']}, not {error['input']!r}"


def _owner(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    return Window if model is WindowEntry and len(loc) > 1 else model


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
    if model is Settings:
        yield "entries"
