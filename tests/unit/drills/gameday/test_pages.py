"""The day's server asked from outside: who gets what, orders taken and refused, the live page behind one address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drills.gameday.access import links, rules, tokens
from drills.gameday.app import create_day_app
from drills.gameday.folder import DayFolder
from drills.gameday.record import Happening, Word
from experiments.record.drill import FOLDER
from tests.unit.drills.gameday.sample_day import RUN, SECRETS, after_one, happened, running, write

pytestmark = pytest.mark.unit

HOST = "127.0.0.1:8700"
OWN = {"Origin": f"http://{HOST}"}


class Server:
    """The day's application and its tokens."""

    def __init__(self, folder: DayFolder) -> None:
        self.folder = folder
        self.tokens = tokens(folder.path, folder.file().teams)
        app = create_day_app(folder, rules("127.0.0.1", self.tokens), links(f"http://{HOST}", self.tokens))
        self.client = TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)

    def cookie(self, token: str) -> dict[str, str]:
        return {"Cookie": f"firedrill-8700={token}"}

    def get(self, path: str, token: str) -> tuple[int, str]:
        answer = self.client.get(path, headers=self.cookie(token))
        return answer.status_code, answer.text

    def order(self, what: str, token: str, text: str = "", **headers: str) -> tuple[int, str]:
        form = {"what": what, "text": text}
        answer = self.client.post("/day/orders", data=form, headers={**OWN, **self.cookie(token), **headers})
        return answer.status_code, answer.text


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Server]:
    server = Server(running(tmp_path))
    with server.client:
        yield server


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Server]:
    server = Server(write(tmp_path))
    with server.client:
        yield server


def test_tokens_outlive_a_restart_and_are_this_users_alone(tmp_path: Path) -> None:
    folder = write(tmp_path)
    first = tokens(folder.path, ["Kestrel", "Heron"])
    assert tokens(folder.path, ["Kestrel", "Heron"]) == first
    assert (folder.path / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert len({first.facilitator, first.observer, *first.teams.values()}) == 4


def test_nobody_gets_in_without_a_token_on_loopback_either(live: Server) -> None:
    for path in ("/", "/day", "/day/stream", "/wall", "/wall/stream", "/stream", "/lobby/stream"):
        assert live.get(path, "")[0] == 401
    assert live.get("/static/day/day.css", "")[0] == 200
    assert live.get("/static/base.css", "")[0] == 200


def test_only_the_facilitator_sees_and_leads_the_day(live: Server) -> None:
    for token in (live.tokens.observer, *live.tokens.teams.values()):
        for path in ("/day", "/day/stream"):
            status, text = live.get(path, token)
            assert (status, [one for one in SECRETS if one in text]) == (403, [])
        assert live.order("end", token)[0] == 403
    assert live.folder.orders() == []
    status, page = live.get("/day", live.tokens.facilitator)
    assert status == 200
    assert "All pages expire together" in page
    assert live.tokens.teams["Heron"] in page


def test_the_wall_holds_no_token_and_no_secret(live: Server) -> None:
    status, page = live.get("/wall", live.tokens.observer)
    assert status == 200
    assert "Kestrel is on an incident" in page
    assert not [one for one in (*SECRETS, RUN, live.tokens.observer) if one in page]


def test_the_team_on_call_has_the_live_page_and_the_other_one_waits(live: Server) -> None:
    status, page = live.get("/", live.tokens.teams["Kestrel"])
    assert (status, 'sse-connect="/stream"' in page, "Pages take seconds" in page) == (200, True, True)
    status, page = live.get("/", live.tokens.teams["Heron"])
    assert (status, 'sse-connect="/lobby/stream"' in page, "Pages take seconds" in page) == (200, True, False)
    assert live.get("/stream", live.tokens.teams["Heron"])[0] == 409
    assert live.client.get("/", headers=live.cookie(live.tokens.observer)).headers["location"] == "/wall"


def test_moves_of_the_team_on_call_reach_the_drill_under_its_name(live: Server) -> None:
    moves = live.folder.runs / RUN / FOLDER / "moves.jsonl"
    before = len(moves.read_text().splitlines())
    form = {"what": "note", "text": "hello"}
    for team, status in (("Heron", 409), ("Kestrel", 303)):
        answer = live.client.post("/moves", data=form, headers={**OWN, **live.cookie(live.tokens.teams[team])})
        assert answer.status_code == status
    lines = moves.read_text().splitlines()
    assert len(lines) == before + 1
    assert '"by": "Kestrel"' in lines[-1]


def test_ending_an_incident_tells_the_drill_and_the_conductor(live: Server) -> None:
    assert live.order("end-incident", live.tokens.facilitator)[0] == 303
    assert [one.what for one in live.folder.orders()] == [Word.END_INCIDENT]
    last = (live.folder.runs / RUN / FOLDER / "moves.jsonl").read_text().splitlines()[-1]
    assert '"what": "end"' in last
    assert '"role": "facilitator"' in last


def test_a_message_reaches_the_team_that_plays_too(live: Server) -> None:
    assert live.order("message", live.tokens.facilitator, "Coffee <i>at ten</i>")[0] == 303
    assert [one.text for one in live.folder.orders()] == ["Coffee <i>at ten</i>"]
    assert "Coffee &lt;i&gt;at ten" in live.get("/", live.tokens.teams["Kestrel"])[1]
    assert "Coffee" not in live.get("/wall", live.tokens.observer)[1], "the conductor has not told it yet"


def test_an_order_in_a_wrong_state_is_refused_and_not_kept(live: Server) -> None:
    assert live.order("inject", live.tokens.facilitator) == (409, "inject: an incident is running; end it first")
    assert live.order("explode", live.tokens.facilitator)[0] == 422
    assert live.order("message", live.tokens.facilitator, "x" * 501)[0] == 422
    assert live.order("message", live.tokens.facilitator, " ")[0] == 409
    assert live.folder.orders() == []


def test_an_order_from_another_site_is_refused(planned: Server) -> None:
    assert planned.order("start", planned.tokens.facilitator, Origin="http://evil.example")[0] == 403
    assert planned.folder.orders() == []
    assert planned.order("start", planned.tokens.facilitator)[0] == 303
    assert [one.what for one in planned.folder.orders()] == [Word.START]


def test_before_the_start_everybody_waits(planned: Server) -> None:
    status, page = planned.get("/", planned.tokens.teams["Heron"])
    assert (status, "The day begins soon" in page) == (200, True)
    facilitator = planned.client.get("/", headers=planned.cookie(planned.tokens.facilitator))
    assert facilitator.headers["location"] == "/day"


def test_after_its_incident_a_team_reads_its_debrief(tmp_path: Path) -> None:
    server = Server(after_one(tmp_path))
    with server.client:
        kestrel = server.tokens.teams["Kestrel"]
        assert "/?debrief" in server.get("/", kestrel)[1]
        assert "They all had one lifetime" in server.get("/?debrief", kestrel)[1]
        assert "/?debrief" not in server.get("/", server.tokens.teams["Heron"])[1]
        assert "They all had one lifetime" not in server.get("/?debrief", server.tokens.teams["Heron"])[1]


def test_the_page_sees_what_the_conductor_tells(live: Server) -> None:
    live.folder.tell(happened(500, Happening.INTERRUPTED, text="killed"))
    status, page = live.get("/day", live.tokens.facilitator)
    assert (status, "came to no result" in page, "No conductor" in page) == (200, True, True)
    with live.folder.conducted():
        assert "No conductor" not in live.get("/day", live.tokens.facilitator)[1]
