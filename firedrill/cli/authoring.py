"""What the commands for people who write scenarios do."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from cluster.lab import Lab
from experiments.check import check as check_folder
from experiments.check import check_namespaces, scaling_classes
from experiments.scaffold import new as scaffold
from firedrill.cli.console import err, out
from firedrill.offline import offline_tools
from firedrill.runs import catalogue


def new(name: str, directory: Path) -> int:
    """Lay out a fresh scenario folder."""
    out.print(f"wrote {scaffold(name, directory)}")
    return 0


def check(name: str | None, pack: list[Path]) -> int:
    """Validate one scenario folder, or all; 2 where something is wrong."""
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
