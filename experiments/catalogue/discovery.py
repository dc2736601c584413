"""The catalogue: every scenario folder of every pack, by name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cluster.errors import BrokenScenario, UnknownScenario, UsageError
from experiments.catalogue.folder import FILES, ScenarioFolder
from experiments.record.kinds import RunKind, proved

_NEAREST = 3


class Case(NamedTuple):
    """What is played of a scenario.

    Args:
        name: as it is typed.
        smoke: it belongs to the short subset.
        kinds: the runs that make it trusted.
    """

    name: str
    smoke: bool
    kinds: tuple[RunKind, ...]


class Catalogue:
    """The scenarios of some packs. A pack is a folder whose subfolders are scenarios.

    Args:
        packs: folders to look in; the checkout's own is `scenarios/`, further ones are named with `--pack`.

    Raises:
        UsageError: a pack is no folder, or is itself a scenario; or two packs hold scenarios of one name.
    """

    def __init__(self, packs: Sequence[Path]) -> None:
        self._folders: dict[str, ScenarioFolder] = {}
        for pack in dict.fromkeys(path.resolve() for path in packs):
            for folder in _discover(pack):
                other = self._folders.setdefault(folder.name, folder)
                if other is not folder:
                    raise UsageError(
                        f"two scenarios are called {folder.name}: {other.path} and {folder.path}",
                        "rename one of the folders, or leave its pack out",
                    )

    @classmethod
    def of_checkout(cls, root: Path, packs: Sequence[Path] = ()) -> Catalogue:
        """The catalogue of the checkout at `root`, with further packs added."""
        return cls([root / "scenarios", *packs])

    def names(self) -> list[str]:
        """The names of all scenarios, sorted, as they are written on the command line: `cache-stampede`."""
        return sorted(self._folders)

    def folders(self) -> list[ScenarioFolder]:
        """All scenario folders, by name; nothing in them was read yet."""
        return [self._folders[name] for name in self.names()]

    def find(self, name: str) -> ScenarioFolder:
        """The scenario of that name, written with dashes or underscores.

        Raises:
            UnknownScenario: there is none; the message says the nearest names.
        """
        folder = self._folders.get(name.replace("_", "-"))
        if folder is not None:
            return folder
        nearest = difflib.get_close_matches(name.replace("_", "-"), self.names(), n=_NEAREST, cutoff=0.4)
        hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
        raise UnknownScenario(f"there is no scenario {name!r}{hint}", "see them all with `firedrill list`")

    def cases(self) -> list[Case]:
        """What is played of each scenario; one that does not load is to fail once for each of the usual runs."""
        return [_case(folder) for folder in self.folders()]


def _case(folder: ScenarioFolder) -> Case:
    try:
        return Case(folder.name, folder.scenario.smoke, folder.scenario.proved)
    except BrokenScenario:
        return Case(folder.name, False, proved(1))


def _discover(pack: Path) -> list[ScenarioFolder]:
    if not pack.is_dir():
        raise UsageError(f"the pack {pack} is no folder", "name a folder whose subfolders are scenarios")
    if (pack / "scenario.py").is_file():
        raise UsageError(f"{pack} is a scenario, not a pack", f"name the folder it stands in: --pack {pack.parent}")
    return [
        ScenarioFolder(path)
        for path in sorted(pack.iterdir())
        if path.is_dir() and not path.name.startswith((".", "_")) and any((path / file).exists() for file in FILES)
    ]
