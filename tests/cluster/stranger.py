"""A second, real kind cluster beside the lab's: made by hand, as far as this checkout's lab can tell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from cluster.guard import Handle
from cluster.kind import config, create, network
from cluster.lab import Lab
from cluster.process import run
from experiments.waiting import Seen, eventually

KINDS = "namespaces,nodes,configmaps,serviceaccounts,secrets,services,deployments,daemonsets,clusterroles"
MAIN = "from firedrill.cli import main; main()"
SAID = 6000


@dataclass(frozen=True)
class Stranger:
    """One-node cluster with the name, the network and the folder of a lab of this checkout that never made it.

    Args:
        lab: the lab whose name it has.
        kubectl: the program.
        kubeconfig: the cluster's own, as kind wrote it.
    """

    lab: Lab
    kubectl: Path
    kubeconfig: Path

    def objects(self) -> list[str]:
        """Names of its objects, and how its container runs: what a command that touched it would have changed."""
        names = run([self.kubectl, "--kubeconfig", self.kubeconfig, "get", KINDS, "-A", "-o", "name"])
        return [*names.split(), container_of(self.lab)]


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    exit_code: int
    said: str


def container_of(lab: Lab) -> str:
    """Identity of a lab's control-plane container: another one, or one started again, reads differently."""
    wanted = "{{.Id}} {{.State.StartedAt}} {{.State.Status}}"
    return run(["docker", "inspect", "--format", wanted, lab.control_plane]).strip()


def firedrill(lab: Lab, *words: str, environment: dict[str, str] | None = None) -> Ended:
    """The real command line of the lab's checkout, for this lab."""
    env = {**os.environ, "FIREDRILL_NAME": lab.name, "COLUMNS": "1000", **(environment or {})}
    ended = subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=lab.root,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Ended(ended.returncode, (ended.stdout + ended.stderr)[-SAID:])


@contextmanager
def stranger(handle: Handle) -> Iterator[Stranger]:
    """The cluster, made in the network that the lab of its name would have; nothing of it is left."""
    lab = Lab(f"{handle.lab.name}-twin", handle.lab.root, handle.lab.cache)
    kind, kubectl = handle.lab.binaries / "kind", handle.lab.binaries / "kubectl"
    lab.state.mkdir(parents=True)
    own = lab.state / "of-kind"
    try:
        network.ensure(lab)
        file = lab.state / "kind.yaml"
        file.write_text(_one_node(handle, lab), encoding="utf-8")
        argv: list[str | Path] = [kind, "create", "cluster", "--name", lab.name, "--config", file, "--kubeconfig", own]
        run(argv, env=create.environment(lab), timeout_s=180)
        made = Stranger(lab, kubectl, own)
        _at_rest(made)
        yield made
    finally:
        run([kind, "delete", "cluster", "--name", lab.name, "--kubeconfig", own], timeout_s=60)
        found = network.find(lab, handle.docker)
        if found is not None:
            found.remove()
        shutil.rmtree(lab.state)


def second_checkout(lab: Lab, folder: Path) -> Lab:
    """A copy of the checkout's code at another place, with the same name of its lab."""
    listed = run(
        ["git", "ls-files", "cluster", "experiments", "fixtures", "firedrill", "reports", "scenarios"], cwd=lab.root
    )
    for name in listed.splitlines():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(lab.root / name, target)
    return Lab(lab.name, folder.resolve(), lab.cache)


def _one_node(handle: Handle, lab: Lab) -> str:
    image = handle.node(handle.lab.control_plane).attrs["Config"]["Image"]
    whole = yaml.safe_load(config.render(lab.name, image, config.Machine.this()))
    whole["nodes"] = whole["nodes"][:1]
    return yaml.safe_dump(whole)


def _at_rest(made: Stranger) -> None:
    """Its own controllers have made what every cluster has."""
    seen: list[list[str]] = [[]]

    def look() -> Seen[bool]:
        seen.append(made.objects())
        return Seen(True if seen[-1] == seen[-2] and "serviceaccount/default" in seen[-1] else None, str(len(seen[-1])))

    eventually(look, what="the second cluster is at rest", within_s=60, every_s=2.0)
