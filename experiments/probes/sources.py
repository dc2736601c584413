"""Where the answers of one run come from; connections are opened once and closed with the run."""

from __future__ import annotations

import base64
import threading
from contextlib import ExitStack

import psycopg
from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError, OracleUnavailable
from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core
from experiments.probes.prometheus import Prometheus
from experiments.probes.proxy import Proxy
from experiments.tunnel import service_tunnel, tunnel

SUPERUSER = "postgres"
"""The superuser of every Postgres of the lab, who has connections reserved, and the Secret with the `password`."""


class Sources:
    """The lab as seen by one run's probes.

    `proxy` and `prometheus` are the lab's, where a run's monitoring always is; `handle`, `services`, SQL and doors are
    of the cluster in which the scenario's system stands.

    Args:
        handle: the lab, checked by the guard.
        oracle: the namespace of the Prometheus that judges.
    """

    def __init__(self, handle: Handle, oracle: str) -> None:
        self.handle = handle
        self.proxy = Proxy(handle)
        self.services = self.proxy
        self.prometheus: Prometheus = self.proxy.prometheus(oracle)
        self._home, self._oracle = handle, oracle
        self._open = ExitStack()
        self._doors: dict[tuple[str, str, int], tuple[str, int]] = {}
        self._lock = threading.Lock()

    def move_to(self, handle: Handle) -> None:
        """The scenario's system stands in another cluster than the lab's."""
        self.handle = handle
        self.services = Proxy(handle)

    def open_oracle(self) -> None:
        """Ask the Prometheus that judges past the API server from now on; its Service exists.

        The API server reads etcd three times for each question that it passes on, on the machine that is measured.

        Raises:
            LabError: the relay did not start.
        """
        with self._lock:
            host, port = self._open.enter_context(service_tunnel(self._home, self._oracle, "prometheus", 9090))
        self.prometheus = Prometheus(f"http://{host}:{port}")

    def door(self, namespace: str, service: str, port: int) -> tuple[str, int]:
        """A host and port of this machine that lead to a Service's pod; the tunnel stays open until `close`."""
        with self._lock:
            key = (namespace, service, port)
            if key not in self._doors:
                self._doors[key] = self._open.enter_context(tunnel(self.handle, namespace, service, port))
            return self._doors[key]

    def sql(self, namespace: str, service: str, database: str, query: str) -> str:
        """The one value of a query, as text.

        Raises:
            OracleUnavailable: the database cannot be reached, refuses the query, or answers other than one value.
        """
        try:
            with self._connection(namespace, service, database) as connection:
                rows = connection.execute(query.encode()).fetchall()
        except (psycopg.Error, ApiException, LabError) as error:
            raise OracleUnavailable(f"`{query}` on {service}.{namespace} could not be asked: {error}") from error
        if len(rows) != 1 or len(rows[0]) != 1:
            raise OracleUnavailable(f"`{query}` yields {len(rows)} rows; a condition needs one value.")
        return str(rows[0][0])

    def execute(self, namespace: str, service: str, database: str, statement: str) -> None:
        """Execute one statement, committed at once.

        Raises:
            LabError: the database cannot be reached or refuses.
        """
        try:
            with self._connection(namespace, service, database) as connection:
                connection.execute(statement.encode())
        except (psycopg.Error, ApiException) as error:
            raise LabError(f"`{statement}` on {service}.{namespace}: {error}", "Look at its pod and log.") from error

    def close(self) -> None:
        """Close every tunnel."""
        with self._lock:
            self._doors.clear()
            self._open.close()

    def _connection(self, namespace: str, service: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
        host, port = self.door(namespace, service, 5432)
        return psycopg.connect(
            host=host,
            port=port,
            dbname=database,
            user=SUPERUSER,
            password=self._password(namespace),
            connect_timeout=5,
            autocommit=True,
        )

    def _password(self, namespace: str) -> str:
        secret = core(self.handle).read_namespaced_secret(SUPERUSER, namespace, _request_timeout=TIMEOUT_S)
        return base64.b64decode(secret.data["password"]).decode()
