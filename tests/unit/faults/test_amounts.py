"""Amounts as Kubernetes writes them, and objects as somebody would have written them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import JsonValue

from experiments.actions.whole_objects import without_server_side
from experiments.quantity import mebibytes, quantity

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "amount"), [("250m", "0.25"), ("1", "1"), ("64Mi", "67108864"), ("1.5Gi", "1610612736"), ("2k", "2000")]
)
def test_a_quantity_is_read_exactly(text: str, amount: str) -> None:
    assert quantity(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "64 Mi", "-1", "1e3x", "Mi"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        quantity(text)


@pytest.mark.parametrize(("text", "size"), [("64Mi", 64), ("1Gi", 1024), ("1.5Gi", 1536), ("1048576", 1)])
def test_a_size_is_read_in_whole_mebibytes(text: str, size: int) -> None:
    assert mebibytes(text) == size


@pytest.mark.parametrize("text", ["1Ki", "64M", "1.5Mi", "much"])
def test_what_is_no_size_in_whole_mebibytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        mebibytes(text)


def test_what_is_put_back_holds_nothing_of_the_servers_own() -> None:
    written: dict[str, JsonValue] = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a", "namespace": "b", "labels": {"c": "d"}, "finalizers": ["e"]},
        "spec": {"clusterIP": "10.96.0.7"},
    }
    metadata = written["metadata"]
    assert isinstance(metadata, dict)
    server: dict[str, JsonValue] = {"uid": "1", "resourceVersion": "2", "generation": 3, "managedFields": []}
    read: dict[str, JsonValue] = {**written, "metadata": {**metadata, **server}, "status": {"loadBalancer": {}}}
    assert without_server_side(read) == written
