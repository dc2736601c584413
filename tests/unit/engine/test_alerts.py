"""An alert has gone out where the record shows it, a sample or two after Prometheus says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from experiments.drill.fix import Judging
from experiments.drill.room import Looks
from experiments.play.session import Session
from experiments.probes.alerts import active, lately_active
from experiments.probes.prometheus import Series
from experiments.record.drill import Move
from tests.unit.judge.recorded import SCENARIO

pytestmark = pytest.mark.unit

ALERT = SCENARIO.detects[0].alert
FIRING = Series({"alertname": ALERT, "alertstate": "firing"}, [])


def session(lately: list[Series]) -> Session:
    """A run whose pager heard nothing that is open; nothing is active now, and `lately` was in the last two samples."""
    answers = {"ALERTS": [], "last_over_time(ALERTS[2s])": lately}
    return cast(
        Session,
        SimpleNamespace(
            file=SimpleNamespace(scenario=SCENARIO, clock=SimpleNamespace(scrape_s=1)),
            sources=SimpleNamespace(prometheus=SimpleNamespace(vector=lambda expr: answers[expr])),
            pager=SimpleNamespace(deliveries=lambda since: []),
            struck=0.0,
        ),
    )


def test_what_fired_in_the_last_sample_was_active_lately_and_is_not_now() -> None:
    run = session([FIRING])
    assert (active(run, [ALERT]), lately_active(run, [ALERT])) == ({}, {ALERT: "firing"})


@pytest.mark.parametrize(("lately", "accepted"), [([FIRING], None), ([], "")])
def test_a_declared_fix_waits_until_the_record_shows_it(lately: list[Series], accepted: str | None) -> None:
    move = Move(id="m", at=1.0, by="heron", role="trainee", what="declare")
    assert Judging(session(lately), cast(Looks, None), move)._resolved().value == accepted
