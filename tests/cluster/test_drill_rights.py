"""From the trainee's shell: injector, grader, undo and monitoring are out of reach. What every block of a runbook is
refused is in test_toolbox.py; here is what a drill adds, a shell that lasts and things worth tampering with."""

from __future__ import annotations

import socketserver
import subprocess
import threading
from collections.abc import Iterator

import pytest

from cluster.guard import NAMESPACE, Handle
from experiments.toolbox.shell import command, is_open
from tests.cluster.toolbox_run import MONITORING, OWN, OnCall, namespaces, on_call

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def oncall(handle: Handle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCall]:
    with namespaces(handle), on_call(handle, tmp_path_factory.mktemp("blocks")) as opened:
        yield opened


def _shell(oncall: OnCall, script: str) -> subprocess.CompletedProcess[str]:
    """What the trainee's shell does with one command."""
    argv = command(str(oncall.toolbox.holder.name), script)
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)


def test_the_shell_is_the_toolbox_and_its_start_is_there(oncall: OnCall) -> None:
    assert oncall.toolbox.holder.exec_run(is_open()).exit_code == 0
    done = _shell(oncall, "id -u; bash --rcfile ~/.drill/bashrc -i -c 'declare -F __drill_prompt; complete -p kubectl'")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1000\n") and "__drill_prompt" in done.stdout and "__start_kubectl" in done.stdout


@pytest.mark.parametrize(
    "request_",
    [
        f"create deployment other --image=a -n {MONITORING}",
        f"delete namespace {MONITORING}",
        f"delete deployment pager -n {NAMESPACE}",
        f"scale deployment pager --replicas=0 -n {NAMESPACE}",
        f"get pods -n {NAMESPACE}",
        f"exec deploy/pager -n {NAMESPACE} -- true",
        f"port-forward service/pager 8080:80 -n {NAMESPACE}",
        "create deployment mine --image=a -n default",
        f"delete namespace {OWN}",
        f"create token default -n {NAMESPACE}",
        "delete nodes --all",
    ],
)
def test_monitoring_pager_and_cluster_are_refused(oncall: OnCall, request_: str) -> None:
    done = _shell(oncall, f"kubectl {request_} --request-timeout=10s")
    assert done.returncode != 0 and "forbidden" in done.stderr.lower(), done


CHANGES = (
    "patch configmaps",
    "delete pods",
    "create pods/exec",
    "create pods/portforward",
    "update deployments.apps/scale",
    "delete networkpolicies.networking.k8s.io",
    "patch services",
)


def test_only_in_monitoring_is_the_right_to_change_missing(oncall: OnCall) -> None:
    for namespace, right in ((OWN, "yes"), (MONITORING, "no")):
        asked = "; ".join(f"kubectl auth can-i {change} -n {namespace}" for change in CHANGES)
        assert _shell(oncall, asked).stdout.split() == [right] * len(CHANGES), namespace


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_put_into_the_pager(oncall: OnCall, verb: str) -> None:
    asked = f"curl -sS -m 5 -X {verb} -d '{{}}' http://pager.{NAMESPACE}/notify/anyone"
    done = _shell(oncall, asked)
    assert done.returncode in (6, 7, 28), done  # no such name, no way there, no answer


def test_the_engine_of_the_lab_is_not_there(oncall: OnCall) -> None:
    sockets = "/var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock"
    looked = f"ls {sockets}; command -v docker ctr crictl kind"
    done = _shell(oncall, looked)
    assert done.returncode != 0 and done.stdout == "", done
    gateway = oncall.toolbox.holder.attrs["NetworkSettings"]["Networks"][oncall.handle.lab.network]["Gateway"]
    for port in (2375, 2376, 2377):
        assert _shell(oncall, f"timeout 5 bash -c 'exec 3<>/dev/tcp/{gateway}/{port}'").returncode != 0


def test_the_page_takes_no_move_from_the_shell(oncall: OnCall) -> None:
    """The page is on the host's loopback, or with a token; the toolbox reaches neither of the host's addresses."""
    gateway = oncall.toolbox.holder.attrs["NetworkSettings"]["Networks"][oncall.handle.lab.network]["Gateway"]
    for host in ("127.0.0.1", gateway):
        with socketserver.ThreadingTCPServer((host, 0), _Page) as page:
            threading.Thread(target=page.serve_forever, daemon=True).start()
            port = page.server_address[1]
            done = _shell(oncall, f"curl -sS -m 5 -d what=declare http://{host}:{port}/moves")
            page.shutdown()
        assert done.returncode in (7, 28) and "taken" not in done.stdout, done


class _Page(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"HTTP/1.0 200 OK\r\n\r\ntaken\n")
