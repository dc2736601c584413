"""What is redacted: known secrets in every form, and what looks like one; and what is left alone."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import pytest
from pydantic import JsonValue

from experiments.play.logs import RedactedLogs
from experiments.record.files import CleanupFile, Event
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase
from experiments.record.redaction import Redaction

pytestmark = pytest.mark.unit

SECRET = 'Zk7/"pa ss"+vX=\\42é'
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(["MIIEpAIBAAKCAQEA7bq" + "x" * 45] * 4)
KEY_END = "\n-----END RSA PRIVATE KEY-----"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvbmNhbGwifQ.c2lnbmF0dXJl_-x"
PEM64 = base64.b64encode((KEY + KEY_END).encode()).decode()


@pytest.fixture
def redaction() -> Redaction:
    known = Redaction()
    assert known.learn([SECRET, "canary-1f2e3d4c"])
    return known


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "\n", "xyz"])
def test_a_known_secret_is_found_in_base64_at_any_alignment(redaction: Redaction, before: str, after: str) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode((before + SECRET + after).encode()).decode()
        shown = redaction.text(f"x {encoded} y")
        assert "[redacted]" in shown
        assert len(shown) - len("x [redacted] y") <= 2 * len(before + after) + 6  # what is around it may stay


@pytest.mark.parametrize("form", [
    SECRET, json.dumps(SECRET), json.dumps(SECRET, ensure_ascii=False), "canary-1f2e3d4c", "canary-1f2e3d4c" * 2,
    "postgres://x:Zk7%2F%22pa%20ss%22%2BvX%3D%5C42%C3%A9@host/db",
])  # fmt: skip
def test_a_known_secret_is_found_in_every_form(redaction: Redaction, form: str) -> None:
    shown = redaction.text(f"<{form}>")
    assert "[redacted]" in shown
    assert not any(part in shown for part in ("Zk7", "42", "canary", "1f2e"))


def test_lines_of_a_known_key_are_found_alone_and_wrapped() -> None:
    known = Redaction()
    known.learn([KEY + KEY_END])
    assert known.text("    " + KEY.splitlines()[2]) == "    [redacted]"
    for columns in (64, 76):
        for at in range(0, len(PEM64) - 16, columns):
            assert known.text(PEM64[at : at + columns]) == "[redacted]"


@pytest.mark.parametrize("value", ["", "true", "postgres", "metrics", "Default", "12345", "1234567", "abc", "  x  "])
def test_a_plain_value_is_no_secret(value: str) -> None:
    assert not Redaction().learn([value])


LOOKS = [
    ("password=s3cr", "password=[redacted]"),
    ("PGPASSWORD='s3 cr' psql", "PGPASSWORD='[redacted]' psql"),
    ('{"api_key": "a b\\"c"}', '{"api_key": "[redacted]"c"}'),
    ('"{\\"token\\": \\"abc\\"}"', '"{\\"token\\": \\"[redacted]\\"}"'),
    ("password: Hunter22", "password: [redacted]"),
    ("--token abcdef next", "--token [redacted] next"),
    ("ALTER USER a PASSWORD 'x y';", "ALTER USER a PASSWORD '[redacted]';"),
    ("IDENTIFIED BY \"x y\"", "IDENTIFIED BY \"[redacted]\""),
    ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
    ("-H 'authorization: Basic dXNlcjpw'", "-H 'authorization: Basic [redacted]'"),
    ("postgres://shop:p@ss@db:5432/x", "postgres://shop:[redacted]@db:5432/x"),
    ("redis://:pw@cache", "redis://:[redacted]@cache"),
    ("curl -u bob:x1 http://a", "curl -u bob:[redacted] http://a"),
    ("redis-cli -h cache -a x1 ping", "redis-cli -h cache -a [redacted] ping"),
    ("requirepass abc", "requirepass [redacted]"),
    ("id AKIAIOSFODNN7EXAMPLE.", "id [redacted]."),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = [redacted]"),
    (f"jwt {JWT} end", "jwt [redacted] end"),
    (f"a\n{KEY}{KEY_END}\nb", "a\n[redacted]\nb"),
    (f"a\n{KEY}", "a\n[redacted]"),
    (json.dumps(KEY + KEY_END), '"[redacted]"'),
    (f"client-key-data: {PEM64}", "client-key-data: [redacted]"),
    (f"x {PEM64} y", "x [redacted] y"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), LOOKS, ids=[text[:30] for text, _ in LOOKS])
def test_what_looks_like_a_secret_is_redacted_once(text: str, shown: str) -> None:
    assert Redaction().text(text) == shown
    assert Redaction().text(shown) == shown


@pytest.mark.parametrize("text", [
    "automountServiceAccountToken: false", "PGPASSWORD=$(kubectl get secret x)", "password=${PW}", "token: <none>",
    "secret: shop-tls", "GET http://shop:8080/products?page=2", "password authentication failed for user shop",
    'sum(rate(tokens_total{path="/token"}[5s])) > 3', "kubectl get secret -o jsonpath='{.data.password}'",
    "https://runbooks.example/api@v2", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG").decode(), "key: value", "a token == b",
])  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redaction().text(text) == text


def test_json_stays_json_and_fields_named_like_secrets_are_redacted(redaction: Redaction) -> None:
    env: list[JsonValue] = [{"name": "API_TOKEN", "value": "xyz"}, {"name": "MODE", "value": "fast"}]
    value = redaction.value({"password": "x", "env": env, "n": 3, "q": f'say "{SECRET}"', "token": None})
    assert value == {
        "password": "[redacted]",
        "env": [{"name": "API_TOKEN", "value": "[redacted]"}, {"name": "MODE", "value": "fast"}],
        "n": 3,
        "q": 'say "[redacted]"',
        "token": None,
    }


def test_nothing_is_written_to_a_run_folder_with_a_secret(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.redaction.learn([SECRET])
    folder.write("cleanup.json", CleanupFile(undone=[f"restore {SECRET}"], failed=[], differences=[SECRET]))
    folder.append(Event(at=1.5, what="error", phase=Phase.FAULT, title=f"x {SECRET}", detail={"message": SECRET}))
    folder.write_text("rules.scaled.yaml", f"a: {SECRET}\n")
    folder.write_json("journal.json", {"run": [{"output": SECRET, "provider": {"arguments": {"password": "p"}}}]})
    (tmp_path / "out").write_text(f"late {SECRET}\n")
    folder.redact_again("out")
    for path in tmp_path.iterdir():
        assert "Zk7" not in path.read_text() and "[redacted]" in path.read_text()
    assert folder.read("cleanup.json", CleanupFile).differences == ["[redacted]"]
    assert folder.events()[0].title == "x [redacted]"


def test_no_log_record_has_a_secret(redaction: Redaction, caplog: pytest.LogCaptureFixture) -> None:
    logs = RedactedLogs(redaction)
    logs.install()
    logs.install()
    logging.getLogger("x").warning("does not fit: %d", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("chaostoolkit").exception("failed: %s %s", SECRET, "token=abc")
    finally:
        logs.restore()
    assert "failed: [redacted] token=[redacted]" in caplog.text
    assert "ValueError: [redacted]" in caplog.text
    assert "does not fit" in caplog.text and SECRET not in caplog.text
    logging.getLogger("x").warning("%s", SECRET)
    assert SECRET in caplog.text
