"""What the commands for the lab itself do."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from cluster.down import down as take_down
from cluster.host import doctor as examination
from cluster.host import undo as host
from cluster.lab import Lab
from cluster.progress import Progress
from cluster.status import status as look
from firedrill.cli.console import out
from firedrill.ground import ensure_images, ensure_up

_MARKS = {"ok": "[green]✓[/green]", "mended-by-up": "[yellow]·[/yellow]", "wrong": "[red]✗[/red]"}


def up() -> int:
    """Bring the lab up, from nothing or from half; says what it installs."""
    ensure_up(Lab.of_checkout())
    return 0


def down(purge: bool) -> int:
    """Remove everything of the lab, but engine, caches and images."""
    lab = Lab.of_checkout()
    take_down(lab, Progress(lab.logs), purge=purge)
    return 0


def images() -> int:
    """Build every lab image that is missing; no cluster is needed."""
    for name, reference in ensure_images(Lab.of_checkout()).items():
        out.print(f"{name:24} {reference}")
    return 0


def doctor() -> int:
    """What this host lacks, and the command that mends it."""
    found = examination.examine(Lab.of_checkout())
    for check in found:
        out.print(f"{_MARKS[check.state]} {check.name}: {escape(check.seen)}")
        if check.mend:
            out.print(f"    mend: {escape(check.mend)}")
    return 2 if any(check.state == "wrong" for check in found) else 0


def status() -> int:
    """What is up."""
    seen = look(Lab.of_checkout())
    table = Table(box=None, show_header=False)
    table.add_row("lab", seen.lab)
    table.add_row("checkout", seen.checkout)
    table.add_row("engine", "running" if seen.engine else "not running")
    for name, state in seen.machines.items():
        table.add_row(name, state)
    for name, state in seen.victim.items():
        table.add_row(name, f"{state} (a run's own cluster)")
    waiting = [*seen.nodes_not_ready, *seen.system_not_ready]
    table.add_row("ready", "yes" if seen.system_current and not waiting else "no")
    for reason in [seen.refused, *waiting]:
        if reason:
            table.add_row("", reason)
    table.add_row("kubeconfig", seen.kubeconfig)
    out.print(table)
    return 0


def host_undo() -> int:
    """Take back what was installed and written on the host, from its record."""
    lab = Lab.of_checkout()
    host.undo(Progress(lab.logs))
    return 0
