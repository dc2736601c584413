"""The verdict on one pattern: every input that its structure suggests is measured."""

from __future__ import annotations

from dataclasses import dataclass

from tools.check_regex.attacks import attacks
from tools.check_regex.engines import Engine
from tools.check_regex.graph import TooLarge, graph
from tools.check_regex.measure import Measured, measure
from tools.check_regex.session import Session, Unmeasured


@dataclass(frozen=True)
class Rule:
    """A pattern, where it stands, and the engine that is to run it."""

    place: str
    pattern: str
    engine: Engine


@dataclass(frozen=True)
class Verdict:
    """What became of one pattern.

    Args:
        rule: the pattern.
        verdict: `safe`, `dangerous` or `unknown`.
        tried: how many inputs were measured.
        worst: the one whose time grows most; none where the structure suggests none.
        why: of an unknown one, what stood in the way.
    """

    rule: Rule
    verdict: str
    tried: int = 0
    worst: Measured | None = None
    why: str = ""


def check(rule: Rule, how: str, limit_s: float) -> Verdict:
    """Judge one pattern. The first input that shows it to be dangerous ends the search.

    Args:
        rule: the pattern.
        how: `search`, `match` or `fullmatch`.
        limit_s: processor seconds that one match may take before its process is killed.

    Raises:
        tools.bad_input.BadInput: it is no pattern, or the engine refuses it or is not there.
    """
    worst: Measured | None = None
    tried = 0
    try:
        suggested = attacks(graph(rule.pattern, search=how == "search"))
        with Session(rule.engine, rule.pattern, how, limit_s) as session:
            for attack in suggested:
                found = measure(session, attack)
                tried += 1
                if worst is None or found.growth.degree > worst.growth.degree:
                    worst = found
                if found.growth.dangerous:
                    return Verdict(rule, "dangerous", tried, found)
    except (TooLarge, Unmeasured) as error:
        return Verdict(rule, "unknown", tried, worst, str(error))
    return Verdict(rule, "safe", tried, worst)
