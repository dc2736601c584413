"""Who the on-call is on the cluster: the token that is asked for, the label that is set, and how all of it goes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox import identity

pytestmark = pytest.mark.unit

RUN = "20261121-103000-cache-stampede-incident"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/rolebindings"
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


class FakeCluster:
    """A handle that has some objects, and notes what is asked for, applied and deleted."""

    def __init__(
        self, held: dict[str, list[dict[str, Any]]] | None = None, labels: dict[str, str] | None = None
    ) -> None:
        self.held = held or {}
        self.labels = labels
        self.asked: list[str] = []
        self.deleted: list[str] = []
        self.calls: list[tuple[Any, ...]] = []

    def get(self, path: str, _timeout_s: float) -> dict[str, Any]:
        """One list of the API server's."""
        self.asked.append(path)
        return {"items": self.held.get(path.partition("?")[0], [])}

    def delete(self, path: str, _timeout_s: float) -> bool:
        """One deletion."""
        self.deleted.append(path)
        return True

    def kubectl(self, *arguments: str, **_: object) -> str:
        """One command."""
        self.calls.append(arguments)
        return ""

    def read_namespace(self, _name: str, **_: object) -> Any:
        """One namespace."""
        return SimpleNamespace(metadata=SimpleNamespace(labels=self.labels))

    def patch_namespace(self, name: str, body: dict[str, Any], **_: object) -> None:
        """One patch."""
        self.calls.append((name, body))

    def create_namespaced_service_account_token(self, *arguments: Any, **_: object) -> Any:
        """One token."""
        self.calls.append(arguments)
        return SimpleNamespace(status=SimpleNamespace(token="a token"))


@pytest.fixture(autouse=True)
def _no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "core", lambda handle: handle)


def _named(name: str, namespace: str = "") -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}}


def test_bindings_go_before_roles_and_each_from_its_namespace() -> None:
    cluster = FakeCluster({ROLES: [_named("a")], BINDINGS: [_named("a", "shop"), _named("a", "shop-oncall")]})
    identity.remove(cluster, RUN)  # type: ignore[arg-type]
    assert sorted(cluster.deleted[:2]) == [
        "/apis/rbac.authorization.k8s.io/v1/namespaces/shop-oncall/rolebindings/a",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/a",
    ]
    assert cluster.deleted[2:] == [f"{ROLES}/a"]


def test_only_what_carries_the_runs_label_is_looked_for() -> None:
    cluster = FakeCluster()
    identity.remove(cluster, RUN)  # type: ignore[arg-type]
    assert len(cluster.asked) == 5 and not cluster.deleted
    wanted = f"?labelSelector=firedrill.run%3D{RUN}%2Capp.kubernetes.io/component%3Doncall"
    assert {path.partition("?")[1] + path.partition("?")[2] for path in cluster.asked} == {wanted}


@pytest.mark.parametrize(
    ("labels", "patched"),
    [
        (None, True),
        ({"firedrill.run": RUN}, True),
        ({"pod-security.kubernetes.io/enforce": "privileged"}, False),
    ],
)
def test_a_namespace_refuses_privileged_pods_unless_its_system_says_otherwise(
    labels: dict[str, str] | None, patched: bool
) -> None:
    cluster = FakeCluster(labels=labels)
    identity.create(cluster, RUN, ("shop",), None, FrontMatter())  # type: ignore[arg-type]
    label = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}
    assert (("shop", label) in cluster.calls) is patched


def test_the_token_is_the_accounts_own_and_ends() -> None:
    cluster = FakeCluster()
    assert identity.token(cluster, RUN, ("shop",), 60) == "a token"  # type: ignore[arg-type]
    assert cluster.calls == [(RUN, "shop-oncall", {"spec": {"expirationSeconds": 60}})]


def test_a_refusal_is_the_labs_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ApiException(status=403, reason="Forbidden")

    monkeypatch.setattr(FakeCluster, "create_namespaced_service_account_token", refuse)
    with pytest.raises(LabError, match="no token: 403 Forbidden"):
        identity.token(FakeCluster(), RUN, ("shop",), 60)  # type: ignore[arg-type]
