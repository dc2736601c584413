"""Changed configuration of the run's own Prometheus or Alertmanager, as a commit brings it about."""

from __future__ import annotations

import hashlib
import json
import re

from cluster.errors import CommandFailed, LabError
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually

PROMETHEUS, ALERTMANAGER = "prometheus", "alertmanager"
PORTS = {PROMETHEUS: 9090, ALERTMANAGER: 9093}
SERVERS = {"prometheus.yml": PROMETHEUS, "rules.yaml": PROMETHEUS, "alertmanager.yml": ALERTMANAGER}
"""The files that a change can be made to -> the server that reads them."""

MOUNTED_WITHIN_S = 30.0
"""The lab's kubelets look at ConfigMaps every 5 s."""
RELOADED_WITHIN_S = 20.0


def reload(file: str, old: str, new: str, configuration: Configuration) -> str:
    """Change a configuration file and have its server read it again (SIGHUP); what it refuses leaves the old in force.

    Args:
        file: `prometheus.yml`, `rules.yaml` or `alertmanager.yml`.
        old: the text that is replaced, the first time it occurs; empty: `new` is added at the end.
        new: the text instead.

    Returns:
        `accepted` or `refused`, as `…_config_last_reload_successful` says.

    Raises:
        LabError: the file does not have the text, or the server cannot be asked.
        ConditionTimedOut: the file did not reach the pod, or the server does not read it.
    """
    session = session_of(configuration)
    server = SERVERS[file]
    text = _change(session, file, old, new)
    _mounted(session, server, file, text)
    before = _reloads(session, server)
    _exec(session, server, "kill -HUP 1")

    def look() -> Seen[str]:
        successful, at = _reloads(session, server)
        if not successful:
            return Seen("refused", "refused")
        return Seen("accepted" if at > before[1] else None, "no reload since the signal")

    return eventually(look, what=f"{server} reads {file} again", within_s=RELOADED_WITHIN_S)


def restart(file: str, old: str, new: str, configuration: Configuration) -> None:
    """Change a configuration file and replace its server's pod; a server that refuses its file does not come up again.

    Args:
        file: `prometheus.yml`, `rules.yaml` or `alertmanager.yml`.
        old: the text that is replaced, the first time it occurs; empty: `new` is added at the end.
        new: the text instead.

    Raises:
        LabError: the file does not have the text.
    """
    session = session_of(configuration)
    server, namespace = SERVERS[file], session.file.scenario.monitoring
    _change(session, file, old, new)
    selector = f"app.kubernetes.io/name={server}"
    session.home.kubectl("delete", "pods", "-n", namespace, "-l", selector, "--wait=false", timeout_s=20)


def _change(session: Session, file: str, old: str, new: str) -> str:
    """Put the changed text into the server's ConfigMap; returns it."""
    server, namespace = SERVERS[file], session.file.scenario.monitoring
    found = core(session.home).read_namespaced_config_map(server, namespace, _request_timeout=TIMEOUT_S)
    before: str = found.data[file]
    if old not in before:
        raise LabError(f"{file} of {namespace} has no {old!r} that could be replaced.", f"Read it: {before[:400]}")
    text = before.replace(old, new, 1) if old else before + new
    patch = json.dumps({"data": {file: text}})
    session.home.kubectl("patch", f"configmap/{server}", "-n", namespace, "--type", "merge", "-p", patch)
    return text


def _mounted(session: Session, server: str, file: str, text: str) -> None:
    wanted = hashlib.sha256(text.encode()).hexdigest()

    def look() -> Seen[bool]:
        found = _exec(session, server, f"sha256sum /etc/{server}/{file}").split()[0]
        return Seen(True if found == wanted else None, f"its SHA-256 is still {found}")

    eventually(look, what=f"{file} reaches {server}'s pod", within_s=MOUNTED_WITHIN_S)


def _exec(session: Session, server: str, command: str) -> str:
    where = ("-n", session.file.scenario.monitoring, f"deployment/{server}", "-c", server)
    try:
        return session.home.kubectl("exec", *where, "--", "sh", "-c", command, timeout_s=20)
    except CommandFailed as error:
        raise LabError(f"{server} could not be told `{command}`: {error.happened}", "Is its pod up?") from error


def _reloads(session: Session, server: str) -> tuple[bool, float]:
    """Whether the last reload was successful, and when the last successful one was (epoch seconds)."""
    answer = session.sources.proxy.get(session.file.scenario.monitoring, server, PORTS[server], "/metrics")
    name = f"{server}_config_last_reload_success"
    found = re.findall(rf"^{name}(ful|_timestamp_seconds) (\S+)$", answer.text, re.MULTILINE)
    values = {metric: float(value) for metric, value in found}
    if set(values) != {"ful", "_timestamp_seconds"}:
        raise LabError(f"{server} answers {answer.status_code} to /metrics and does not tell of its reloads.")
    return values["ful"] == 1.0, values["_timestamp_seconds"]
