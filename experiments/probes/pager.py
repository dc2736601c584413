"""Reading the pager: what arrived there for one run."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from cluster.errors import OracleUnavailable
from experiments.probes.proxy import Proxy
from experiments.record.files import Delivery

NAMESPACE, SERVICE, PORT = "firedrill-system", "pager", 8080
WATCHDOG = "Watchdog"


class _Alert(BaseModel):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    starts_at: datetime = Field(alias="startsAt")


class _Payload(BaseModel):
    alerts: list[_Alert]


class _Notification(BaseModel):
    at: float
    receiver: str
    payload: _Payload


class _Notifications(BaseModel):
    notifications: list[_Notification]


class Pager:
    """The lab's pager, seen from one run."""

    def __init__(self, proxy: Proxy, run_id: str) -> None:
        self._proxy = proxy
        self._run_id = run_id

    def deliveries(self, since: float = 0.0) -> list[Delivery]:
        """Every alert of every notification of this run, in order of arrival, from `since` (epoch seconds) on.

        Raises:
            OracleUnavailable: the pager cannot be asked.
        """
        params = {"run": self._run_id, "since": f"{since:.3f}"}
        response = self._proxy.get(NAMESPACE, SERVICE, PORT, "/notifications", params)
        if response.status_code != 200:
            raise OracleUnavailable(
                f"The pager answers {response.status_code}: {response.text[:200]}", "firedrill status"
            )
        notifications = _Notifications.model_validate_json(response.content).notifications
        return [
            Delivery(
                at=notification.at,
                receiver=notification.receiver,
                status=alert.status,
                alert=alert.labels.get("alertname", ""),
                labels=alert.labels,
                starts_at=alert.starts_at.timestamp(),
            )
            for notification in sorted(notifications, key=lambda n: n.at)
            for alert in notification.payload.alerts
        ]
