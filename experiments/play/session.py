"""One run that is open: what its activities share, found by the run folder in the experiment's configuration."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.images.tags import references
from cluster.manifests import Manifest
from experiments.compile.conditions import by_name
from experiments.drill.room import Room
from experiments.model.conditions import Condition
from experiments.play.interrupts import Interrupts
from experiments.play.lock import Lock
from experiments.play.logs import RedactedLogs
from experiments.play.played import Configuration, Played
from experiments.play.pulse import Pulse
from experiments.play.recorder import Recorder
from experiments.play.sampler import Sampler
from experiments.probes.pager import Pager
from experiments.probes.past import Past, past
from experiments.probes.sources import Sources
from experiments.record.files import RuleHealth, ScenarioFile
from experiments.record.folder import RunFolder
from experiments.toolbox.toolbox import Toolbox
from experiments.undo.journal import UndoJournal


@dataclass
class Marks:
    """Moments that later activities count from (epoch seconds)."""

    began: float = 0.0
    struck: float | None = None
    injected: float | None = None
    bitten: float | None = None
    fixed: float | None = None
    recovered: float | None = None


@dataclass
class Session:
    """A run from the moment it took the lab until it gave it back.

    Args:
        handle: the cluster in which the scenario's system stands and the fault strikes, checked by the guard: the
            lab's, or the run's own.
        home: the lab's cluster, where monitoring, traffic and the pager are.
        played: what is played.
        owner: the lab's lock, taken.
        keep: leave the run standing where it fails.
        journal: the undos this run owes.
        built: the objects of the scenario's system, as its folder said before anything was touched.
        brought: objects outside any namespace that the run deployed, `Kind/name`; their deletion is promised.
        failed: why the run failed, the first reason; None while it did not.
        interrupted: a signal ended it.
        closing: what was opened and has to be closed again.
        closed: its undo has begun.
        drill: what a drill has beyond a run; None in every other run.
    """

    handle: Handle
    home: Handle
    played: Played
    owner: Lock
    keep: bool
    journal: UndoJournal
    recorder: Recorder
    sources: Sources
    pager: Pager
    sampler: Sampler
    pulse: Pulse
    conditions: dict[str, Condition]
    logs: RedactedLogs
    interrupts: Interrupts = field(default_factory=Interrupts)
    closing: ExitStack = field(default_factory=ExitStack)
    opened: Toolbox | None = None
    drill: Room | None = None
    marks: Marks = field(default_factory=Marks)
    rule_health: dict[str, RuleHealth] = field(default_factory=dict)
    built: list[Manifest] = field(default_factory=list)
    brought: set[str] = field(default_factory=set)
    failed: str | None = None
    interrupted: bool = False
    closed: bool = False

    @property
    def file(self) -> ScenarioFile:
        """What goes to scenario.json."""
        return self.played.file

    @property
    def folder(self) -> RunFolder:
        """The run folder."""
        return self.played.folder

    @cached_property
    def images(self) -> dict[str, str]:
        """What each lab image is called with its tag; a run's images do not change while it is played."""
        return references(self.home.lab.root, [self.played.source])

    def move_to(self, handle: Handle) -> None:
        """The scenario's system stands in a cluster of the run's own."""
        self.handle = handle
        self.sources.move_to(handle)

    def past(self, name: str, start: float, end: float) -> Past:
        """The past of the condition called `name` between two moments (epoch seconds).

        Raises:
            OracleUnavailable: it could not be asked.
        """
        return past(
            name, self.conditions[name], self.sources.prometheus, self.sampler, start, end, self.file.clock.scrape_s
        )

    def open_toolbox(self) -> None:
        """Open the on-call engineer's toolbox; the run's namespaces exist. It is closed with `closing`.

        Raises:
            LabError: the engine or the API server refused.
        """
        file = self.file
        opening = Toolbox.open(
            self.home,
            file.run_id,
            file.scenario.namespaces,
            file.scenario.monitoring,
            self.played.rights,
            self.journal.promise,
            self.folder.redaction,
            ground=self.handle,
        )
        self.opened = self.closing.enter_context(opening)

    @property
    def toolbox(self) -> Toolbox:
        """The opened toolbox.

        Raises:
            LabError: it was not opened.
        """
        if self.opened is None:
            raise LabError("A runbook block was to be run, but the toolbox was never opened.")
        return self.opened

    @property
    def room(self) -> Room:
        """What a drill has beyond a run.

        Raises:
            LabError: this run is none.
        """
        if self.drill is None:
            raise LabError("A drill's activity was called in a run that is none.")
        return self.drill

    @property
    def struck(self) -> float:
        """When the fault's first step began: who is paged from then on is paged because of the fault.

        Raises:
            LabError: nothing was injected yet.
        """
        return self.injected if self.marks.struck is None else self.marks.struck

    @property
    def injected(self) -> float:
        """The injection time.

        Raises:
            LabError: nothing was injected yet.
        """
        if self.marks.injected is None:
            raise LabError("A check counts from the injection, but no fault was injected yet.")
        return self.marks.injected


def make_session(handle: Handle, played: Played, owner: Lock, *, keep: bool) -> Session:
    """The session of a run that is about to start; nothing is touched yet."""
    file = played.file
    sources = Sources(handle, file.scenario.oracle)
    conditions, recorder = by_name(file.scenario), Recorder(played.folder)
    return Session(
        handle=handle,
        home=handle,
        played=played,
        owner=owner,
        keep=keep,
        journal=UndoJournal(handle.lab.state / "undo" / f"{file.run_id}.jsonl"),
        recorder=recorder,
        sources=sources,
        pager=Pager(sources.proxy, file.run_id),
        sampler=Sampler(conditions, sources),
        pulse=Pulse(recorder),
        conditions=conditions,
        logs=RedactedLogs(played.folder.redaction),
        drill=Room.of(played.folder, file.drill) if file.drill else None,
    )


_OPEN: dict[str, Session] = {}


def register(configuration: Configuration, session: Session) -> None:
    """Make `session` the one that this experiment's configuration leads to."""
    configuration["firedrill_run"] = str(session.folder.path)
    _OPEN[str(session.folder.path)] = session


def forget(session: Session) -> None:
    """The run is closed."""
    _OPEN.pop(str(session.folder.path), None)


def find(configuration: Configuration) -> Session | None:
    """The open run that the configuration names, or None."""
    return _OPEN.get(str(configuration.get("firedrill_run", "")))


def session_of(configuration: Configuration) -> Session:
    """The open run that the configuration names.

    Raises:
        LabError: none is open; the activity was called outside an experiment of Firedrill's.
    """
    session = find(configuration)
    if session is None:
        raise LabError("This activity belongs to a run of Firedrill's, and none is open.", "firedrill run NAME")
    return session
