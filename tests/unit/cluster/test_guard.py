"""Each thing that only the lab of this checkout has, missing or different, is refused by itself."""

from __future__ import annotations

import base64
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from docker.errors import NotFound
from kubernetes import client as kube

from cluster import guard
from cluster.errors import NotOurLab
from cluster.lab import LABEL_CHECKOUT, LABEL_KIND, LABEL_LAB, Lab

pytestmark = pytest.mark.unit

AUTHORITY = b"the lab's authority"
PORT = 40123
UID = "5f0c4a1e-0000-4000-8000-000000000000"


class FakeEngine:
    """An engine with one container and one network, each as a test wants it."""

    def __init__(self, lab: Lab) -> None:
        self.container = SimpleNamespace(
            name=lab.control_plane,
            labels={LABEL_KIND: lab.name},
            attrs={
                "NetworkSettings": {
                    "Networks": {lab.network: {}},
                    "Ports": {"6443/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(PORT)}]},
                }
            },
            get_archive=self._archive,
        )
        self.network_labels: dict[str, str] = {LABEL_LAB: lab.name, LABEL_CHECKOUT: str(lab.root)}
        self.authority = AUTHORITY
        self.containers = SimpleNamespace(get=self._container)
        self.networks = SimpleNamespace(get=lambda _: SimpleNamespace(attrs={"Labels": self.network_labels}))

    def close(self) -> None:
        """Nothing to close."""

    def _container(self, name: str) -> Any:
        if self.container.name != name:
            raise NotFound(name)
        return self.container

    def _archive(self, path: str) -> tuple[list[bytes], dict[str, str]]:
        text = io.BytesIO()
        with tarfile.open(fileobj=text, mode="w") as archive:
            entry = tarfile.TarInfo(Path(path).name)
            entry.size = len(self.authority)
            archive.addfile(entry, io.BytesIO(self.authority))
        return [text.getvalue()], {}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    made = Lab("firedrill", tmp_path, tmp_path / "cache")
    made.state.mkdir(parents=True)
    cluster = {
        "server": f"https://127.0.0.1:{PORT}",
        "certificate-authority-data": base64.b64encode(AUTHORITY).decode(),
    }
    whole = {"clusters": [{"name": "kind-firedrill", "cluster": cluster}]}
    made.kubeconfig.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return made


@pytest.fixture
def engine(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    made = FakeEngine(lab)
    monkeypatch.setattr("docker.from_env", lambda **_: made)
    return made


def test_the_lab_of_this_checkout_passes(lab: Lab, engine: FakeEngine) -> None:
    assert guard.check_machine(lab).port == PORT


def test_the_users_kubeconfig_is_never_read(
    lab: Lab, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(lab.kubeconfig.rename(tmp_path / "users-own")))
    with pytest.raises(NotOurLab, match="is missing"):
        guard.check_machine(lab)


def test_no_container_is_refused(lab: Lab, engine: FakeEngine) -> None:
    engine.container.name = "somebody-else"
    with pytest.raises(NotOurLab, match="no node container firedrill-control-plane"):
        guard.check_machine(lab)


def test_a_container_that_kind_did_not_label_is_refused(lab: Lab, engine: FakeEngine) -> None:
    engine.container.labels = {}
    with pytest.raises(NotOurLab, match="no node of the kind cluster"):
        guard.check_machine(lab)


def test_a_container_outside_the_labs_network_is_refused(lab: Lab, engine: FakeEngine) -> None:
    engine.container.attrs["NetworkSettings"]["Networks"] = {"kind": {}}
    with pytest.raises(NotOurLab, match="not in the network firedrill-firedrill"):
        guard.check_machine(lab)


def test_another_checkouts_network_is_refused_and_a_name_advised(lab: Lab, engine: FakeEngine) -> None:
    engine.network_labels[LABEL_CHECKOUT] = "/elsewhere"
    with pytest.raises(NotOurLab, match=r"(?s)/elsewhere.*FIREDRILL_NAME"):
        guard.check_machine(lab)


def test_another_port_is_refused(lab: Lab, engine: FakeEngine) -> None:
    engine.container.attrs["NetworkSettings"]["Ports"]["6443/tcp"][0]["HostPort"] = "1"
    with pytest.raises(NotOurLab, match="port 40123"):
        guard.check_machine(lab)


def test_another_certificate_authority_is_refused(lab: Lab, engine: FakeEngine) -> None:
    engine.authority = b"another"
    with pytest.raises(NotOurLab, match="another certificate authority"):
        guard.check_machine(lab)


@pytest.fixture
def cluster(lab: Lab, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """An API server that answers for the identity as a test wants it."""
    answer: dict[str, Any] = {"status": 200, "body": {"data": {"uid": UID}}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer["status"])
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer["body"]).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings = kube.Configuration(host=f"http://127.0.0.1:{server.server_port}")
    settings.proxy = None
    monkeypatch.setattr(guard, "connect", lambda _: kube.ApiClient(settings))
    yield answer
    server.shutdown()
    server.server_close()


def test_the_same_uid_in_cluster_and_state_opens_a_handle(lab: Lab, cluster: dict[str, Any]) -> None:
    lab.identity.write_text(UID, encoding="utf-8")
    assert guard.open_handle(lab).lab == lab


def test_no_identity_on_disk_is_refused(lab: Lab, cluster: dict[str, Any]) -> None:
    with pytest.raises(NotOurLab, match="identity is missing"):
        guard.open_handle(lab)


def test_another_uid_is_refused(lab: Lab, cluster: dict[str, Any]) -> None:
    lab.identity.write_text("another", encoding="utf-8")
    with pytest.raises(NotOurLab, match=f"says it is {UID}"):
        guard.open_handle(lab)


def test_a_cluster_without_identity_is_refused(lab: Lab, cluster: dict[str, Any]) -> None:
    lab.identity.write_text(UID, encoding="utf-8")
    cluster.update(status=404, body={})
    with pytest.raises(NotOurLab, match="answers 404"):
        guard.open_handle(lab)


def test_a_kubeconfig_replaced_after_the_check_is_refused(lab: Lab, cluster: dict[str, Any]) -> None:
    lab.identity.write_text(UID, encoding="utf-8")
    handle = guard.open_handle(lab)
    lab.kubeconfig.write_text(lab.kubeconfig.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    with pytest.raises(NotOurLab, match="replaced while it was in use"):
        handle.kubectl("version")


def test_nobody_else_makes_a_handle(lab: Lab) -> None:
    with pytest.raises(TypeError, match="open_handle"):
        guard.Handle(object(), lab, SimpleNamespace(), SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type]


def test_a_lab_and_its_victim_never_pass_for_each_other(lab: Lab, engine: FakeEngine) -> None:
    victim = lab.victim()
    victim.state.mkdir()
    victim.kubeconfig.write_bytes(lab.kubeconfig.read_bytes())
    with pytest.raises(NotOurLab, match="no node container firedrill-victim-control-plane"):
        guard.check_machine(victim)
    engine.container.name = victim.control_plane
    with pytest.raises(NotOurLab, match="no node of the kind cluster firedrill-victim"):
        guard.check_machine(victim)
    engine.container.labels = {LABEL_KIND: victim.name}
    assert guard.check_machine(victim).port == PORT
    with pytest.raises(NotOurLab, match="no node container firedrill-control-plane"):
        guard.check_machine(lab)


def test_a_victim_in_another_checkouts_network_is_refused(lab: Lab, engine: FakeEngine) -> None:
    victim = lab.victim()
    victim.state.mkdir()
    victim.kubeconfig.write_bytes(lab.kubeconfig.read_bytes())
    engine.container.name, engine.container.labels = victim.control_plane, {LABEL_KIND: victim.name}
    engine.network_labels[LABEL_CHECKOUT] = "/elsewhere"
    with pytest.raises(NotOurLab, match="/elsewhere"):
        guard.check_machine(victim)
