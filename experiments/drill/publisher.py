"""A thread that shows the trainee what the cluster says, once a second: live.json, and a line of samples.jsonl.

It asks little, since the machine that it asks is the one that is measured: one question for all alerts, one for what
the pager got, one for each signal, and every other second one for the events of each namespace.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
from kubernetes.client.exceptions import ApiException
from pydantic import ValidationError
from urllib3.exceptions import HTTPError

from cluster.errors import LabError, OracleUnavailable
from cluster.guard import Handle
from experiments.drill.desk import Desk
from experiments.drill.live import alerts_now, newest_events, paging
from experiments.drill.shown import Shown
from experiments.kube_api import TIMEOUT_S, core
from experiments.probes.pager import Pager
from experiments.probes.prometheus import Prometheus
from experiments.record.drill import FOLDER, AlertNow, ClusterEvent, LiveFile, Sample
from experiments.record.files import Delivery
from experiments.record.folder import RunFolder

EVERY_S = 1.0
"""As often as the lab scrapes."""
EVENTS_EVERY = 2
"""Rounds between two looks at the events: the API server sends all of them each time."""
SLOW_S = 3.0
"""A round in which one answer took so long asks no further signal: it would be late for all."""

T = TypeVar("T")


@dataclass
class Publisher:
    """What shows the cluster; `error` of live.json says what could not be asked, and nothing ends it but `stop`.

    Args:
        folder: the run's.
        desk: takes the samples.
        handle: the cluster in which the scenario's system stands.
        namespaces: whose events are shown.
        prometheus: whose alerts and signals.
        pager: what arrived there.
        shown: the signals.
        since: deliveries from this moment on (epoch seconds).
    """

    folder: RunFolder
    desk: Desk
    handle: Handle
    namespaces: tuple[str, ...]
    prometheus: Prometheus
    pager: Pager
    shown: list[Shown]
    since: float
    _alerts: list[AlertNow] = field(default_factory=list)
    _deliveries: list[Delivery] = field(default_factory=list)
    _events: list[ClusterEvent] = field(default_factory=list)
    _wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._client = requests.Session()
        self._client.trust_env = False  # a proxy of the user's environment is not for the lab

    def start(self) -> None:
        """Begin to show."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it; what was shown last stays."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _run(self) -> None:
        turn = 0
        while not self._stop.is_set():
            began = time.monotonic()
            self._publish(events=turn % EVENTS_EVERY == 0)
            turn += 1
            self._stop.wait(max(0.0, EVERY_S - (time.monotonic() - began)))

    def _publish(self, *, events: bool) -> None:
        self._wrong = []
        at = time.time()
        self._alerts = self._asked(self._ask_alerts, self._alerts)
        self._deliveries = self._asked(lambda: paging(self.pager.deliveries(self.since)), self._deliveries)
        if events:
            self._events = self._asked(self._ask_events, self._events)
        values = self._values()
        live = LiveFile(
            at=at,
            alerts=self._alerts,
            deliveries=self._deliveries,
            events=self._events,
            error="; ".join(dict.fromkeys(self._wrong)) or None,
        )
        try:
            self.folder.write(f"{FOLDER}/live.json", live)
            if values:
                self.desk.sample(Sample(at=at, values=values))
        except LabError:  # the disk is full: the run says so where it matters, and here the next round tries again
            return

    def _asked(self, ask: Callable[[], T], before: T) -> T:
        """An answer, or what was known before; why there is none is shown."""
        try:
            return ask()
        except LabError as error:
            self._wrong.append(error.happened)
        except (requests.RequestException, ApiException, HTTPError, ValidationError, ValueError, KeyError) as error:
            self._wrong.append(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200])
        return before

    def _ask_alerts(self) -> list[AlertNow]:
        response = self._client.get(f"{self.prometheus.url}/api/v1/alerts", timeout=SLOW_S)
        response.raise_for_status()
        return alerts_now(response.json()["data"]["alerts"])

    def _ask_events(self) -> list[ClusterEvent]:
        found: list[dict[str, Any]] = []
        for namespace in self.namespaces:
            answer = core(self.handle).list_namespaced_event(
                namespace, _request_timeout=TIMEOUT_S, _preload_content=False
            )
            found += json.loads(answer.data)["items"]
        return newest_events(found)

    def _values(self) -> dict[str, float]:
        values: dict[str, float] = {}
        for one in self.shown:
            asked = time.monotonic()
            with suppress(OracleUnavailable):  # a gap in one plot; that Prometheus is gone is said by the alerts
                values[one.signal.id] = self.prometheus.number(one.expr)
            if time.monotonic() - asked > SLOW_S or self._stop.is_set():
                break
        return values
