"""Ground of every model people write: frozen, strict about unknown fields, durations as Prometheus writes them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_PART = re.compile(r"(\d+)(ms|[smhdwy])")


def seconds(text: str | float) -> float:
    """Read a duration in Prometheus' notation.

    Args:
        text: `90s`, `1h30m`, `250ms`; a number is taken as seconds.

    Returns:
        The duration in seconds.

    Raises:
        ValueError: the text is no duration.
    """
    if isinstance(text, int | float):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise ValueError(f"{text!r} is not a duration such as 90s, 5m or 1h30m")
    return sum(int(n) * _UNITS[u] for n, u in parts)


Seconds = Annotated[float, BeforeValidator(seconds)]


class Frozen(BaseModel):
    """A value: it cannot change once made, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
