"""What the lab shows now, from what its parts answer: pure, so that each oddity of an answer has its test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from experiments.probes.pager import WATCHDOG
from experiments.record.drill import AlertNow, ClusterEvent
from experiments.record.files import Delivery

NEWEST = 100
"""Events that are shown; a page with more is not read."""


def alerts_now(found: Iterable[dict[str, Any]]) -> list[AlertNow]:
    """The series of alerts that are pending or firing, firing ones first, the oldest first.

    Args:
        found: `data.alerts` of Prometheus' `/api/v1/alerts`. The Watchdog, which always fires, is left out.
    """
    now = [_alert(one) for one in found if one["labels"].get("alertname") != WATCHDOG]
    return sorted(now, key=lambda one: (one.state != "firing", one.since, one.alert, sorted(one.labels.items())))


def _alert(one: dict[str, Any]) -> AlertNow:
    labels = {name: value for name, value in one["labels"].items() if name != "alertname"}
    return AlertNow(
        alert=one["labels"].get("alertname", ""),
        state=one["state"],
        severity=labels.get("severity", ""),
        summary=one.get("annotations", {}).get("summary", ""),
        labels=labels,
        since=moment(one["activeAt"]),
    )


def paging(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """What rang at the pager: everything but the Watchdog."""
    return [one for one in deliveries if one.alert != WATCHDOG]


def newest_events(found: Iterable[dict[str, Any]]) -> list[ClusterEvent]:
    """The newest events, the newest first.

    Args:
        found: Event objects of the core API, as JSON.
    """
    events = [event for one in found if (event := _event(one)) is not None]
    return sorted(events, key=lambda one: (one.at, one.name, one.reason), reverse=True)[:NEWEST]


def _event(one: dict[str, Any]) -> ClusterEvent | None:
    """An event; None where it has no time at all, which the API allows."""
    series = one.get("series") or {}
    stamps = (series.get("lastObservedTime"), one.get("lastTimestamp"), one.get("eventTime"))
    at = next((stamp for stamp in (*stamps, one["metadata"].get("creationTimestamp")) if stamp), None)
    if at is None:
        return None
    about = one.get("involvedObject") or {}
    return ClusterEvent(
        at=moment(at),
        namespace=one["metadata"].get("namespace", ""),
        kind=about.get("kind", ""),
        name=about.get("name", ""),
        reason=one.get("reason") or "",
        message=one.get("message") or "",
        warning=one.get("type") == "Warning",
        count=series.get("count") or one.get("count") or 1,
    )


def moment(text: str) -> float:
    """Epoch seconds of a time as Kubernetes and Prometheus write it."""
    return datetime.fromisoformat(text).timestamp()
