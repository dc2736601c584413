"""What a run takes for secret: the values of Secrets, and what its files assign."""

from __future__ import annotations

import base64

import pytest
from pydantic import JsonValue

from experiments.play.secrets import assigned, of_object

pytestmark = pytest.mark.unit

CERTIFICATE = base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()
SECRET = {
    "kind": "Secret",
    "data": {"password": base64.b64encode(b"hunter22").decode(), "tls.crt": CERTIFICATE, "empty": None},
    "stringData": {"username": "shop", "env": "API_TOKEN=abc-123\nMODE=fast"},
}


def test_the_values_of_a_secret_count_and_its_public_keys_do_not() -> None:
    found = set(of_object(SECRET))
    assert {b"hunter22", "abc-123", b"API_TOKEN=abc-123\nMODE=fast"} <= found
    assert not {b"shop", b"-----BEGIN CERTIFICATE-----"} & found


def test_a_secret_that_is_a_whole_file_is_no_word_of_its_own() -> None:
    file = "password=abc-123\n" + "x" * 20_000
    assert set(of_object({"kind": "Secret", "stringData": {"release": file}})) == {"abc-123"}


def test_manifests_assign_in_environments_command_lines_and_addresses() -> None:
    env = [{"name": "PGPASSWORD", "value": "one-1"}, {"name": "URL", "value": "redis://:two-2@cache"}]
    args = ["--maxmemory", "64mb", "--token", "three-3", "--api-key=four-4"]
    pod = {"kind": "Pod", "spec": {"containers": [{"env": env, "args": args}], "volumes": [{"secret": "not-this"}]}}
    assert set(of_object(pod)) == {"one-1", "two-2", "three-3", "four-4"}


def test_a_step_that_writes_a_secret_gives_it_away() -> None:
    step: JsonValue = {
        "resource": "secret/db",
        "change": {"stringData": {"rotated": "five-5"}, "data": {"x": "c2l4LTY="}},
    }
    assert {b"five-5", b"six-6"} <= set(assigned({"fault": [{"arguments": step}]}))


def test_a_runbook_assigns_and_refers() -> None:
    script = "export TOKEN=seven-7\ncurl -u bob:eight-8 http://x\nPGPASSWORD=$(cat pw) psql 'password=${PW}'"
    assert set(assigned({"blocks": [{"script": script}]})) == {"seven-7", "eight-8"}
