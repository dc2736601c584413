"""Lab images in manifests get their content's tag, everything else is left alone."""

from __future__ import annotations

import pytest
import yaml

from cluster.errors import CommandFailed
from cluster.manifests import images_of, parse, pin, to_yaml

pytestmark = pytest.mark.unit

NAMES = {"firedrill/shop": "firedrill/shop:3f2a", "firedrill/shop-db": "firedrill/shop-db:77aa"}

TEXT = """
containers:
  - image: firedrill/shop
    name: a
  - name: b
    image: "firedrill/shop-db"
  - image: firedrill/shop:mine
  - image: elsewhere/shop
data:
  pod.yaml: |
    spec:
      containers:
        - image: firedrill/shop
env:
  - {name: NOTE, value: see firedrill/shop}
"""


def test_pinned_wherever_it_stands() -> None:
    found = yaml.safe_load(pin(TEXT, NAMES))
    assert [container["image"] for container in found["containers"]] == [
        "firedrill/shop:3f2a",
        "firedrill/shop-db:77aa",
        "firedrill/shop:mine",
        "elsewhere/shop",
    ]
    assert "image: firedrill/shop:3f2a" in found["data"]["pod.yaml"]
    assert found["env"][0]["value"] == "see firedrill/shop"


def test_an_image_that_nothing_builds_is_refused() -> None:
    with pytest.raises(CommandFailed, match="firedrill/ghost"):
        pin("image: firedrill/ghost\n", NAMES)


def test_images_of_finds_nested_ones() -> None:
    assert images_of([yaml.safe_load(pin(TEXT, NAMES))]) == {"firedrill/shop:3f2a", "firedrill/shop-db:77aa"}


def test_what_is_written_is_read_again_without_empty_documents() -> None:
    objects = [{"kind": "Pod", "metadata": {"name": "a"}}, {"kind": "Pod", "metadata": {"name": "b"}}]
    assert parse("---\n---\n" + to_yaml(objects)) == objects
