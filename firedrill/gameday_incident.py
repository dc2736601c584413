"""`python -m firedrill.gameday_incident`: one drill of a game day, as a process of its own.

It has no page: the day's own server shows the drill, and stays where it is from one incident to the next.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from cluster.errors import FiredrillError, UsageError
from cluster.lab import Lab
from drills.debrief import conclude_drill
from experiments.drill.options import DrillOptions
from experiments.record.folder import RunFolder
from firedrill.drills import play_drill
from firedrill.ground import ensure_up
from firedrill.runs import catalogue


def main(arguments: list[str] | None = None) -> int:
    """Play it; the exit code is the verdict's, or that of the error which is written to standard error."""
    parser = argparse.ArgumentParser(prog="python -m firedrill.gameday_incident", description=__doc__)
    parser.add_argument("name", help="the scenario")
    parser.add_argument("options", help="how it is played, JSON")
    parser.add_argument("--pack", type=Path, action="append", default=[])
    given = parser.parse_args(arguments)
    try:
        return _play(given.name, given.options, given.pack)
    except FiredrillError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _play(name: str, options: str, packs: list[Path]) -> int:
    try:
        wanted = DrillOptions.model_validate_json(options)
    except ValidationError as error:
        raise UsageError(f"these are no options of a drill: {error}") from error
    folder = catalogue(packs).find(name)
    # The run's own folder: it knows which words are secret by now.
    opened: list[RunFolder] = []
    finished = play_drill(ensure_up(Lab.of_checkout(), packs), folder, wanted, opened=opened.append)
    for run in opened:
        conclude_drill(run)
    sys.stderr.write(f"{finished.verdict.verdict}\n")
    return finished.verdict.verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
