"""The toolbox on the lab's cluster: what the on-call engineer can do there, and what a hostile block cannot."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.errors import BrokenScenario, CommandFailed
from cluster.guard import Handle
from experiments.record.redaction import Redaction
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox import identity
from experiments.toolbox.toolbox import Toolbox
from experiments.waiting import Seen, eventually
from tests.cluster.toolbox_run import MONITORING, OWN, OnCall, fresh_run_id, left_over, namespaces, on_call

_TOOLS = Path(__file__).resolve().parents[2] / "tools"

pytestmark = pytest.mark.cluster

HOST_PATH_POD = {
    "spec": {
        "containers": [{"name": "a", "image": "a", "volumeMounts": [{"name": "host", "mountPath": "/host"}]}],
        "volumes": [{"name": "host", "hostPath": {"path": "/"}}],
    }
}
PRIVILEGED_POD = {"spec": {"containers": [{"name": "a", "image": "a", "securityContext": {"privileged": True}}]}}
HOST_NETWORK_POD = {"spec": {"hostNetwork": True, "containers": [{"name": "a", "image": "a"}]}}


@pytest.fixture(scope="module")
def deployed(handle: Handle) -> Iterator[Handle]:
    with namespaces(handle):
        yield handle


@pytest.fixture(scope="module")
def oncall(deployed: Handle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCall]:
    with on_call(deployed, tmp_path_factory.mktemp("blocks")) as opened:
        yield opened


def test_the_system_is_reached_by_the_names_a_runbook_uses(oncall: OnCall) -> None:
    for name in ("cache", f"cache.{OWN}", f"cache.{OWN}.svc.cluster.local"):
        assert oncall.output(f"redis-cli -h {name} ping") == "PONG\n"
    address = oncall.output("kubectl get pods -o jsonpath='{.items[0].status.podIP}'")
    assert oncall.output(f"redis-cli -h {address} ping") == "PONG\n"
    assert oncall.output(f"getent hosts {oncall.handle.lab.control_plane}")


def test_the_labs_own_tools_are_there(oncall: OnCall) -> None:
    for tool in sorted(main.parent.name.replace("_", "-") for main in _TOOLS.glob("*/__main__.py")):
        assert f"usage: {tool}" in oncall.output(f"{tool} --help")


def test_the_usual_work_is_done(oncall: OnCall) -> None:
    assert "PONG" in oncall.output("kubectl exec deploy/cache -- redis-cli ping")
    assert "Ready to accept" in oncall.output("kubectl logs deploy/cache")
    oncall.output("kubectl create configmap note --from-literal=a=b && kubectl delete configmap note")
    oncall.output("kubectl set env deployment/cache NOTE=1 && kubectl rollout status deployment/cache --timeout=25s")
    oncall.output("kubectl get events,secrets,networkpolicies,hpa,pvc,jobs,endpointslices")
    oncall.output(f"kubectl get pods,services,configmaps -n {MONITORING}")


@pytest.mark.parametrize(
    "request_",
    [
        "get secrets -n firedrill-system",
        "get configmap identity -n firedrill-system",
        "get secrets -n kube-system",
        "get configmaps -n default",
        "get pods -n kube-system",
        "patch deployment coredns -n kube-system -p {}",
        "patch service kubernetes -n default -p {}",
        "create configmap note --from-literal=a=b -n default",
        "get pods -A",
        "get namespaces",
        "get nodes",
        f"get secrets -n {MONITORING}",
        f"create configmap note --from-literal=a=b -n {MONITORING}",
        f"get serviceaccounts -n {identity.home((OWN,))}",
        f"create token default -n {OWN}",
        f"create rolebinding more --clusterrole=cluster-admin --serviceaccount={OWN}:default -n {OWN}",
        f"label namespace {OWN} pod-security.kubernetes.io/enforce=privileged --overwrite",
        "get clusterroles",
        "get pods --as=system:admin --as-group=system:masters",
        "get --raw /api/v1/nodes",
        "get --raw /metrics",
    ],
)
def test_what_is_not_declared_is_forbidden(oncall: OnCall, request_: str) -> None:
    assert "forbidden" in oncall.refused(f"kubectl {request_}").lower()
    dry = ["--dry-run=server"] if request_.split()[0] == "create" and "token" not in request_ else []
    if "label" not in request_:
        oncall.handle.kubectl(*request_.split(), *dry)  # the lab's administrator may: it was the right that was missing


@pytest.mark.parametrize("pod", [HOST_PATH_POD, PRIVILEGED_POD, HOST_NETWORK_POD])
def test_no_pod_opens_the_node(oncall: OnCall, pod: dict[str, object]) -> None:
    overrides = json.dumps(pod)
    said = oncall.refused(f"kubectl run evil --image=a --overrides='{overrides}'")
    assert "violates PodSecurity" in said
    oncall.output("kubectl run good --image=a && kubectl delete pod good --now")


def test_the_labs_own_services_are_closed(oncall: OnCall) -> None:
    core = json.loads(oncall.handle.kubectl("get", "service", "pager", "-n", "firedrill-system", "-o", "json"))
    pods = json.loads(oncall.handle.kubectl("get", "endpoints", "pager", "-n", "firedrill-system", "-o", "json"))
    address, port = core["spec"]["clusterIP"], core["spec"]["ports"][0]["port"]
    pod = pods["subsets"][0]["addresses"][0]["ip"]
    node = oncall.handle.node(oncall.handle.lab.control_plane)
    ask = f"curl -s -o /dev/null -m 5 -w '%{{http_code}}' http://{address}:{port}/notifications"
    assert b"200" in node.exec_run(["bash", "-c", ask]).output  # it is there
    for host in (address, pod, "pager.firedrill-system"):
        said = oncall.refused(f"curl -sS -m 5 -X POST -d '{{}}' http://{host}:{port}/notify/anyone")
        assert "Failed to connect" in said


class _Greeting(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"the host answers\n")


def test_the_host_is_closed(oncall: OnCall) -> None:
    network = oncall.handle.lab.network
    gateway = oncall.toolbox.holder.attrs["NetworkSettings"]["Networks"][network]["Gateway"]
    with socketserver.ThreadingTCPServer((gateway, 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connect = f"exec 3<>/dev/tcp/{gateway}/{server.server_address[1]}; head -1 <&3"
        node = oncall.handle.node(oncall.handle.lab.control_plane)
        assert b"the host answers" in node.exec_run(["bash", "-c", connect]).output
        assert "the host answers" not in oncall.refused(connect)
        server.shutdown()


def test_names_outside_do_not_exist(oncall: OnCall) -> None:
    assert oncall.output("dig +short +tries=1 +time=3 kubernetes.default.svc.cluster.local").strip() == "10.96.0.1"
    assert "status: NXDOMAIN" in oncall.output("dig +tries=1 +time=3 outside.example")
    assert "status: NXDOMAIN" in oncall.output('dig +tries=1 +time=3 "$(hostname).example"')


def test_front_matter_grants_what_it_declares(deployed: Handle, tmp_path_factory: pytest.TempPathFactory) -> None:
    declared = FrontMatter.model_validate({"nodes": "read", "namespaces": {"kube-system": "read"}})
    with on_call(deployed, tmp_path_factory.mktemp("blocks"), declared) as opened:
        assert deployed.lab.control_plane in opened.output("kubectl get nodes -o name")
        assert "coredns" in opened.output("kubectl get pods -n kube-system -o name")
        assert "forbidden" in opened.refused(f"kubectl patch node {deployed.lab.control_plane} -p '{{}}'")
        assert "forbidden" in opened.refused("kubectl delete pods --all -n kube-system --dry-run=server")
        assert "forbidden" in opened.refused("kubectl get secrets -n kube-system")
        assert [str(one["name"]) for one in opened.promised] == [f"remove the toolbox of {opened.run_id}"]
        assert any("clusterrole" in name for name in left_over(deployed, opened.run_id))
    assert left_over(deployed, opened.run_id) == []


def test_cordon_is_granted_where_it_is_declared(deployed: Handle, tmp_path_factory: pytest.TempPathFactory) -> None:
    with on_call(deployed, tmp_path_factory.mktemp("blocks"), FrontMatter(nodes="cordon")) as opened:
        worker = deployed.nodes()[-1]
        assert "server dry run" in opened.output(f"kubectl cordon {worker} --dry-run=server")
        assert "forbidden" in opened.refused(f"kubectl delete node {worker} --dry-run=server")


def test_after_closing_nothing_is_left_and_the_token_is_dead(
    deployed: Handle, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with on_call(deployed, tmp_path_factory.mktemp("blocks")) as opened:
        ask = "kubectl config view --raw -o jsonpath={.users[0].user.token}"
        assert "[redacted]" in opened.output(ask)  # what a block prints of it is not kept
        token = opened.toolbox.holder.exec_run(ask).output.decode()
        assert _known(deployed, token)
    assert left_over(deployed, opened.run_id) == []
    eventually(
        lambda: Seen(None if _known(deployed, token) else True, "the token is known"),
        what="the token is dead",
        within_s=30,  # the API server remembers a token that was good for 10 s
    )


def test_nothing_is_made_before_its_undo_is_written(deployed: Handle) -> None:
    run_id = fresh_run_id()

    def full_disk(_undo: object) -> None:
        raise OSError("no space left on device")

    with (
        pytest.raises(OSError, match="no space"),
        Toolbox.open(deployed, run_id, (OWN,), MONITORING, FrontMatter(), full_disk, Redaction()),
    ):
        pass
    assert left_over(deployed, run_id) == []


def test_a_toolbox_that_does_not_open_leaves_nothing(deployed: Handle) -> None:
    run_id = fresh_run_id()
    declared = FrontMatter(namespaces={"no-such-namespace": "read"})
    with (
        pytest.raises(CommandFailed, match="no-such-namespace"),
        Toolbox.open(deployed, run_id, (OWN,), MONITORING, declared, lambda _: None, Redaction()),
    ):
        pass
    assert left_over(deployed, run_id) == []
    with (
        pytest.raises(BrokenScenario, match="firedrill-system"),
        Toolbox.open(
            deployed,
            run_id,
            (OWN,),
            MONITORING,
            FrontMatter(namespaces={"firedrill-system": "write"}),
            lambda _: None,
            Redaction(),
        ),
    ):
        pass


def _known(handle: Handle, token: str) -> bool:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    answer = json.loads(handle.kubectl("create", "-f", "-", "-o", "json", stdin=json.dumps(review)))
    return bool(answer["status"].get("authenticated"))
