"""Removing what toolboxes and tunnels leave in the engine and on the cluster, by their labels."""

from __future__ import annotations

from docker import DockerClient
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from pydantic import JsonValue

from cluster.errors import LabError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.toolbox import identity

LABEL_PART = "firedrill.part"
"""On every container and volume of a toolbox (`toolbox`), tunnel (`tunnel`), `openssl` or machine (`machine-NAME`)."""

LABEL_RUN = "firedrill.run"
"""On those of a run; its value is the run's id."""


def sweep(handle: Handle) -> None:
    """Remove every toolbox, tunnel and `openssl` of the lab, whichever run they are of; nothing there is no error.

    Raises:
        LabError: the engine or the API server refused.
    """
    for part in ("toolbox", "tunnel", "openssl"):
        remove_labelled(handle.docker, handle.lab.labels | {LABEL_PART: part})
    identity.remove_all(handle)


def remove(run_id: str) -> None:
    """Undo of `Toolbox.open`, for the journal: remove one run's toolbox; nothing there is no error.

    Raises:
        NotOurLab: the guard refuses the cluster.
        LabError: the engine or the API server refused.
    """
    handle = open_handle(Lab.of_checkout())
    try:
        remove_run(handle, run_id)
    finally:
        handle.close()


def remove_run(handle: Handle, run_id: str) -> None:
    """Remove one run's toolbox: its account first, so that nothing that still runs can act.

    Raises:
        LabError: the engine or the API server refused.
    """
    try:
        identity.remove(handle, run_id)
    finally:
        remove_labelled(handle.docker, handle.lab.labels | {LABEL_PART: "toolbox", LABEL_RUN: run_id})


def undo_activity(run_id: str) -> dict[str, JsonValue]:
    """The Chaos Toolkit activity that calls `remove`."""
    return {
        "type": "action",
        "name": f"remove the toolbox of {run_id}",
        "provider": {
            "type": "python",
            "module": "experiments.toolbox.sweep",
            "func": "remove",
            "arguments": {"run_id": run_id},
        },
    }


def remove_labelled(docker: DockerClient, labels: dict[str, str]) -> None:
    """Remove every container and volume with all of these labels.

    Raises:
        LabError: the engine refused.
    """
    wanted = {"label": [f"{key}={value}" for key, value in labels.items()]}
    try:
        for container in docker.containers.list(all=True, filters=wanted, ignore_removed=True):
            _gone(container)
        for volume in docker.volumes.list(filters=wanted):
            volume.remove(force=True)
    except APIError as error:
        raise LabError(f"A container of the run was not removed: {error.explanation}", "firedrill heal") from error


def _gone(container: Container) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != 409:  # its removal is already under way
            raise
