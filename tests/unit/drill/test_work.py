"""The trainee's time: paged early, refused with a reason, accepted, given up, out of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import OracleUnavailable
from experiments.compile import timing
from experiments.compile.conditions import by_name
from experiments.drill.options import DrillOptions
from experiments.drill.room import Looks, Room
from experiments.drill.waiting import pass_quietly
from experiments.drill.work import Work
from experiments.judge.evidence import ACCEPTED
from experiments.play.recorder import Recorder
from experiments.play.session import Marks, Session
from experiments.probes.past import Past
from experiments.record.drill import Finding, Look, Move
from experiments.record.files import Delivery
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase
from experiments.record.writing import append_line
from tests.unit.judge.recorded import RULE, SCENARIO, Recorded

pytestmark = pytest.mark.unit

LEFT = Finding(kind="collateral", thing="pod queue/debug", text="left behind", refuses=False)
SILENCED = Finding(kind="alert-silenced", thing="silence", text="A silence is active.", refuses=True)


class Lab:
    """A run whose queue is as long as `queue` says, whose pager has what `pages` says."""

    def __init__(self, path: Path) -> None:
        scenario = SCENARIO.model_copy(update={"recovery_hold": 0.5, "recurs": None, "onset": 2.0, "invariants": ()})
        clock = Recorded().played.clock.model_copy(update={"scrape_s": 0.1})
        self.folder = RunFolder(path)
        self.recorder = Recorder(self.folder)
        self.recorder.enter(Phase.BITES)
        self.file = SimpleNamespace(scenario=scenario, rules=[RULE], clock=clock)
        self.conditions = by_name(scenario)
        self.room = Room.of(self.folder, DrillOptions())
        self.marks = Marks()
        self.injected = self.struck = time.time()
        self.failed: str | None = None
        self.ill = True
        self.history: list[tuple[float, bool]] = []
        self.rings: list[Delivery] = []
        self.firing: list[str] = []
        self.pager = SimpleNamespace(deliveries=lambda since=0.0: self.rings)
        self.sources = SimpleNamespace(prometheus=SimpleNamespace(vector=self.alerts))
        self.findings: list[Finding] = [LEFT]

    def alerts(self, expr: str) -> list[Any]:
        return [SimpleNamespace(labels={"alertname": one, "alertstate": "firing"}) for one in self.firing]

    def past(self, name: str, start: float, end: float) -> Past:
        """What was ill since when is kept as a trainee's fix changes it; sampled twenty times a second."""
        moments = [start + n / 20 for n in range(int((end - start) * 20) + 1)]
        values = [(at, 100.0 if self.was_ill(at) else 5.0) for at in moments]
        limit = 90.0 if name.startswith("bites") else 20.0
        return Past(">" if name.startswith("bites") else "<", values, [(at, limit) for at in moments])

    def was_ill(self, at: float) -> bool:
        changes = [ill for moment, ill in self.history if moment <= at]
        return changes[-1] if changes else True

    def mend(self) -> None:
        self.history.append((time.time(), False))
        self.firing = []

    def ring(self, status: str = "firing", alert: str = "QueueFull") -> None:
        value = {"at": time.time(), "receiver": "queue-oncall", "status": status, "alert": alert, "labels": {}}
        self.rings = [*self.rings, Delivery.model_validate({**value, "starts_at": 0.0})]

    def after_the_fault(self) -> None:
        pass

    def look(self, of: str, found: Any = ()) -> Look:
        return Look(at=time.time(), of=of, findings=[*found, *self.findings])

    def moves(self, what: str, n: int = 1) -> None:
        role = "trainee" if what in ("declare", "give-up") else "facilitator"
        value = {"id": f"m{n}", "at": time.time(), "by": "kim", "role": role, "what": what}
        line = Move.model_validate(value).model_dump_json().encode()
        append_line(self.folder.path / "drill/moves.jsonl", line)

    def work(self, limit_s: float = 20.0) -> None:
        Work(cast(Session, self), cast(Looks, self), limit_s).to_the_end()

    def said(self) -> list[str]:
        return [one.what for one in self.room.desk.said]


def later(after_s: float, *does: Callable[[], None]) -> None:
    def run() -> None:
        time.sleep(after_s)
        for one in does:
            one()

    threading.Thread(target=run, daemon=True).start()


def test_a_fix_is_accepted_by_the_scenarios_own_checks(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.ring()
    lab.firing = ["QueueFull"]
    later(1.5, lab.mend, lambda: lab.ring("resolved"), lambda: lab.moves("declare"))
    lab.work()
    assert lab.said() == ["paged", "bitten", "judging", "accepted", "ended"]
    [event] = [one for one in lab.folder.events() if one.title == ACCEPTED]
    assert event.held and lab.marks.recovered == pytest.approx(lab.history[0][0], abs=0.2)
    since, until = (float(str(event.detail[name])) for name in ("since", "until"))
    assert until - since >= 0.5
    looks = (tmp_path / "drill/looks.jsonl").read_text().splitlines()
    assert [Look.model_validate_json(line).of for line in looks] == ["m1", ""]
    phases = [one.title for one in lab.folder.events() if one.what == "phase" and one.mark == "begin"]
    assert phases[-1] == "runbook"


def test_a_refusal_says_why_and_the_drill_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "declared_within", lambda file: 0.3)
    lab = Lab(tmp_path)
    lab.ring()
    later(0.5, lambda: lab.moves("declare"), lambda: time.sleep(1.5), lambda: lab.moves("give-up", 2))
    with pytest.raises(ActivityFailed, match="given up"):
        lab.work()
    assert lab.said()[-3:] == ["judging", "refused", "ended"]
    [refused] = [one for one in lab.room.desk.said if one.what == "refused"]
    assert refused.of == "m1" and "the queue is short again" in refused.reasons[0]
    assert lab.failed and lab.failed.startswith(ACCEPTED)


