"""What the API server says of the manifests without taking them: a server-side dry run."""

from __future__ import annotations

import subprocess

from tools.bad_input import BadInput

WITHIN_S = 60
_WARNING = "Warning: "


def objections(kubectl: list[str], paths: list[str]) -> list[str]:
    """Every warning and every refusal, a line each; nothing is changed.

    A warning counts, because it is all that Pod Security says of a label: which pods run already that it would not let
    in again.

    Args:
        kubectl: the command and its connection options.
        paths: manifests and folders.

    Raises:
        BadInput: kubectl is not there, or does not end in time.
    """
    files = [part for path in paths for part in ("-f", path)]
    # A manager of its own: as somebody who applied before, what the manifests leave out would count as taken away.
    manager = ("--server-side", "--force-conflicts", "--field-manager=scan-deprecated-apis")
    how = ("apply", "--dry-run=server", *manager, "--recursive")
    try:
        done = subprocess.run(
            [*kubectl, *how, *files],
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise BadInput("kubectl is not on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"the dry run did not end within {WITHIN_S} s") from error
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    if done.returncode != 0 and not lines:
        return [f"kubectl ended with {done.returncode} and said nothing"]
    return [line.removeprefix(_WARNING) for line in lines if done.returncode != 0 or line.startswith(_WARNING)]
