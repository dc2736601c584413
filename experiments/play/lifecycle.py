"""A run's life: prepare (take the lab), begin (heal, snapshot, deploy, settle), close (evidence, undo), end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

from chaoslib import PayloadEncoder
from chaoslib.types import Journal

from cluster.errors import CleanupFailed, LabError
from cluster.guard import open_handle
from cluster.lab import Lab
from experiments.play import cleanup, dedicated, deploy, drilling, lock, machines
from experiments.play.folder import point_latest
from experiments.play.interrupts import Interrupts
from experiments.play.lock import Lock
from experiments.play.played import Configuration, Played
from experiments.play.room import refuse_full_disk
from experiments.play.secrets import learn_again, learn_live, learn_written
from experiments.play.session import Session, find, forget, make_session, register
from experiments.play.settle import settle
from experiments.play.signals import collect
from experiments.play.source import load_from
from experiments.record.kinds import Phase
from experiments.record.writing import write_bytes
from experiments.undo import heal, snapshot


def prepare(
    lab: Lab,
    played: Played,
    configuration: Configuration,
    *,
    keep: bool = False,
    interrupts: Interrupts | None = None,
) -> Session:
    """Take the lab for a run, or refuse; nothing in the lab is touched yet.

    Args:
        lab: the lab.
        played: the scenario and where it comes from.
        configuration: of the experiment; afterwards it leads to the session.
        keep: leave the run standing where it fails.
        interrupts: the signal handlers, where the caller holds them beyond the run.

    Raises:
        HostNotReady: the disk has no room for what a run writes.
        BrokenScenario: its manifests do not build.
        LabBusy: another run has the lab, or a kept one waits for `firedrill heal`.
        NotOurLab: the guard refuses the cluster.
    """
    refuse_full_disk(lab)
    built = learn_written(lab, played)
    owner = Lock(lab)
    owner.take(played.file.run_id, played.folder.path)
    try:
        lock.refuse_kept(lab)
        session = make_session(open_handle(lab), played, owner, keep=keep)
        session.built = built
        session.interrupts = interrupts or session.interrupts
    except BaseException:
        owner.release()
        raise
    register(configuration, session)
    return session


def begin(configuration: Configuration) -> None:
    """Open the run that the configuration names: what `prepare` did not do yet, then everything up to steady traffic.

    Raises:
        FiredrillError: the lab could not be taken, healed or deployed to.
    """
    session = find(configuration)
    if session is None:
        lab = Lab.of_checkout()
        session = prepare(lab, load_from(lab, configuration), configuration)
    session.interrupts.install()
    session.logs.install()
    session.folder.write("scenario.json", session.file)
    session.folder.write_text("rules.scaled.yaml", session.played.rules_yaml)
    point_latest(session.folder)
    session.recorder.enter(Phase.DEPLOY)
    session.marks.began = time.time()
    session.pulse.start()
    drilling.open_room(session)
    if session.played.opened is not None:
        session.played.opened(session.folder)
    _heal_and_look(session)
    dedicated.stand(session)
    with ThreadPoolExecutor(3) as pool:
        opened = [pool.submit(machines.stand, session)]
        deploy.apply(session)
        opened += [pool.submit(session.open_toolbox), pool.submit(session.sources.open_oracle)]
        deploy.wait_all_ready(session)
        for one in opened:
            one.result()
    learn_live(session)
    dedicated.seal(session)
    session.recorder.enter(Phase.BASELINE)
    session.sampler.start()
    drilling.show(session)
    settle(session)


def _heal_and_look(session: Session) -> None:
    healed = heal.heal_leftovers(session.handle)
    for title in (*healed.undone, *(f"removed namespace {name}" for name in healed.removed)):
        session.recorder.event("note", f"left over from an earlier run: {title}")
    if not healed.whole:
        left = "; ".join([*healed.failed, *map(str, healed.differences)])
        raise LabError(
            f"An earlier run left the lab changed, and healing did not mend it: {left}",
            "mend it by hand (firedrill heal says how to look), or make down up",
        )
    before = snapshot.take(session.handle)
    path = heal.snapshot_path(session.handle.lab, session.file.run_id)
    write_bytes(path, before.model_dump_json().encode(), mode=0o600)


def stopped(session: Session, title: str, reason: str) -> None:
    """An activity failed: a check said why itself, everything else is the lab's failure and is written as one."""
    if session.failed is None:
        session.failed = f"{title}: {reason}"
        session.recorder.event("error", session.failed)


def failed(configuration: Configuration, error: BaseException, title: str) -> None:
    """The lab failed outside an activity."""
    session = find(configuration)
    if session is not None:
        session.failed = f"{title}: {error}"
        session.recorder.error(error, title)


def close(configuration: Configuration) -> None:
    """Collect the evidence, then undo and clean up, or keep the run where that was asked for and it failed.

    Raises:
        CleanupFailed: the lab differs from what it was.
    """
    session = find(configuration)
    if session is None or session.closed:
        return
    session.closed = True
    session.interrupts.shield()
    session.interrupted = session.interrupts.received
    session.recorder.enter(Phase.UNDO)
    session.sampler.stop()
    session.pulse.stop()
    drilling.end(session)
    learn_again(session)
    try:
        collect(session)
        session.recorder.event("note", "evidence collected")
    finally:
        if session.keep and session.failed is not None and not session.interrupted:
            _disconnect(session)
            cleanup.keep(session)
        else:
            _clean_up(session, configuration)


def _disconnect(session: Session) -> None:
    """Close the toolbox and the tunnels: they belong to this process, not to what is played."""
    session.closing.close()
    session.sources.close()


def _clean_up(session: Session, configuration: Configuration) -> None:
    try:
        cleanup.leave(session)
        _disconnect(session)
    finally:
        try:
            cleanup.clean_up(session, configuration)
        except CleanupFailed as error:
            session.recorder.event("error", error.happened, error="CleanupFailed", exit_code=9)
            raise


def end(configuration: Configuration, journal: Journal) -> None:
    """Write Chaos Toolkit's journal, end the timeline, and give the lab and the signals back."""
    session = find(configuration)
    if session is None:
        return
    plain = json.loads(json.dumps(journal, cls=PayloadEncoder))
    clean = {name: session.folder.redaction.value(one) for name, one in plain.items()}
    session.folder.write_json("journal.json", clean)
    journal.clear()  # a stock `chaos run` writes it once more, wherever it was told to
    journal.update(clean)
    release(session)


def release(session: Session) -> None:
    """End the timeline and give the lab and the signals back; done once, later calls change nothing."""
    if find({"firedrill_run": str(session.folder.path)}) is None:
        return
    try:
        session.recorder.leave()
        drilling.leave(session)
    finally:
        session.owner.release()
        session.interrupts.restore()
        session.logs.restore()
        forget(session)
