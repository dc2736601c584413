"""HTTP to Services through the API server's proxy: the lab's own client certificate, its CA pinned, no port-forward."""

from __future__ import annotations

import requests

from cluster.errors import OracleUnavailable
from cluster.guard import Handle
from experiments.probes.prometheus import Prometheus

TIMEOUT_S = 10


class Proxy:
    """The API server as HTTP proxy to the lab's Services."""

    def __init__(self, handle: Handle) -> None:
        configuration = handle.api.configuration
        self._host = configuration.host.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy or CA of the user's environment is not for the lab
        self._session.verify = configuration.ssl_ca_cert
        self._session.cert = (configuration.cert_file, configuration.key_file)

    def address(self, namespace: str, service: str, port: int) -> str:
        """The address at which the API server proxies to a Service's port."""
        return f"{self._host}/api/v1/namespaces/{namespace}/services/{service}:{port}/proxy"

    def get(
        self, namespace: str, service: str, port: int, path: str, params: dict[str, str] | None = None
    ) -> requests.Response:
        """GET `path` of a Service; any status is an answer.

        Raises:
            OracleUnavailable: the API server could not be reached or did not answer in time.
        """
        url = self.address(namespace, service, port) + path
        try:
            return self._session.get(url, params=params, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise OracleUnavailable(f"GET {url}: {error}", "firedrill status") from error

    def post(self, namespace: str, service: str, port: int, path: str) -> requests.Response:
        """POST to `path` of a Service without a body; any status is an answer.

        Raises:
            OracleUnavailable: the API server could not be reached or did not answer in time.
        """
        url = self.address(namespace, service, port) + path
        try:
            return self._session.post(url, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise OracleUnavailable(f"POST {url}: {error}", "firedrill status") from error

    def prometheus(self, namespace: str) -> Prometheus:
        """The Prometheus of a monitoring namespace, or of a watchtower's."""
        return Prometheus(self.address(namespace, "prometheus", 9090), self._session)
