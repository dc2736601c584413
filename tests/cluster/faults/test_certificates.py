"""Certificates of the lab's CA between a real TLS server and a real client that verifies it."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.waiting import Seen, eventually
from firedrill.faults import certificates
from tests.cluster.faults.open_run import NAMESPACE, OpenRun

pytestmark = pytest.mark.nightly

SECRET = "web-tls"
NAMES = ("web", f"web.{NAMESPACE}.svc")
PORT = 8443
SERVE = f"exec openssl s_server -accept {PORT} -cert /tls/tls.crt -key /tls/tls.key -www -quiet"
ASK = (
    f"timeout 5 openssl s_client -connect web:{PORT} -servername web -verify_hostname web -CAfile /trust/ca.crt"
    " -verify_return_error </dev/null 2>&1 | grep -i 'verif' || true"
)


def pair(run: OpenRun) -> list[dict[str, Any]]:
    """A server that reads its Secret when it starts, its Service, and a client that trusts the lab's CA."""
    server = run.room.pod(
        "web", SERVE, volumeMounts=[{"name": "tls", "mountPath": "/tls"}], readinessProbe={"tcpSocket": {"port": PORT}}
    )
    template = {"metadata": {"labels": {"app": "web"}}, "spec": server["spec"] | {"restartPolicy": "Always"}}
    template["spec"]["volumes"] = [{"name": "tls", "secret": {"secretName": SECRET}}]
    client = run.room.pod("client", "exec sleep 600", volumeMounts=[{"name": "trust", "mountPath": "/trust"}])
    client["spec"]["volumes"] = [{"name": "trust", "configMap": {"name": certificates.AUTHORITY}}]
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": PORT}]},
        },
        client,
    ]


def said(run: OpenRun) -> str:
    """What the client says of the server's certificate, on a connection of its own."""
    return run.room.kubectl("exec", "client", "--", "bash", "-c", ASK)


def until(run: OpenRun, wanted: str) -> None:
    """Wait until the client says that: what was rolled out is reached by the Service a moment later."""

    def look() -> Seen[bool]:
        heard = said(run)
        return Seen(True if wanted in heard else None, heard)

    eventually(look, what=f"it says {wanted!r}", within_s=20)


def test_a_client_refuses_what_is_expired_and_what_another_authority_signed(run: OpenRun) -> None:
    run.strike(certificates.valid(SECRET, *NAMES, namespace=NAMESPACE))
    run.room.apply(*pair(run))
    run.room.kubectl("wait", "pod/client", "--for=condition=Ready", "--timeout=40s")
    run.room.kubectl("rollout", "status", "deployment/web", "--timeout=40s")
    until(run, "Verify return code: 0 (ok)")

    run.strike(certificates.expired(SECRET, *NAMES, namespace=NAMESPACE, restart="web"))
    until(run, "certificate has expired")

    run.strike(certificates.wrong_authority(SECRET, *NAMES, namespace=NAMESPACE, restart="web"))
    until(run, "unable to get local issuer certificate")

    run.strike(certificates.valid(SECRET, *NAMES, namespace=NAMESPACE, lifetime="10s", restart="web"))
    until(run, "Verify return code: 0 (ok)")
    until(run, "certificate has expired")

    run.strike(certificates.valid(SECRET, *NAMES, namespace=NAMESPACE, restart="web"))
    until(run, "Verify return code: 0 (ok)")
