"""Every command, with its arguments and its help.

What a command does is imported when it is asked for: the client, the engine, the rules and the reports take two seconds
together, of which `--help` needs nothing and `up` less than half.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from experiments.record.kinds import RunKind

_SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"

Name = Annotated[str, typer.Argument(help="the scenario, cache-stampede or cache_stampede", show_default=False)]
Fresh = Annotated[str, typer.Argument(help="the new scenario's name, disk-full", show_default=False)]
Chosen = Annotated[str | None, typer.Argument(help="the scenario; all of them where none is named")]
RunPath = Annotated[Path, typer.Argument(help="a run folder, reports/runs/…", show_default=False)]
Packs = Annotated[list[Path], typer.Option("--pack", help="a folder of further scenarios; repeatable")]
Kind = Annotated[RunKind, typer.Option(help="which of the runs")]
OneKind = Annotated[RunKind | None, typer.Option(help="only this one of the runs")]
Keep = Annotated[bool, typer.Option("--keep", help="leave a scenario that failed standing")]
Out = Annotated[Path | None, typer.Option(help="the file to write; <name>-<kind>.json where none is named")]
Purge = Annotated[bool, typer.Option("--purge", help="remove images and caches too")]
Only = Annotated[list[str], typer.Option("--only", help="mutants whose names begin so: left-out; repeatable")]
Times = Annotated[int, typer.Option("--times", min=1, help="how often")]
Minutes = Annotated[float, typer.Option("--minutes", min=0, help="how long all scenarios together may take")]
ReuseDays = Annotated[
    float, typer.Option("--reuse-days", min=0, help="take over what was proven within so many days and is unchanged")
]
Markdown = Annotated[bool, typer.Option("--markdown", help="as Markdown, for a README")]


def up() -> int:
    """Bring the lab up, from nothing or from half; says what it installs."""
    from firedrill.cli import ground

    return ground.up()


def down(purge: Purge = False) -> int:
    """Remove everything of the lab, but engine, caches and images."""
    from firedrill.cli import ground

    return ground.down(purge)


def doctor() -> int:
    """What this host lacks, and the command that mends it."""
    from firedrill.cli import ground

    return ground.doctor()


def status() -> int:
    """What is up."""
    from firedrill.cli import ground

    return ground.status()


def host_undo() -> int:
    """Take back what was installed and written on the host, from its record."""
    from firedrill.cli import ground

    return ground.host_undo()


def images() -> int:
    """Build every lab image that is missing; no cluster is needed."""
    from firedrill.cli import ground

    return ground.images()


def list_(pack: Packs = []) -> int:  # noqa: B006  typer reads the default, nobody changes it
    """The scenarios."""
    from firedrill.cli import playing

    return playing.list_(pack)


def run(name: Name, kind: Kind = RunKind.INCIDENT, pack: Packs = [], keep: Keep = False) -> int:  # noqa: B006
    """Play one run of a scenario; the exit code is its verdict's."""
    from firedrill.cli import playing

    return playing.run(name, kind, pack, keep)


def prove(name: Name, pack: Packs = []) -> int:  # noqa: B006
    """Play the incident and its controls; a scenario that passes them all is trusted."""
    from firedrill.cli import playing

    return playing.prove(name, pack)


def export(name: Name, kind: Kind = RunKind.INCIDENT, pack: Packs = [], out: Out = None) -> int:  # noqa: B006
    """Write a Chaos Toolkit file that a stock `chaos run` plays."""
    from firedrill.cli import playing

    return playing.export(name, kind, pack, out)


def heal() -> int:
    """Undo whatever an earlier run left behind, and say what that was."""
    from firedrill.cli import playing

    return playing.heal()


def mutants(name: Name, pack: Packs = [], only: Only = []) -> int:  # noqa: B006
    """Break a scenario in one place at a time; each mutant must end in its verdict. One that survives: exit code 11."""
    from firedrill.cli import proving

    return proving.mutants(name, pack, only).code


def soak(name: Name, times: Times = 10, pack: Packs = []) -> int:  # noqa: B006
    """Play a scenario's incident again and again; how long each phase took, and whether every run passed."""
    from firedrill.cli import proving

    return proving.soak(name, times, pack)


def ci_scenarios(minutes: Minutes = 20.0, pack: Packs = []) -> int:  # noqa: B006
    """Prove smoke scenarios, then changed ones by oldest proof, and try their mutants, within a limited time.

    What does not fit is named and left for `firedrill nightly`. A run that has begun is not cut short. Where nothing
    fits although something has to be played, that is an error (exit code 2), not a green run of nothing.
    """
    from firedrill.cli import batches

    return batches.ci_scenarios(minutes, pack)


def nightly(reuse_days: ReuseDays = 0.0, pack: Packs = []) -> int:  # noqa: B006
    """Everything: each scenario's proof and mutants, the tests on the cluster, the kill matrix; stops for nothing."""
    from firedrill.cli import batches

    return batches.nightly(reuse_days, pack)


def judge(run: RunPath) -> int:
    """Judge a run folder again, without a cluster; for a run of this checkout the history gets the new verdict."""
    from firedrill.cli import results

    return results.judge(run)


def report(run: RunPath) -> int:
    """Write a run's report again."""
    from firedrill.cli import results

    return results.report(run)


def history(name: Chosen = None, pack: Packs = []) -> int:  # noqa: B006
    """Verdicts, flake rate, slowest phase, and what changed since the last pass; of one scenario, also its runs."""
    from firedrill.cli import records

    return records.history(name, pack)


def bench(pack: Packs = [], kind: OneKind = None, markdown: Markdown = False) -> int:  # noqa: B006
    """The table of all scenarios (medians, seconds) on each machine, and that of the kill matrix where there is one."""
    from firedrill.cli import records

    return records.bench(pack, kind, markdown)


def suite(pack: Packs = []) -> int:  # noqa: B006
    """Write the page over all scenarios, JUnit and summary from what is on record: reports/latest-suite."""
    from firedrill.cli import records

    return records.suite(pack)


def new(name: Fresh, directory: Path = _SCENARIOS) -> int:
    """Lay out a fresh scenario folder; `firedrill check` then names what is still to be written."""
    from firedrill.cli import authoring

    return authoring.new(name, directory)


def check(name: Chosen = None, pack: Packs = []) -> int:  # noqa: B006
    """Validate scenario folders offline: files, runbook, rules, manifests."""
    from firedrill.cli import authoring

    return authoring.check(name, pack)


COMMANDS: tuple[Callable[..., int], ...] = (
    up,
    down,
    doctor,
    status,
    host_undo,
    images,
    list_,
    run,
    prove,
    export,
    heal,
    mutants,
    soak,
    ci_scenarios,
    nightly,
    judge,
    report,
    history,
    bench,
    suite,
    new,
    check,
)
