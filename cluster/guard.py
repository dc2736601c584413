"""Never the wrong cluster: the only way to a handle with which anything can be changed.

`open_handle` compares four things that only the lab of this checkout has together: an API server on loopback, at the
port that the lab's own control-plane container publishes; that container in the lab's own network, which carries this
checkout's label; the certificate authority inside that container, equal to the one in the lab's kubeconfig; and the UID
in the cluster, equal to the one on disk. KUBECONFIG and the user's kubeconfig are never read, and no flag turns this
off.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import docker
import urllib3
from docker.errors import DockerException, NotFound
from kubernetes import client as kube
from kubernetes import config as kube_config
from kubernetes.dynamic import DynamicClient

from cluster.errors import AnotherCluster, LabError, NotOurLab
from cluster.guard_kubeconfig import Access, read_access
from cluster.lab import LABEL_CHECKOUT, LABEL_KIND, LABEL_LAB, Lab
from cluster.process import run

NAMESPACE = "firedrill-system"
IDENTITY = "identity"

_TOKEN = object()
_UP = "make up"
_CA_FILE = "/etc/kubernetes/pki/ca.crt"


class Handle:
    """Proof that the lab was checked, and the means to act on it. Only `open_handle` makes one."""

    def __init__(self, token: object, lab: Lab, access: Access, api: Any, engine: Any) -> None:
        if token is not _TOKEN:
            raise TypeError("a Handle comes from cluster.guard.open_handle")
        self.lab = lab
        self.api: kube.ApiClient = api
        self.docker: docker.DockerClient = engine
        self._access = access
        self._dynamic: Any = None

    def dynamic(self) -> DynamicClient:
        """A client for objects of any kind; discovery runs at the first call."""
        if self._dynamic is None:
            self._dynamic = DynamicClient(self.api)
        client: DynamicClient = self._dynamic
        return client

    def node(self, name: str) -> Any:
        """The container of a node.

        Raises:
            NotOurLab: no container of that name is a node of this lab.
        """
        return _node_container(self.lab, self.docker, name)

    def nodes(self) -> list[str]:
        """Names of all nodes, the control plane first."""
        listed = self.docker.containers.list(filters={"label": f"{LABEL_KIND}={self.lab.name}"}, all=True)
        names = sorted(container.name for container in listed)
        return sorted(names, key=lambda name: (name != self.lab.control_plane, name))

    def get(self, path: str, timeout_s: float = 10, accept: str = "application/json") -> dict[str, Any]:
        """Reads one path of the API server, such as `/api/v1/nodes`, as plain JSON.

        The client's own classes take most of a second to import, which `up` on a lab that is up does without.

        Args:
            path: with its query.
            timeout_s: seconds for the answer.
            accept: which form of the answer is asked for, where there are several.

        Raises:
            LabError: the API server does not answer, or refuses.
        """
        status, whole = ask(self.api, path, timeout_s, accept)
        if status != 200:
            raise LabError(f"the API server answers {status} to {path}: {whole.get('message', '')}", "make status")
        return whole

    def delete(self, path: str, timeout_s: float = 10) -> bool:
        """Deletes one object of the API server by its path, in a tenth of the time that starting kubectl takes.

        Args:
            path: of the object, without a query.
            timeout_s: seconds for the answer.

        Returns:
            Whether it was there.

        Raises:
            LabError: the API server does not answer, or refuses.
        """
        status, whole = ask(self.api, path, timeout_s, method="DELETE")
        if status not in (200, 202, 404):
            said = whole.get("message", "")
            raise LabError(f"the API server answers {status} to DELETE {path}: {said}", "make status")
        return status != 404

    def kubectl(self, *args: str, stdin: str | None = None, timeout_s: float = 60) -> str:
        """Runs the lab's kubectl with the kubeconfig that was checked.

        Returns:
            Standard output.

        Raises:
            NotOurLab: the kubeconfig was replaced since the check.
            CommandFailed: kubectl ended non-zero or ran out of its time.
        """
        if _digest(self.lab.kubeconfig) != self._access.digest:
            raise NotOurLab(f"{self.lab.kubeconfig} was replaced while it was in use", f"{_UP}, then try again")
        return run(
            [self.lab.binaries / "kubectl", "--kubeconfig", self.lab.kubeconfig, *args],
            env={"KUBECONFIG": str(self.lab.kubeconfig)},
            stdin=stdin,
            timeout_s=timeout_s,
            dies_with_us=True,
        )

    def close(self) -> None:
        """Closes the connections."""
        self.api.close()
        self.docker.close()


def open_handle(lab: Lab) -> Handle:
    """Checks that the cluster is this checkout's lab.

    Args:
        lab: whose cluster.

    Raises:
        NotOurLab: any of the checks failed; the message says which, and what was seen.
    """
    access = check_machine(lab)
    identity = _read_identity(lab)
    api = connect(access)
    seen = _ask_identity(lab, api)
    if seen != identity:
        api.close()
        raise AnotherCluster(
            f"the cluster says it is {seen}, but {lab.identity} says {identity}: this state is another cluster's",
            f"make down, then {_UP}",
        )
    return Handle(_TOKEN, lab, access, api, docker.from_env(timeout=60))


def check_machine(lab: Lab) -> Access:
    """All checks that need no answer from the cluster itself; see the module's text.

    Returns:
        How to reach the API server.

    Raises:
        NotOurLab: one of them failed.
    """
    access = read_access(lab.kubeconfig)
    try:
        engine = docker.from_env(timeout=60)
    except DockerException as failure:
        raise NotOurLab(f"no Docker engine answers, so no lab can be checked: {failure}", _UP) from failure
    try:
        container = _node_container(lab, engine, lab.control_plane)
        _check_port(lab, container, access)
        _check_authority(lab, container, access)
    finally:
        engine.close()
    return access


def connect(access: Access) -> kube.ApiClient:
    """A client of the API server, with the checked certificate authority pinned and no proxy in between."""
    settings = kube.Configuration()
    settings.proxy = None
    settings.retries = urllib3.Retry(total=2, backoff_factor=0.2)
    made = kube_config.new_client_from_config_dict(access.config, client_configuration=settings, persist_config=False)
    client: kube.ApiClient = made
    return client


def _node_container(lab: Lab, engine: Any, name: str) -> Any:
    try:
        container = engine.containers.get(name)
    except NotFound as absent:
        raise NotOurLab(f"there is no node container {name}", _UP) from absent
    owner = container.labels.get(LABEL_KIND)
    if owner != lab.name:
        raise NotOurLab(
            f"the container {name} is no node of the kind cluster {lab.name} (its label says {owner})",
            "choose another name for this checkout's lab: export FIREDRILL_NAME=<name>",
        )
    if lab.network not in container.attrs["NetworkSettings"]["Networks"]:
        raise NotOurLab(f"the container {name} is not in the network {lab.network}", f"make down, then {_UP}")
    labels = engine.networks.get(lab.network).attrs["Labels"] or {}
    if (labels.get(LABEL_LAB), labels.get(LABEL_CHECKOUT)) != (lab.owner, str(lab.root)):
        raise NotOurLab(
            f"the network {lab.network} belongs to the checkout {labels.get(LABEL_CHECKOUT)}, not to {lab.root}",
            "choose another name for this checkout's lab: export FIREDRILL_NAME=<name>",
        )
    return container


def _check_port(lab: Lab, container: Any, access: Access) -> None:
    bound = container.attrs["NetworkSettings"]["Ports"].get("6443/tcp") or []
    ports = {int(binding["HostPort"]) for binding in bound}
    if access.port not in ports:
        refusal = AnotherCluster if ports else NotOurLab  # a container that does not run publishes none
        raise refusal(
            f"{lab.kubeconfig} points to port {access.port}, but {container.name} publishes {sorted(ports) or 'none'}",
            f"make down, then {_UP}",
        )


def _check_authority(lab: Lab, container: Any, access: Access) -> None:
    try:
        chunks, _ = container.get_archive(_CA_FILE)
    except NotFound as absent:
        raise NotOurLab(f"{container.name} has no cluster certificate authority", f"make down, then {_UP}") from absent
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        member = archive.extractfile(Path(_CA_FILE).name)
        inside = member.read() if member else b""
    if inside.strip() != access.authority.strip():
        raise AnotherCluster(
            f"{lab.kubeconfig} trusts another certificate authority than the one in {container.name}",
            f"make down, then {_UP}",
        )


def _read_identity(lab: Lab) -> str:
    try:
        return lab.identity.read_text(encoding="utf-8").strip()
    except FileNotFoundError as absent:
        raise NotOurLab(f"{lab.identity} is missing: this checkout has no lab", _UP) from absent


def _ask_identity(lab: Lab, api: kube.ApiClient) -> str:
    try:
        status, found = ask(api, f"/api/v1/namespaces/{NAMESPACE}/configmaps/{IDENTITY}", 10)
    except LabError as failure:
        raise NotOurLab(f"the API server of {lab.name} does not answer: {failure.happened}", _UP) from failure
    if status != 200:
        refusal = AnotherCluster if status == 404 else NotOurLab  # one that is starting may refuse at first
        raise refusal(
            f"the cluster does not say whose it is: {NAMESPACE}/{IDENTITY} answers {status}", f"make down, then {_UP}"
        )
    return str((found.get("data") or {}).get("uid", ""))


def ask(
    api: Any, path: str, timeout_s: float, accept: str = "application/json", method: str = "GET"
) -> tuple[int, dict[str, Any]]:
    """One request with the client's own connections, which hold the pinned authority and the lab's certificate.

    Returns:
        HTTP status and JSON body.

    Raises:
        LabError: no answer.
    """
    try:
        answer = api.rest_client.pool_manager.request(
            method, api.configuration.host + path, timeout=timeout_s, headers={"Accept": accept}
        )
    except urllib3.exceptions.HTTPError as failure:
        raise LabError(f"no answer to {path}: {failure}", "make status") from failure
    try:
        body: dict[str, Any] = json.loads(answer.data)
    except ValueError:
        body = {"message": answer.data.decode(errors="replace")}
    return answer.status, body


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
