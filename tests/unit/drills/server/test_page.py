"""What the page shows to whom and when; everything from outside is text."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from drills.server.access import Access, Role, Visitor
from drills.server.app import create_app
from drills.server.fragments import Fragments
from drills.server.state import DrillFiles
from drills.server.stream import Watch, events
from experiments.record.drill import AlertNow, Command
from tests.unit.drills.server.sample_drill import CARD, SECRETS, STAGES, DrillFolder, delivery, event, write

pytestmark = pytest.mark.unit

HOST = "http://127.0.0.1:8000"
TOKENS = tuple((f"token-of-the-{role.value}", Visitor(role)) for role in Role)
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\x1b[31m\u202e"


def client(run: Path, *, token: str = "", tokens: bool = False) -> httpx.AsyncClient:
    access = Access.on("127.0.0.1", TOKENS if tokens else ())
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(run, access)),
        base_url=HOST,
        headers={"origin": HOST},
        cookies={"firedrill-8000": token} if token else {},
    )


def ask(run: Path, talk: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]], **how: object) -> httpx.Response:
    async def once() -> httpx.Response:
        async with client(run, **how) as asked:  # type: ignore[arg-type]
            return await talk(asked)

    return asyncio.run(once())


def page(run: Path, **how: object) -> str:
    answer = ask(run, lambda c: c.get("/"), **how)
    assert answer.status_code == 200
    return answer.text


def post(run: Path, what: str, text: str = "", of: str = "", **how: object) -> httpx.Response:
    form = {"what": what, "text": text, "of": of}
    return ask(run, lambda c: c.post("/moves", data=form, headers={"hx-request": "true"}), **how)


def stream(run: Path, role: Role = Role.TRAINEE) -> str:
    """Everything that a visitor is sent at first."""

    async def first() -> str:
        watch, found = Watch(DrillFiles(run)), list[str]()
        watch.look()
        async for sent in events(watch, Fragments(), Visitor(role)):
            found.append(sent)
            if sent.startswith("event: now"):
                break
        return "".join(found)

    return asyncio.run(first())


@pytest.mark.parametrize("stage", STAGES[:-1])
@pytest.mark.parametrize("role", [Role.TRAINEE, Role.OBSERVER])
def test_nothing_secret_leaves_before_the_end(tmp_path: Path, stage: str, role: Role) -> None:
    write(tmp_path, stage)
    (tmp_path / "report.html").write_text("the whole story of cache-stampede")
    seen = page(tmp_path, token=f"token-of-the-{role.value}", tokens=True) + stream(tmp_path, role)
    assert [secret for secret in SECRETS if secret in seen] == []
    assert "does harm" not in seen and "bites" not in seen
    for name in ("", "report.html", "verdict.json", "drill/card.json", "../x"):
        assert ask(tmp_path, lambda c, name=name: c.get(f"/report/{name}")).status_code == 404


def test_what_the_harm_is_about_is_not_plotted_before_the_page(tmp_path: Path) -> None:
    write(tmp_path / "a", "waiting")
    before = stream(tmp_path / "a")
    write(tmp_path / "b", "paged")
    after = stream(tmp_path / "b")
    assert "the pool is exhausted" not in before and "p95 under 50 ms" in before
    assert "the pool is exhausted" in after
    assert before.count("0.97") == 0


def test_the_true_cause_is_not_marked_among_the_causes(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    shown = re.findall(r"<label><input[^>]*cause-\d[^>]*> <span>[^<]*</span></label>", page(tmp_path))
    assert len(shown) == len(CARD.causes)
    assert len({re.sub(r"cause-\d|value=\"\d\"|<span>.*</span>", "", one) for one in shown}) == 1


def test_everything_is_told_after_the_end(tmp_path: Path) -> None:
    write(tmp_path, "ended")
    (tmp_path / "report.html").write_text("the whole story")
    seen = page(tmp_path)
    assert [one for one in (*SECRETS[:3], "The true cause:", "nobody was told") if one not in seen] == []
    answer = ask(tmp_path, lambda c: c.get("/report/report.html"))
    assert (answer.status_code, answer.text) == (200, "the whole story")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert ask(tmp_path, lambda c: c.get("/report/drill/card.json")).status_code == 404
    assert ask(tmp_path, lambda c: c.get("/report/%2e%2e/%2e%2e/etc/passwd")).status_code == 404


def test_the_facilitator_sees_the_true_cause(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    seen = page(tmp_path, token="token-of-the-facilitator", tokens=True)
    assert "True cause: All cached pages have the same lifetime" in seen
    assert "I think it is fixed" not in seen


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    bad = AlertNow(alert=HOSTILE, state="firing", severity=HOSTILE, summary=HOSTILE, labels={"a": HOSTILE}, since=1)
    drill.live(
        time.time(),
        alerts=(bad,),
        deliveries=(delivery(drill.paged, HOSTILE, team=HOSTILE),),
        events=(event(1, HOSTILE, HOSTILE, warning=True, namespace=HOSTILE), event(1, HOSTILE, HOSTILE)),
        error=HOSTILE,
    )
    drill.card(CARD.model_copy(update={"symptoms": HOSTILE, "runbook": f"# {HOSTILE}\n```bash fix\n{HOSTILE}\n```\n"}))
    drill.say("asks", drill.paged + 1, HOSTILE)
    drill.append("commands.jsonl", Command(at=drill.paged + 2, command=HOSTILE, exit_code=0, took_s=1))
    for what in ("note", "hypothesis", "status"):
        assert post(tmp_path, what, HOSTILE).status_code == 204
    seen = page(tmp_path) + stream(tmp_path)
    assert seen.count("&lt;script&gt;") > 20
    assert re.findall(r"<script(?! src=\"/static/)", seen) == []
    assert "<img" not in seen and "\x1b" not in seen and "\u202e" not in seen


def test_markdown_links_only_to_the_web(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    seen = page(tmp_path)
    assert '<a href="https://example.org/shop" rel="noopener noreferrer" target="_blank">' in seen
    assert 'href="javascript' not in seen


def test_a_question_is_missed_after_three_minutes(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged", paged=time.time() - 300)
    drill.say("asks", time.time() - 170, "How bad is it?")
    assert "Somebody wants to know" in page(tmp_path)
    later = DrillFolder(tmp_path)
    later.append("desk.jsonl", drill.say("asks", time.time() - 181, "And now?").model_copy(update={"id": "s99"}))
    assert "A question went past you" in page(tmp_path)


def test_a_card_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    assert "The lab is being prepared" in page(tmp_path)
    (tmp_path / "drill").mkdir()
    (tmp_path / "drill" / "card.json").write_text('{"half": ')
    (tmp_path / "drill" / "desk.jsonl").write_text('{"id": "s1", "at"')
    assert "The lab is being prepared" in page(tmp_path)


def test_a_page_that_starts_again_knows_everything(tmp_path: Path) -> None:
    drill = write(tmp_path, "deep", paged=1_000_000_000.0)
    assert post(tmp_path, "note", "before the restart").status_code == 204
    seen = page(tmp_path)
    assert f'data-since="{drill.paged}"' in seen
    assert "before the restart" in seen and "Not yet; next update in five minutes." in seen