def test_what_a_look_finds_is_refused_at_once(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.findings = [SILENCED, LEFT]
    lab.ring()
    lab.mend()
    later(0.3, lambda: lab.moves("declare"), lambda: lab.moves("give-up", 2))
    with pytest.raises(ActivityFailed):
        lab.work()
    [refused] = [one for one in lab.room.desk.said if one.what == "refused"]
    assert refused.reasons == ["A silence is active."]


def test_an_alert_that_stays_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "resolved_within", lambda file: 0.2)
    lab = Lab(tmp_path)
    lab.ring()
    lab.mend()
    lab.firing = ["QueueFull"]
    later(1.0, lambda: lab.moves("declare"), lambda: time.sleep(3.0), lambda: lab.moves("give-up", 2))
    with pytest.raises(ActivityFailed):
        lab.work()
    [refused] = [one for one in lab.room.desk.said if one.what == "refused"]
    assert refused.reasons == ["The alerts did not resolve: QueueFull is still firing."]


def test_harm_that_returns_while_it_is_watched_refuses(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.file.scenario = lab.file.scenario.model_copy(update={"recurs": 2.0})
    lab.ring()
    lab.mend()
    later(1.0, lambda: lab.moves("declare"), lambda: time.sleep(0.6), lambda: lab.history.append((time.time(), True)),
          lambda: time.sleep(1.0), lambda: lab.moves("give-up", 2))  # fmt: skip
    with pytest.raises(ActivityFailed):
        lab.work()
    [refused] = [one for one in lab.room.desk.said if one.what == "refused"]
    assert refused.reasons[0].startswith("It came back: “the queue is short again” did not hold")


def test_the_end_does_not_wait_for_a_fix_that_is_being_judged(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.ring()
    later(0.3, lambda: lab.moves("declare"), lambda: time.sleep(0.5), lambda: lab.moves("end", 2))
    began = time.monotonic()
    with pytest.raises(ActivityFailed, match="ended by the facilitator"):
        lab.work()
    assert time.monotonic() - began < 5


def test_who_is_not_paged_has_nothing_to_declare(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    later(0.3, lambda: lab.moves("declare"), lambda: lab.moves("give-up", 2))
    with pytest.raises(ActivityFailed):
        lab.work()
    [refused] = [one for one in lab.room.desk.said if one.what == "refused"]
    assert refused.reasons == ["Nobody has been paged yet."]


def test_out_of_time_counts_from_the_page_and_not_while_it_is_paused(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    later(1.2, lab.ring)
    later(1.4, lambda: lab.moves("pause"), lambda: time.sleep(1.0), lambda: lab.moves("resume", 2))
    began = time.monotonic()
    with pytest.raises(ActivityFailed, match="out of time"):
        lab.work(limit_s=1.0)
    assert 3.0 < time.monotonic() - began < 5.0
    assert lab.said()[-1] == "ended" and "asks" not in lab.said()


def test_a_fault_that_does_nothing_ends_the_drill(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.history = [(0.0, False)]
    lab.file.scenario = lab.file.scenario.model_copy(update={"onset": 0.2})
    with pytest.raises(ActivityFailed, match="the fault had no effect"):
        lab.work()


def test_nobody_paged_in_time_ends_the_drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "paged_within", lambda file: 0.5)
    lab = Lab(tmp_path)
    with pytest.raises(ActivityFailed, match="nobody was paged"):
        lab.work()
    assert "paged" not in lab.said()


def test_a_pager_that_does_not_answer_is_an_error_of_the_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "paged_within", lambda file: 0.5)
    lab = Lab(tmp_path)

    def silent(since: float = 0.0) -> list[Delivery]:
        raise OracleUnavailable("connection refused")

    lab.pager = SimpleNamespace(deliveries=silent)
    with pytest.raises(OracleUnavailable):
        lab.work()


def test_the_watchdog_pages_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "paged_within", lambda file: 0.5)
    lab = Lab(tmp_path)
    lab.ring(alert="Watchdog")
    with pytest.raises(ActivityFailed, match="nobody was paged"):
        lab.work()


def test_the_quiet_time_passes_is_paused_and_is_cut_short(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    began = time.monotonic()
    pass_quietly(cast(Session, lab), 0.5)
    assert 0.5 <= time.monotonic() - began < 1.0
    lab.moves("pause")
    later(1.0, lambda: lab.moves("inject", 2))
    began = time.monotonic()
    pass_quietly(cast(Session, lab), 0.5)
    assert 1.0 <= time.monotonic() - began < 1.6
    assert [one.detail["waited_s"] for one in lab.folder.events() if "waited_s" in one.detail]


def test_a_facilitator_may_end_it_before_anything_happened(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.moves("end")
    with pytest.raises(ActivityFailed):
        pass_quietly(cast(Session, lab), 60)
    assert lab.said() == ["waiting", "ended"]
