"""Which scenario is played, and for how long: what a person types, as what it means."""

from __future__ import annotations

import random
import re

from cluster.errors import BrokenScenario, UsageError
from experiments.catalogue import Catalogue, ScenarioFolder

RANDOM = "random"
LEVELS = (1, 2, 3)

_DURATION = re.compile(r"(?:(?P<h>[0-9]{1,3})h)?(?:(?P<m>[0-9]{1,5})m)?(?:(?P<s>[0-9]{1,6})s)?")
_SHORTEST_S, _LONGEST_S = 60.0, 11 * 3600.0
"""The toolbox lives for twelve hours; before the page comes, and after the end, it is needed too."""


def choose(scenarios: Catalogue, name: str, level: int | None, seed: int) -> ScenarioFolder:
    """The scenario of that name, or one by chance.

    Args:
        scenarios: those that there are.
        name: a name, or `random`.
        level: how hard it shall be, 1 to 3; None: whichever comes.
        seed: the same seed chooses the same one among the same scenarios.

    Raises:
        UnknownScenario: there is none of that name.
        UsageError: a level for a scenario that was named, one that does not exist, or one that no scenario has.
    """
    if name != RANDOM:
        if level is not None:
            raise UsageError(
                "--level chooses among scenarios, and one was named.",
                f"firedrill play random --level {level}, or leave --level out",
            )
        return scenarios.find(name)
    if level is not None and level not in LEVELS:
        raise UsageError(f"There is no level {level}.", "--level 1, 2 or 3")
    folders = [one for one in scenarios.folders() if _fits(one, level)]
    if not folders:
        what = "has no scenario" if level is None else f"has no scenario of level {level}"
        raise UsageError(f"The catalogue {what}.", "choose another --level, or name a folder of scenarios with --pack")
    return random.Random(f"{seed} scenario").choice(folders)  # noqa: S311  a game, no secret


def _fits(folder: ScenarioFolder, level: int | None) -> bool:
    """A folder that is being written is none to choose: `firedrill check` says what it lacks."""
    try:
        return level in (None, folder.level)
    except BrokenScenario:
        return False


def duration(text: str, option: str) -> float:
    """Seconds of a duration such as `30m`, `1h30m` or `90s`.

    Args:
        text: as typed.
        option: the option it belongs to, for the message.

    Raises:
        UsageError: it is none, or too short or too long for a drill.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groupdict().values()):
        raise UsageError(f"{option} {text!r} is no duration.", f"{option} 30m, {option} 1h15m or {option} 90s")
    seconds = sum(int(match[unit] or 0) * size for unit, size in (("h", 3600), ("m", 60), ("s", 1)))
    if not _SHORTEST_S <= seconds <= _LONGEST_S:
        raise UsageError(
            f"{option} {text} is too {'short' if seconds < _SHORTEST_S else 'long'} for a drill.", "from 1m to 11h"
        )
    return float(seconds)
