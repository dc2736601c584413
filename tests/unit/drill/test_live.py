"""What the page is shown, from what Prometheus and Kubernetes answer."""

from __future__ import annotations

import pytest

from experiments.drill.live import NEWEST, alerts_now, moment, newest_events, paging
from experiments.record.files import Delivery

pytestmark = pytest.mark.unit


def alert(name: str, state: str = "firing", since: str = "2026-01-01T00:00:10.123456789Z") -> dict[str, object]:
    return {
        "labels": {"alertname": name, "severity": "critical", "team": "shop"},
        "annotations": {"summary": f"{name} happens"},
        "state": state,
        "activeAt": since,
    }


def event(n: int, **more: object) -> dict[str, object]:
    return {
        "metadata": {"namespace": "shop", "creationTimestamp": f"2026-01-01T00:{n:02d}:00Z"},
        "involvedObject": {"kind": "Pod", "name": f"shop-{n}"},
        "reason": "Killing",
        "message": "Stopping container shop",
        "type": "Normal",
        **more,
    }


def test_alerts_are_shown_without_the_watchdog_the_firing_ones_first() -> None:
    found = alerts_now([alert("Slow", "pending"), alert("Watchdog"), alert("Down")])
    assert [(one.alert, one.state) for one in found] == [("Down", "firing"), ("Slow", "pending")]
    assert found[0].summary == "Down happens" and found[0].severity == "critical"
    assert "alertname" not in found[0].labels
    assert found[0].since == pytest.approx(1767225610.123, abs=0.001)


def test_the_watchdog_does_not_ring() -> None:
    said = [
        Delivery(at=1.0, receiver="oncall", status="firing", alert=name, labels={}, starts_at=0.0)
        for name in ("Watchdog", "Down")
    ]
    assert [one.alert for one in paging(said)] == ["Down"]


def test_events_come_newest_first_and_no_more_than_a_person_reads() -> None:
    found = newest_events([event(n % 60, count=n) for n in range(NEWEST + 20)])
    assert len(found) == NEWEST
    assert found[0].at >= found[-1].at and found[0].at == moment("2026-01-01T00:59:00Z")


def test_an_event_has_the_time_it_was_seen_last() -> None:
    at = "2026-01-01T01:00:00.5Z"
    [one] = newest_events([event(1, lastTimestamp=at, type="Warning", count=None)])
    assert one.at == moment(at) and one.warning and one.count == 1 and one.name == "shop-1"
    [series] = newest_events([event(1, lastTimestamp=None, series={"lastObservedTime": at, "count": 7})])
    assert series.at == moment(at) and series.count == 7


def test_an_event_without_any_time_is_left_out() -> None:
    assert newest_events([event(1, metadata={"namespace": "shop"})]) == []


@pytest.mark.parametrize("text", ["2026-01-01T00:00:10Z", "2026-01-01T00:00:10+00:00", "2026-01-01T00:00:10.000000Z"])
def test_times_are_read_however_they_are_written(text: str) -> None:
    assert moment(text) == 1767225610.0
