"""How production durations become lab durations."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from experiments.model.base import Frozen, seconds


def _by_seconds(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {_recorded(k): seconds(v) for k, v in value.items()}


def _recorded(key: str | float) -> float:
    """A duration as written by an author, or the plain seconds that JSON makes of a key it recorded."""
    if isinstance(key, str) and key.replace(".", "", 1).isdigit():
        return float(key)
    return seconds(key)


class TimeScale(Frozen):
    """The factor by which rules are sped up, with what differs from it.

    Args:
        factor: production seconds over lab seconds, at least 1.
        overrides: production duration -> lab duration (seconds), where the factor is not what the story needs.
        constants: numeric seconds and counts inside expressions (`predict_linear(x, 3600)`, `> 3`) that are scaled,
            by the text of the number -> the text in the lab.
        kept: numeric seconds and counts that stay, by the text of the number -> the reason.
        production_time: alert names that play at production time, -> the reason; such a scenario is `slow`.
    """

    factor: float = Field(ge=1)
    overrides: Annotated[dict[float, float], BeforeValidator(_by_seconds)] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    kept: dict[str, str] = Field(default_factory=dict)
    production_time: dict[str, str] = Field(default_factory=dict)


def time_scale(factor: float, overrides: dict[str, str] | None = None, **more: dict[str, str]) -> TimeScale:
    """A time scale as authors write it: `time_scale(60, {"1h": "15s"})`."""
    return TimeScale.model_validate({"factor": factor, "overrides": overrides or {}, **more})
