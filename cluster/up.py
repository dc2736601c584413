"""Brings the lab up: host, programs, images, cluster, system; whatever stands already is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cluster import guard, identity, ready, system
from cluster.binaries import build as binaries
from cluster.deadline import Deadline
from cluster.errors import AnotherCluster, CommandFailed, ConditionTimedOut, NotOurLab
from cluster.guard import Handle
from cluster.host import doctor, engine, inotify
from cluster.images import build as images
from cluster.images.spec import find
from cluster.kind import create, nodes
from cluster.lab import Lab
from cluster.lock import exclusively
from cluster.node import build as node_image
from cluster.node import choose, preload, upstream
from cluster.process import run
from cluster.progress import Progress

_API_S = 60.0


def up(lab: Lab, progress: Progress, packs: Iterable[Path] = ()) -> None:
    """Makes the lab stand; a lab that stands already is left as it is.

    A cluster that is half up is started again, and replaced if that does not bring it back, saying so. One that
    somebody else made under the name of the lab is left alone.

    Args:
        lab: whose checkout.
        progress: where phases are told.
        packs: scenario folders outside the checkout, whose images are built and loaded too.

    Raises:
        HostNotReady: the host lacks something that is not installed by itself.
        NotOurLab: a cluster or network of the lab's name belongs to another checkout, or is not the one it made.
        BuildFailed: a program or image does not build.
        ConditionTimedOut: the cluster stands but does not become ready.
        LabBusy: another process is at it.
    """
    engine.ensure(progress)
    if not nodes.look(lab).states:  # refuses strangers before anything is touched
        doctor.require(doctor.examine(lab))
    with exclusively(lab):
        inotify.ensure(progress)
        binaries.link_host_programs(lab, progress)
        handle = _standing(lab, progress) or _create(lab, progress)
        try:
            _bring_up_to_date(handle, progress)
            _load_packs(handle, list(packs), progress)
        finally:
            handle.close()


def _bring_up_to_date(handle: Handle, progress: Progress) -> None:
    built = ensure_images(handle.lab, progress)
    stages = system.render(handle)
    if system.is_current(handle, stages):
        progress.say(f"the lab {handle.lab.name} is up")
        return
    system.load_images(handle, built, progress)
    system.apply(handle, stages, progress)


def _load_packs(handle: Handle, packs: list[Path], progress: Progress) -> None:
    own, specs = find(handle.lab.root), find(handle.lab.root, packs)
    if names := [name for name in specs if name not in own]:
        built = images.ensure(handle.lab, names, progress, packs)
        system.load_images(handle, [full for name, full in built.items() if specs[name].load], progress)


def ensure_images(lab: Lab, progress: Progress) -> list[str]:
    """Builds every image that is missing, the host's own (the toolbox) too; full references of what the nodes get."""
    built = images.ensure(lab, None, progress)
    return [built[name] for name, spec in find(lab.root).items() if spec.load]


def _standing(lab: Lab, progress: Progress) -> Handle | None:
    """A handle of the cluster that stands, started again if it was stopped; None if there is none worth keeping."""
    seen = nodes.look(lab)
    if not seen.states:
        return None
    try:
        return _use(lab, seen, progress)
    except AnotherCluster as strange:
        if lab.identity.is_file():  # this checkout made a cluster to its end, and this is not it
            raise
        why: NotOurLab | ConditionTimedOut = strange
    except (NotOurLab, ConditionTimedOut) as unusable:
        why = unusable
    progress.say(f"the cluster {lab.name} of this checkout cannot be used: {why.happened}")
    with progress.phase("delete it, to make it anew", "kind"):
        create.delete(lab, progress.log("kind"))
    return None


def _use(lab: Lab, seen: nodes.Machines, progress: Progress) -> Handle:
    broken = seen.broken(lab)
    if any(name not in seen.states for name in nodes.expected(lab)):
        guard.open_handle(lab).close()  # what is not ours is refused, not replaced
        raise NotOurLab("; ".join(broken))
    if not broken:
        return _open_patiently(lab)
    progress.say(f"the cluster is half up: {'; '.join(broken)}")
    with progress.phase("start its nodes again"):
        return _start_again(lab)


def _start_again(lab: Lab) -> Handle:
    """Starts the nodes that do not run, and waits until all kubelets have spoken since."""
    moment = datetime.now(UTC)
    nodes.start(lab)
    handle = _open_patiently(lab)
    ready.await_empty("kubelets back", lambda: ready.nodes_silent_since(handle, moment), _API_S)
    return handle


def _open_patiently(lab: Lab) -> Handle:
    """Opens a handle as soon as the API server answers: nodes may just have been started, or be under load.

    Raises:
        NotOurLab: it does not within 60 s, or is not ours.
    """
    deadline = Deadline(_API_S)
    while True:
        try:
            return guard.open_handle(lab)
        except AnotherCluster:
            raise
        except NotOurLab:
            if deadline.passed():
                raise
            deadline.pause()


def _create(lab: Lab, progress: Progress) -> Handle:
    image = preload.ensure(lab, choose_node_image(lab, progress), ensure_images(lab, progress), progress)
    log = progress.log("kind")
    lab.identity.unlink(missing_ok=True)  # of a cluster that is gone
    with progress.phase("create the cluster", "kind"):
        try:
            create.create(lab, image, log)
        except CommandFailed:
            progress.say(f"deleting the half-made cluster; what its nodes said is in {log}")
            for name in nodes.look(lab).states:
                _keep_node_log(name, progress)
            create.delete(lab, log)
            raise
    identity.claim(lab)
    return guard.open_handle(lab)


def choose_node_image(lab: Lab, progress: Progress) -> str:
    """The node image for this host, built if it has to be; see `cluster.node.choose`."""
    override = os.environ.get(choose.OVERRIDE, "")
    version = choose.cgroup_version()
    pinned = upstream.reference(lab.root)
    choice = choose.choose(choose.Host(override, version, not override and version == 2 and upstream.at_hand(pinned)))
    progress.say(f"node image: {choice.source}, since {choice.why}")
    if choice.source == "override":
        return override
    return pinned if choice.source == "upstream" else node_image.ensure(lab, progress)


def _keep_node_log(name: str, progress: Progress) -> None:
    try:
        run(["docker", "exec", name, "journalctl", "--no-pager", "-n", "500"], log=progress.log(f"node-{name}"))
    except CommandFailed:
        run(["docker", "logs", name], log=progress.log(f"node-{name}"))
