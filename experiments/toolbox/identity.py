"""Who the on-call engineer is on the cluster: a service account of the run, its roles, and its token."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.kube_api import core
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox.rights import Rule, cluster_wide, namespaced

RUN_LABEL = "firedrill.run"
ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"
TIMEOUT_S = 30.0

_COMPONENT = "app.kubernetes.io/component"
_LABEL_LENGTH = 63
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_KINDS = (
    (_RBAC, "clusterrolebindings"),
    (_RBAC, "rolebindings"),
    ("/api/v1", "serviceaccounts"),
    (_RBAC, "clusterroles"),
    (_RBAC, "roles"),
)
"""In the order in which they go: a right ends with its binding."""

_SIDE_BY_SIDE = 8

Object = dict[str, Any]


def account(run_id: str) -> str:
    """The run's name where Kubernetes needs a short plain one: of the account, its roles and their label."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in run_id.lower()).strip("-")
    if plain == run_id and len(plain) <= _LABEL_LENGTH:
        return plain
    digest = hashlib.sha256(run_id.encode()).hexdigest()[:8]
    return f"{plain[: _LABEL_LENGTH - 9].rstrip('-')}-{digest}"


def home(own: tuple[str, ...]) -> str:
    """The namespace of the account: `<first>-oncall`, out of the scenario's own, so that no block can change its own
    account. It carries the run's label and goes with the run's other namespaces."""
    return f"{own[0]}-oncall"


def create(handle: Handle, run_id: str, own: tuple[str, ...], monitoring: str | None, declared: FrontMatter) -> None:
    """Create the account with its roles, and have the scenario's namespaces refuse privileged pods.

    Args:
        handle: the guarded lab.
        run_id: everything is labelled with it.
        own: the scenario's own namespaces; they exist.
        monitoring: the run's monitoring namespace; it exists. None: it is in another cluster.
        declared: the front matter of RUNBOOK.md.

    Raises:
        LabError: the API server refused.
        BrokenScenario: the front matter asks for what no runbook gets.
    """
    wanted = objects(run_id, own, monitoring, declared)
    _refuse_privileged_pods(handle, own)
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": wanted})
    handle.kubectl("apply", "--server-side", "-f", "-", stdin=text, timeout_s=TIMEOUT_S)


def token(handle: Handle, run_id: str, own: tuple[str, ...], lifetime_s: int) -> str:
    """A token of the account, by TokenRequest; it ends with the account, at the latest after `lifetime_s` seconds.

    Raises:
        LabError: the API server refused.
    """
    asked = {"spec": {"expirationSeconds": lifetime_s}}
    try:
        made = core(handle).create_namespaced_service_account_token(
            account(run_id), home(own), asked, _request_timeout=TIMEOUT_S
        )
    except ApiException as error:
        raise LabError(f"The on-call got no token: {error.status} {error.reason}", "make status") from error
    return str(made.status.token)


def remove(handle: Handle, run_id: str) -> None:
    """Remove the run's account and its roles in every namespace.

    Its rights end at once, its token as soon as the API server's cache of tokens (10 s) has forgotten it.

    Raises:
        LabError: the API server refused.
    """
    _remove(handle, f"{RUN_LABEL}={account(run_id)},{_COMPONENT}=oncall")


def remove_all(handle: Handle) -> None:
    """Remove the accounts and roles of every run.

    Raises:
        LabError: the API server refused.
    """
    _remove(handle, f"{RUN_LABEL},{_COMPONENT}=oncall")


def objects(run_id: str, own: tuple[str, ...], monitoring: str | None, declared: FrontMatter) -> list[Object]:
    """The namespace, the account, and its roles with their bindings.

    Raises:
        BrokenScenario: the front matter asks for what no runbook gets.
    """
    name = account(run_id)
    labels = {RUN_LABEL: name, _COMPONENT: "oncall"}
    made = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home(own), "labels": labels}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta(name, labels, home(own))},
    ]
    for namespace, rules in namespaced(own, monitoring, home(own), declared).items():
        made += _granted("", _meta(name, labels, namespace), home(own), rules)
    if rules := cluster_wide(own, declared):
        made += _granted("Cluster", _meta(name, labels, None), home(own), rules)
    return made


def _granted(scope: str, meta: Object, account_in: str, rules: tuple[Rule, ...]) -> list[Object]:
    version = "rbac.authorization.k8s.io/v1"
    return [
        {"apiVersion": version, "kind": f"{scope}Role", "metadata": meta, "rules": [rule.body() for rule in rules]},
        {
            "apiVersion": version,
            "kind": f"{scope}RoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": f"{scope}Role", "name": meta["name"]},
            "subjects": [{"kind": "ServiceAccount", "name": meta["name"], "namespace": account_in}],
        },
    ]


def _meta(name: str, labels: dict[str, str], namespace: str | None) -> Object:
    return {"name": name, "labels": labels} | ({"namespace": namespace} if namespace else {})


def _refuse_privileged_pods(handle: Handle, namespaces: tuple[str, ...]) -> None:
    """Who may make a pod with a host path or with privileges owns its node, so the namespaces refuse such pods.

    A scenario whose own system needs them sets the same label on its namespace, and keeps it.
    """
    label = {"metadata": {"labels": {ENFORCE_LABEL: "baseline"}}}
    api = core(handle)
    try:
        for namespace in namespaces:
            found = api.read_namespace(namespace, _request_timeout=TIMEOUT_S)
            if ENFORCE_LABEL not in (found.metadata.labels or {}):
                api.patch_namespace(namespace, label, _request_timeout=TIMEOUT_S)
    except ApiException as error:
        raise LabError(f"Namespace {namespace}: {error.status} {error.reason}", "make status") from error


def _remove(handle: Handle, labels: str) -> None:
    """Every kind is looked for at once, since mostly there is nothing; what there is goes kind by kind."""
    query = f"?labelSelector={quote(labels)}"
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        found = pool.map(lambda kind: handle.get(f"{kind[0]}/{kind[1]}{query}", TIMEOUT_S)["items"], _KINDS)
        for (group, plural), items in zip(_KINDS, list(found), strict=True):
            list(pool.map(lambda path: handle.delete(path, TIMEOUT_S), [_path(group, plural, one) for one in items]))


def _path(group: str, plural: str, one: Object) -> str:
    meta = one["metadata"]
    where = f"/namespaces/{meta['namespace']}" if meta.get("namespace") else ""
    return f"{group}{where}/{plural}/{meta['name']}"
