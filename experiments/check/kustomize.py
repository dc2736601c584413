"""Kustomize folders as the objects they build."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import BrokenScenario, CommandFailed

_TIMEOUT_S = 30


@dataclass(frozen=True)
class Kustomize:
    """The kustomize inside kubectl; it needs no cluster and reads no kubeconfig.

    Args:
        kubectl: the lab's kubectl.
    """

    kubectl: Path

    def __call__(self, folder: Path) -> str:
        """Build a folder to YAML.

        Raises:
            BrokenScenario: it does not build; the message is kustomize's.
            CommandFailed: kubectl is missing or does not end.
        """
        command = [str(self.kubectl), "kustomize", str(folder)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                env={"KUBECONFIG": "/dev/null"},
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CommandFailed(f"`kubectl kustomize` did not run: {error}", "run `firedrill doctor`") from error
        if done.returncode != 0:
            raise BrokenScenario(f"kustomize: {' '.join(done.stderr.split())}", f"kubectl kustomize {folder}")
        return done.stdout
