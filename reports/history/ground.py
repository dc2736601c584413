"""Whether what gave an earlier result is what would play today."""

from __future__ import annotations

from collections.abc import Mapping


def same_ground(versions: Mapping[str, str], plays: Mapping[str, str]) -> bool | None:
    """Whether engine and lab images are those that gave a result; None where one side does not say its engine.

    Args:
        versions: what gave the result, by name.
        plays: what would play it now, by name: `engine`, `image shop`.
    """
    if "engine" not in versions or "engine" not in plays:
        return None
    return all(versions.get(name) == now for name, now in plays.items())
