"""What the gate says: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tools.check_regex.check import Verdict
from tools.check_regex.growth import RATIO
from tools.check_regex.measure import Measured

_SIGNS = {"safe": "safe     ", "dangerous": "DANGEROUS", "unknown": "UNKNOWN  "}


def text(verdicts: Sequence[Verdict]) -> str:
    """A line for each pattern, and for a dangerous one its attack with the times that were measured."""
    lines: list[str] = []
    for one in verdicts:
        lines.append(f"{_SIGNS[one.verdict]} {one.rule.place} ({one.rule.engine.name}): {_says(one)}")
        if one.verdict == "dangerous" and one.worst:
            lines += [f"          pattern: {one.rule.pattern}", f"          attack:  {one.worst.attack}"]
            lines += _table(one.worst)
    count = {verdict: sum(one.verdict == verdict for one in verdicts) for verdict in _SIGNS}
    lines.append(f"{len(verdicts)} patterns: " + ", ".join(f"{n} {verdict}" for verdict, n in count.items()))
    return "\n".join(lines)


def as_json(verdicts: Sequence[Verdict], how: str) -> str:
    """The same for a program; `safe` at the top is the verdict on all."""
    whole = {
        "safe": all(one.verdict == "safe" for one in verdicts),
        "match": how,
        "dangerous_from_ratio": RATIO,
        "patterns": [
            {
                "place": one.rule.place,
                "pattern": one.rule.pattern,
                "engine": one.rule.engine.name,
                "verdict": one.verdict,
                "why": _says(one),
                "inputs_measured": one.tried,
                **_worst(one.worst),
            }
            for one in verdicts
        ],
    }
    return json.dumps(whole, indent=2)


def _says(one: Verdict) -> str:
    if one.verdict == "unknown":
        return one.why
    if one.worst is None:
        return "no two ways to match the same input"
    return f"{one.worst.growth}" + (f" at worst, of {one.tried} inputs" if one.verdict == "safe" else "")


def _table(worst: Measured) -> list[str]:
    lines = [f"          {'n':>8} {'characters':>10} {'seconds':>12} {'times':>8}"]
    before = None
    for point in worst.points:
        ratio = f"{point.seconds / before:8.1f}" if before else " " * 8
        sign = ">" if point.beyond else " "
        lines.append(f"          {point.n:8} {point.length:10} {sign}{point.seconds:11.6f} {ratio}".rstrip())
        before = point.seconds
    return lines


def _worst(worst: Measured | None) -> dict[str, Any]:
    if worst is None:
        return {"attack": None, "growth": None, "times": []}
    growth = worst.growth
    times = [
        {"n": one.n, "characters": one.length, "seconds": one.seconds, "killed": one.beyond} for one in worst.points
    ]
    return {
        "attack": asdict(worst.attack),
        "growth": {"kind": growth.kind, "degree": round(growth.degree, 2), "per_pump": growth.per_pump},
        "times": times,
    }
