"""Takes the lab down: nothing of it stays but the engine, the caches and the images."""

from __future__ import annotations

import shutil
from typing import Any

import docker
from docker.errors import APIError

from cluster.errors import CleanupFailed, CommandFailed
from cluster.host import engine
from cluster.images.build import LABEL_IMAGE
from cluster.kind import network, nodes
from cluster.kind.containers import remove_containers
from cluster.lab import LABEL_CHECKOUT, LABEL_KIND, LABEL_LAB, Lab
from cluster.lock import exclusively
from cluster.process import run
from cluster.progress import Progress
from cluster.victim.remove import remove as remove_victim


def down(lab: Lab, progress: Progress, *, purge: bool = False) -> None:
    """Removes the lab's containers, volumes, network, loop devices and state files.

    Args:
        lab: whose.
        progress: where phases are told.
        purge: also remove the lab images, and the cache of built programs and wheels, which all checkouts share.

    Raises:
        NotOurLab: a cluster or network of the lab's name belongs to another checkout; nothing was touched.
        CleanupFailed: something could not be removed; the message names it.
        LabBusy: another process is at it.
    """
    if engine.running():
        nodes.look(lab)  # refuses strangers before anything is touched
    with exclusively(lab):
        if engine.running():
            with progress.phase(f"take down the lab {lab.name}"):
                _remove_lab(lab)
            if purge:
                _purge_images(progress)
        if purge:
            _purge_cache(lab, progress)
        shutil.rmtree(lab.state)
        if not any(lab.state.parent.iterdir()):
            lab.state.parent.rmdir()


def _remove_lab(lab: Lab) -> None:
    remove_victim(lab)
    client = docker.from_env(timeout=120)
    try:
        machines = client.containers.list(all=True, filters={"label": f"{LABEL_KIND}={lab.name}"})
        others = client.containers.list(all=True, filters={"label": _ours(lab)})
        attached = remove_containers([*others, *machines])
        for volume in client.volumes.list(filters={"label": _ours(lab)}):
            volume.remove(force=True)
        found = network.find(lab, client)
        if found is not None:
            found.remove()
        left = _left(lab, client) + attached
    except APIError as failure:
        raise CleanupFailed(f"the engine would not remove a part of the lab: {failure}", "make down again") from failure
    finally:
        client.close()
    if left:
        raise CleanupFailed(f"still there after taking the lab down: {', '.join(left)}", "make down again")


def _left(lab: Lab, client: Any) -> list[str]:
    containers = [
        container.name
        for label in ([f"{LABEL_KIND}={lab.name}"], _ours(lab))
        for container in client.containers.list(all=True, filters={"label": label})
    ]
    volumes = [volume.name for volume in client.volumes.list(filters={"label": _ours(lab)})]
    return containers + volumes + ([lab.network] if network.find(lab, client) else [])


def _ours(lab: Lab) -> list[str]:
    return [f"{LABEL_LAB}={lab.name}", f"{LABEL_CHECKOUT}={lab.root}"]


def _purge_images(progress: Progress) -> None:
    """Removes all lab images that no container uses; another checkout's lab keeps those that it runs on."""
    with progress.phase("remove the lab images"):
        kept = []
        # Children before parents: newest first is the order in which the engine lists them.
        for image in dict.fromkeys(run(["docker", "images", "-q", "--filter", f"label={LABEL_IMAGE}"]).split()):
            try:
                run(["docker", "rmi", "--force", image], timeout_s=120)
            except CommandFailed:
                kept.append(image)
    if kept:
        progress.say(f"{len(kept)} images are in use by other containers and stay")


def _purge_cache(lab: Lab, progress: Progress) -> None:
    others = run(["docker", "ps", "-aq", "--filter", f"label={LABEL_KIND}"]).strip() if engine.running() else ""
    if others:
        progress.say(f"{lab.cache} stays: the cluster of another checkout uses it")
        return
    with progress.phase(f"remove {lab.cache}"):
        if lab.cache.exists():
            shutil.rmtree(lab.cache)
