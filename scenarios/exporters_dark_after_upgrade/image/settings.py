"""Reads an ExporterConfig from the API server and writes its collectors as the node exporter's arguments.

API_VERSION   group and version that it asks in: telemetry.example.com/v1beta1
NAMESPACE     where the object is
NAME          what it is called
OUTPUT        the file that gets one argument a line, as `@FILE` on the exporter's command line reads them
"""

from __future__ import annotations

import json
import os
import ssl
import sys
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
WITHIN_S = 10


def main() -> int:
    """Exit code 0 once the file is written, 1 where the API server does not give the object out."""
    version, namespace, name = (os.environ[key] for key in ("API_VERSION", "NAMESPACE", "NAME"))
    try:
        status, text = _get(f"/apis/{version}/namespaces/{namespace}/exporterconfigs/{name}")
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"the API server does not answer: {error}\n")
        return 1
    if status != HTTPStatus.OK:
        sys.stderr.write(f"ExporterConfig {namespace}/{name} in {version}: {_said(text)}\n")
        return 1
    collectors = json.loads(text)["spec"]["collectors"]
    arguments = ["--collector.disable-defaults", *(f"--collector.{one}" for one in collectors)]
    Path(os.environ["OUTPUT"]).write_text("".join(f"{one}\n" for one in arguments), encoding="utf-8")
    sys.stdout.write(f"ExporterConfig {namespace}/{name} in {version}: {len(collectors)} collectors\n")
    return 0


def _get(path: str) -> tuple[int, str]:
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"])
    connection = HTTPSConnection(host, port, timeout=WITHIN_S, context=trusted)
    token = (ACCOUNT / "token").read_text(encoding="utf-8")
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(errors="replace")


def _said(text: str) -> str:
    """The API server's own words: a Status object where it knows the kind, `404 page not found` where not."""
    try:
        return "{code} {message}".format_map(json.loads(text))
    except (ValueError, KeyError, TypeError):
        return text.strip()


if __name__ == "__main__":
    sys.exit(main())
