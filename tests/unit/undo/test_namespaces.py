"""A run's namespaces go with what the API server would wait for, and one that is gone is no error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import ProtocolError

from cluster.errors import LabError
from experiments.play import cleanup
from experiments.undo import namespaces

pytestmark = pytest.mark.unit


class FakeApi:
    """Notes what is deleted, in its order; answers with a status where one is given."""

    def __init__(self, **answers: BaseException) -> None:
        self.answers = answers
        self.deleted: list[tuple[str, str, dict[str, Any]]] = []

    def __getattr__(self, method: str) -> Any:
        def delete(name: str, _request_timeout: float, **how: Any) -> None:
            self.deleted.append((method, name, how))
            if method in self.answers:
                raise self.answers[method]

        return delete


def _leave(monkeypatch: pytest.MonkeyPatch, **answers: BaseException) -> list[str]:
    api = FakeApi(**answers)
    monkeypatch.setattr(namespaces, "core", lambda _: api)
    namespaces.leave(SimpleNamespace(), ["shop"])  # type: ignore[arg-type]
    return [method for method, _, _ in api.deleted]


ALL = ["delete_namespace", "delete_collection_namespaced_pod", "delete_collection_namespaced_persistent_volume_claim"]


def test_pods_and_claims_go_once_nothing_can_be_made_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _leave(monkeypatch) == ALL


@pytest.mark.parametrize("status", [404, 409])
def test_what_is_gone_or_going_is_emptied_all_the_same(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    assert _leave(monkeypatch, delete_namespace=ApiException(status=status)) == ALL


@pytest.mark.parametrize("error", [ApiException(status=500, reason="no"), ProtocolError("no answer")])
def test_a_refusal_is_the_labs_failure(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    with pytest.raises(LabError, match="shop cannot be deleted"):
        _leave(monkeypatch, delete_namespace=error)


@pytest.mark.parametrize(
    ("status", "metadata", "wanted"),
    [(200, {"name": "shop"}, False), (200, {"deletionTimestamp": "2026-11-29T22:27:29Z"}, True), (404, {}, True)],
)
def test_a_namespace_is_going_from_its_deletion_on(
    monkeypatch: pytest.MonkeyPatch, status: int, metadata: dict[str, str], wanted: bool
) -> None:
    monkeypatch.setattr(namespaces, "ask", lambda *_: (status, {"metadata": metadata}))
    assert namespaces.going(SimpleNamespace(api=None), "shop") is wanted  # type: ignore[arg-type]


def test_a_namespace_that_cannot_be_asked_for_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "ask", lambda *_: (500, {"message": "no"}))
    with pytest.raises(LabError, match="500"):
        namespaces.going(SimpleNamespace(api=None), "shop")  # type: ignore[arg-type]


def test_the_undo_runs_although_the_namespaces_cannot_be_deleted_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LabError("the API server does not answer")

    notes: list[tuple[str, str]] = []
    session = SimpleNamespace(
        home=None, recorder=SimpleNamespace(event=lambda what, title: notes.append((what, title)))
    )
    monkeypatch.setattr(namespaces, "of_runs", refuse)
    cleanup.leave(session)  # type: ignore[arg-type]
    assert notes == [("note", "the namespaces could not be deleted yet: the API server does not answer")]
