"""Who is let in, from where, and under which name of the server."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from cluster.errors import UsageError
from drills.server.access import Access, Role, Visitor, is_loopback, read_tokens
from drills.server.app import create_app
from tests.unit.drills.server.sample_drill import write
from tests.unit.drills.server.test_page import HOST, TOKENS, ask, page, post

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example:8000", 400),
        ("localhost.evil.example", 400),
        ("192.168.1.7:8000", 400),
        ("", 400),
    ],
)
def test_only_its_own_names_are_served(tmp_path: Path, host: str, status: int) -> None:
    write(tmp_path, "paged")
    assert ask(tmp_path, lambda c: c.get("/", headers={"host": host})).status_code == status


def test_a_server_on_every_address_is_reached_by_address_and_not_by_any_name() -> None:
    access = Access.on("0.0.0.0", TOKENS)  # noqa: S104
    assert access.serves("192.168.1.7:8000") and access.serves("[fe80::1]:8000")
    assert not access.serves("evil.example:8000")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": HOST}, 204),
        ({"origin": "", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_nothing_is_posted_from_elsewhere(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    drill = write(tmp_path, "paged")
    form = {"what": "note", "text": "x"}
    answer = ask(tmp_path, lambda c: c.post("/moves", data=form, headers={"hx-request": "true", **headers}))
    assert answer.status_code == status
    assert len(drill.moves()) == (1 if status == 204 else 0)


def test_who_says_no_origin_needs_to_be_of_the_same_site(tmp_path: Path) -> None:
    access = Access.on("127.0.0.1")
    assert access.from_itself("127.0.0.1:8000", None, "same-origin")
    assert not access.from_itself("127.0.0.1:8000", None, "cross-site")
    assert not access.from_itself("127.0.0.1:8000", None, None)


@pytest.mark.parametrize("path", ["/", "/stream", "/report/report.html", "/moves"])
@pytest.mark.parametrize("token", ["", "token-of-the-traine", "token-of-the-trainee2"])
def test_without_a_known_token_nothing_is_seen(tmp_path: Path, path: str, token: str) -> None:
    write(tmp_path, "ended")
    answer = ask(tmp_path, lambda c: c.get(path), token=token, tokens=True)
    assert answer.status_code == 401 and "heron" not in answer.text
    if path == "/moves":
        assert post(tmp_path, "note", "x", token=token, tokens=True).status_code == 401


def test_a_token_becomes_a_cookie_once(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    answer = ask(tmp_path, lambda c: c.get("/?token=token-of-the-trainee"), tokens=True)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and "firedrill-8000=" in cookie
    assert 'content="0;url=/"' in answer.text and "token-of" not in answer.text
    assert ask(tmp_path, lambda c: c.get("/?token=wrong-and-long-enough"), tokens=True).status_code == 401
    evil = ask(tmp_path, lambda c: c.get(f"{HOST}//evil.example/%22%3E?token=token-of-the-trainee"), tokens=True)
    assert 'url=/evil.example/"' in evil.text


def test_observers_watch_and_change_nothing(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    seen = page(tmp_path, token="token-of-the-observer", tokens=True)
    assert "DbPoolNearlyExhausted" in seen and '<form method="post"' not in seen
    assert post(tmp_path, "note", "x", token="token-of-the-observer", tokens=True).status_code == 403
    assert drill.moves() == []


def test_a_facilitator_notes_but_does_not_play(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    how = {"token": "token-of-the-facilitator", "tokens": True}
    assert post(tmp_path, "declare", **how).status_code == 403
    assert post(tmp_path, "note", "they look at the database", **how).status_code == 204
    assert [(one.role, one.by) for one in drill.moves()] == [("facilitator", "facilitator")]


def test_a_token_may_name_a_team(tmp_path: Path) -> None:
    access = Access.on("127.0.0.1", (("token-of-the-herons", Visitor(Role.TRAINEE, "herons")),))
    assert access.visitor("token-of-the-herons") == Visitor(Role.TRAINEE, "herons")
    assert access.visitor("token-of-the-heröns") is None


def test_another_address_needs_tokens() -> None:
    for host in ("0.0.0.0", "192.168.1.7", "::", "lab.example"):  # noqa: S104
        with pytest.raises(UsageError, match="no role has a token"):
            Access.on(host)
    assert is_loopback("127.0.0.5") and is_loopback("::1") and is_loopback("localhost")


@pytest.mark.parametrize(
    "written",
    ['{"trainee": "short"}', "{}", "[]", "no json", '{"boss": "0123456789abcdef"}',
     '{"trainee": "0123456789abcdef", "observer": "0123456789abcdef"}'],
)  # fmt: skip
def test_a_tokens_file_that_is_none_is_refused_without_repeating_it(tmp_path: Path, written: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(written)
    with pytest.raises(UsageError) as told:
        read_tokens(path)
    assert "0123456789abcdef" not in str(told.value) and "short" not in str(told.value)
    path.write_text(json.dumps({"observer": "0123456789abcdef"}))
    assert read_tokens(path) == (("0123456789abcdef", Visitor(Role.OBSERVER)),)


def test_every_answer_forbids_what_is_not_the_servers_own(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    for path in ("/", "/nothing", "/static/base.css"):
        headers = ask(tmp_path, lambda c, path=path: c.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_a_body_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    assert post(tmp_path, "note", "x" * 70_000).status_code == 413


def test_no_page_of_documentation_is_served(tmp_path: Path) -> None:
    app = create_app(tmp_path, Access.on("127.0.0.1"))
    assert isinstance(httpx.ASGITransport(app), httpx.ASGITransport)
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert ask(tmp_path, lambda c, path=path: c.get(path)).status_code == 404
