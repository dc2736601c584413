"""What a time scale declares about numbers: scaled, kept, or playing at production time, and whether it was needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import PurePath

from experiments.model.timescale import TimeScale
from experiments.rules.figures import Figure
from experiments.rules.printer import duration, number
from experiments.source.problem import Problem


class Declared:
    """The declarations of one scenario against one rule file.

    Every number is compared by value, so `86400` in the time scale is `86400.0` or `8.64e4` in a rule.
    """

    def __init__(self, scale: TimeScale, file: str) -> None:
        self._scale = scale
        self._file = file
        self._scenario = str(PurePath(file).with_name("scenario.py"))
        self._seen: set[tuple[str, str]] = set()
        self.problems: list[Problem] = []
        self._constants = self._by_value("constants", scale.constants)
        self._kept = self._by_value("kept", scale.kept)
        for value in self._constants.keys() & self._kept.keys():
            self._wrong(f"{number(value)} is both in `constants` and in `kept`")
        for text in scale.constants.values():
            self._read("constants", text)

    def production_time(self, rule: str) -> str | None:
        """Why the rule plays at production time, or None."""
        reason = self._scale.production_time.get(rule)
        if reason is not None:
            self._seen.add(("production_time", rule))
        return reason

    def apply(self, figures: Iterable[Figure], rule: str, line: int) -> list[str]:
        """Set the declared constants in the tree that the figures belong to.

        Returns:
            what was changed, each `86400 -> 1440`; a figure that is declared nowhere becomes a problem.
        """
        changes = []
        for figure in figures:
            value = figure.node.val
            if value in self._constants:
                key = self._constants[value]
                self._seen.add(("constants", key))
                lab = self._read("constants", self._scale.constants[key], quiet=True)
                if lab is not None and lab != value:
                    figure.node.val = lab
                    changes.append(f"{number(value)} -> {number(lab)}")
            elif value in self._kept:
                self._seen.add(("kept", self._kept[value]))
            elif not figure.stays:
                what = f"{rule}: {number(value)} is {figure.why}"
                hint = "scale it in time_scale's `constants`, or say in `kept` why it stays"
                self.problems.append(Problem(self._file, line, f"{what}; {hint}"))
        return changes

    def kept(self, figures: Sequence[Figure]) -> list[str]:
        """The reasons of the kept figures, each `3 kept: reason`."""
        values = [figure.node.val for figure in figures if figure.node.val in self._kept]
        return [f"{number(v)} kept: {self._scale.kept[self._kept[v]]}" for v in dict.fromkeys(values)]

    def saw_overrides(self, durations_s: Iterable[float]) -> None:
        """Remember that these overrides (production seconds) were used."""
        self._seen.update(("overrides", duration(timedelta(seconds=length))) for length in durations_s)

    def unused(self) -> list[Problem]:
        """Declarations that no rule needed: most often a misspelt name or number."""
        declared = [("overrides", duration(timedelta(seconds=length))) for length in self._scale.overrides]
        declared += [("constants", key) for key in self._constants.values()]
        declared += [("kept", key) for key in self._kept.values()]
        declared += [("production_time", name) for name in self._scale.production_time]
        return [
            Problem(self._scenario, 1, f"time_scale: {field} names {key!r}, which no rule of {self._file} needs")
            for field, key in declared
            if (field, key) not in self._seen
        ]

    def _by_value(self, field: str, texts: dict[str, str]) -> dict[float, str]:
        values = {text: self._read(field, text) for text in texts}
        return {value: text for text, value in values.items() if value is not None}

    def _read(self, field: str, text: str, quiet: bool = False) -> float | None:
        try:
            return float(text)
        except ValueError:
            if not quiet:
                self._wrong(f"{field} holds {text!r}, which is no number")
            return None

    def _wrong(self, message: str) -> None:
        self.problems.append(Problem(self._scenario, 1, f"time_scale: {message}"))
