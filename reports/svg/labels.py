"""Putting names where they do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LETTER = 6.8
"""Width of a letter (pixels) of the labels' 12 px type, on the wide side."""
GAP = 8.0


@dataclass(frozen=True)
class Placed:
    """A name in its row: 0 is nearest to the drawing. `anchor` is the SVG text-anchor at its own position."""

    name: str
    share: float
    row: int
    anchor: str


def place(names: Sequence[tuple[str, float]], width: float) -> tuple[Placed, ...]:
    """Place names at shares of a width (pixels), each in the lowest row in which it is free of all others.

    A name begins at its position; where it would leave the drawing on the right it ends there instead. The rightmost
    name comes first, so that of two close ones the left one stands higher and its line passes beside the other name.
    """
    rows: list[list[tuple[float, float]]] = []
    placed = []
    for name, share in sorted(names, key=lambda item: -item[1]):
        size, at = len(name) * LETTER + GAP, share * width
        end = at + size > width and at - size >= 0
        low, high = (at - size, at) if end else (at, at + size)
        row = next((i for i, taken in enumerate(rows) if all(high <= a or low >= b for a, b in taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((low, high))
        placed.append(Placed(name, share, row, "end" if end else "start"))
    return tuple(placed)


def apart(positions: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed so that neighbours are `distance` apart, within low and high if they fit."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    moved = list(positions)
    floor = low
    for index in order:
        moved[index] = max(floor, positions[index])
        floor = moved[index] + distance
    ceiling = high
    for index in reversed(order):
        moved[index] = min(ceiling, moved[index])
        ceiling = moved[index] - distance
    return moved
