"""The console commands of `tools/`, started as somebody else's CI starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cluster.lab import Lab


def command(name: str) -> Path:
    """The installed script of that name."""
    return Path(sys.executable).with_name(name)


def environment(lab: Lab, home: Path) -> dict[str, str]:
    """All that a command gets: the lab's kubectl, its kubeconfig, and a home.

    Args:
        lab: whose.
        home: a folder of the test's own; kubectl keeps a cache there, and without a home in the checkout.
    """
    path = f"{lab.binaries}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "KUBECONFIG": str(lab.kubeconfig)}


def tool(lab: Lab, home: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end, in that environment."""
    return subprocess.run(
        [command(name), *arguments],
        env=environment(lab, home),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
