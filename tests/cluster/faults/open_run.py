"""A run that is open and deploys nothing: what a fault needs to strike, to be undone and to be verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chaoslib.activity import run_activity

from cluster import manifests
from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile import activities
from experiments.model.actions import Step
from experiments.play import rendering, session
from experiments.play.lock import Lock
from experiments.play.namespaces import own_namespaces
from experiments.play.played import Configuration
from experiments.play.session import Session
from experiments.play.source import load
from experiments.record.kinds import RunKind
from experiments.undo import heal, namespaces, snapshot
from experiments.undo.replay import Replayed, replay
from experiments.undo.snapshot import Snapshot
from experiments.undo.things import Difference
from tests.cluster.workshop import Workshop

TINY = ScenarioFolder(Path(__file__).parents[1] / "engine_pack" / "tiny_outage")
NAMESPACE = "tiny"
"""The scenario's own namespace; `tiny-monitoring` is the run's second one."""


@dataclass
class OpenRun:
    """An open run, and the namespace `tiny` for what the test wants to break."""

    session: Session
    before: Snapshot
    configuration: Configuration = field(default_factory=dict)

    @property
    def handle(self) -> Handle:
        """The guard's handle."""
        return self.session.handle

    @property
    def room(self) -> Workshop:
        """The namespace that victims are deployed to."""
        return Workshop(self.handle, NAMESPACE)

    def strike(self, step: Step) -> None:
        """Carry out one step as a run does, through Chaos Toolkit; it raises what the action raised."""
        run_activity(activities.fault(step, last=True), self.configuration, {})

    def undo(self) -> Replayed:
        """Replay what the journal owes; every undo has to succeed."""
        replayed = replay(self.session.journal, self.configuration)
        assert not replayed.failed, replayed
        return replayed

    def differences(self) -> list[Difference]:
        """What differs from the lab as it was before the run, after the time that cleanup allows."""
        return heal.verify(self.session.home, self.before)


@contextmanager
def open_run(lab: Lab, handle: Handle, scenario: ScenarioFolder = TINY) -> Iterator[OpenRun]:
    """An open run whose namespaces stand empty; at its end everything is undone and nothing may differ."""
    played = load(lab, scenario, RunKind.INCIDENT)
    owner = Lock(lab)
    owner.take(played.file.run_id, played.folder.path)
    opened = session.make_session(handle, played, owner, keep=False)
    run = OpenRun(opened, snapshot.take(handle))
    session.register(run.configuration, opened)
    own = own_namespaces(opened)
    try:
        made = manifests.to_yaml(rendering.namespaces(played.file.run_id, own))
        handle.kubectl("apply", "-f", "-", stdin=made)
        yield run
        run.undo()
    finally:
        replay(opened.journal, run.configuration)
        opened.sources.close()
        namespaces.remove(handle, own)
        session.forget(opened)
        owner.release()
    left = run.differences()
    assert not left, left
