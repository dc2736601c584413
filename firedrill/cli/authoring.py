"""Commands for people who write scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cluster.lab import Lab
from experiments.check import check as check_folder
from experiments.check import check_namespaces, scaling_classes
from experiments.scaffold import new as scaffold
from firedrill.cli.console import err, out
from firedrill.cli.playing import Packs
from firedrill.ground import offline_tools
from firedrill.runs import ROOT, catalogue

Fresh = Annotated[str, typer.Argument(help="the new scenario's name, disk-full", show_default=False)]
Chosen = Annotated[str | None, typer.Argument(help="the scenario; all of them where none is named")]


def new(name: Fresh, directory: Path = ROOT / "scenarios") -> int:
    """Lay out a fresh scenario folder; `firedrill check` then names what is still to be written."""
    out.print(f"wrote {scaffold(name, directory)}")
    return 0


def check(name: Chosen = None, pack: Packs = []) -> int:  # noqa: B006  typer reads the default, nobody changes it
    """Validate scenario folders offline: files, runbook, rules, manifests."""
    scenarios = catalogue(pack)
    chosen = [scenarios.find(name)] if name else scenarios.folders()
    tools = offline_tools(Lab.of_checkout(), pack)
    problems = check_namespaces(scenarios.folders())
    for folder in chosen:
        found = check_folder(folder, tools)
        problems += found
        if not found:
            err.print(f"[green]✓[/green] {folder.name}")
            for line in scaling_classes(folder, tools.clock):
                err.print(f"    {escape(line)}")
    for problem in problems:
        out.print(f"[red]✗[/red] {escape(str(problem))}")
    return 2 if problems else 0
