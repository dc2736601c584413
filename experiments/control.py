"""Chaos Toolkit's hooks: deployment before the experiment, phases, the end at the first failure, evidence, journal.

1. `before_experiment_control` opens the run: lock, heal, guard, snapshot, deploy, settle.
2. `before_activity_control` begins the activity's phase.
3. `after_activity_control` marks the injection, and ends the method at the first failed activity.
4. The rollback `heal` collects the evidence, while everything still stands, then undoes and cleans up.
5. `after_experiment_control` writes Chaos Toolkit's journal and gives the lab back.

Chaos Toolkit swallows what a control raises unless it is `InterruptExecution`; what stops a run is raised as that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chaoslib.exceptions import InterruptExecution
from chaoslib.types import Activity, Experiment, Journal, Run

from cluster.errors import NotWritten
from experiments.compile.activities import OWN
from experiments.play import lifecycle
from experiments.play.played import Configuration
from experiments.play.session import Session, find
from experiments.record.kinds import Phase


def before_experiment_control(context: Experiment, configuration: Configuration) -> None:
    """Open the run.

    Raises:
        InterruptExecution: it could not be opened; the reason is in the timeline where there is one already.
    """
    try:
        lifecycle.begin(configuration)
    except Exception as error:
        lifecycle.failed(configuration, error, "the run could not be opened")
        raise InterruptExecution(str(error)) from error


def before_activity_control(context: Activity, configuration: Configuration) -> None:
    """Begin the activity's phase, and say which step or check begins.

    Raises:
        InterruptExecution: the timeline cannot be written, and what is not on record is not done.
    """
    session = find(configuration)
    if session is None:
        return
    with _stopping(session, context["name"]):
        _announce(session, context)


def _announce(session: Session, context: Activity) -> None:
    if OWN not in context:  # a probe of the hypothesis, before or after the method
        session.recorder.enter(Phase.BASELINE)
        return
    phase = Phase(context[OWN]["phase"])
    if phase is not Phase.UNDO:
        session.recorder.enter(phase)
    if phase is Phase.FAULT:
        began = session.recorder.event("step", context["name"], mark="begin")
        session.marks.struck = session.marks.struck or began


def after_activity_control(context: Activity, configuration: Configuration, state: Run | None = None) -> None:
    """Mark the injection; end the method at the first failed activity.

    Raises:
        InterruptExecution: the activity failed.
    """
    session = find(configuration)
    if session is None or state is None or OWN not in context:
        return
    phase = Phase(context[OWN]["phase"])
    if phase is Phase.UNDO:
        return
    with _stopping(session, context["name"]):
        _conclude(session, context, state, phase)


def _conclude(session: Session, context: Activity, state: Run, phase: Phase) -> None:
    if phase is Phase.FAULT:
        session.recorder.event("step", context["name"], mark="end", held=state["status"] == "succeeded")
    if state["status"] != "succeeded":
        reason = str(state.get("exception", ["no reason given"])[-1]).strip()
        lifecycle.stopped(session, context["name"], reason)
        raise InterruptExecution(f"{context['name']}: {reason}")
    if context[OWN].get("inject"):
        session.marks.injected = session.recorder.event("inject", "the fault is injected")


@contextmanager
def _stopping(session: Session, title: str) -> Iterator[None]:
    """A run that cannot write what it does goes no further."""
    try:
        yield
    except NotWritten as error:
        lifecycle.stopped(session, title, error.happened)
        raise InterruptExecution(str(error)) from error


def after_experiment_control(context: Experiment, configuration: Configuration, state: Journal) -> None:
    """Write Chaos Toolkit's journal and give the lab back."""
    lifecycle.end(configuration, state)
