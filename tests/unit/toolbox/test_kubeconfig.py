"""The on-call's kubeconfig."""

from __future__ import annotations

import base64

import pytest
import yaml

from experiments.toolbox.kubeconfig import kubeconfig

pytestmark = pytest.mark.unit


def test_one_context_with_token_authority_and_namespace() -> None:
    text = kubeconfig(server="https://172.30.0.5:6443", authority=b"PEM", token="t.o.k", namespace="shop")
    read = yaml.safe_load(text)
    assert read["current-context"] == "oncall"
    assert read["contexts"][0]["context"] == {"cluster": "lab", "user": "oncall", "namespace": "shop"}
    cluster = read["clusters"][0]["cluster"]
    assert base64.b64decode(cluster["certificate-authority-data"]) == b"PEM"
    assert cluster["server"] == "https://172.30.0.5:6443" and "insecure-skip-tls-verify" not in cluster
    assert read["users"] == [{"name": "oncall", "user": {"token": "t.o.k"}}]
