"""The page of a drill in a real browser, served by the real process, from a folder that grows as a run's does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from experiments.record.drill import AlertNow
from tests.component.test_report_in_browser import BEYOND, DESKTOP, PALE, PHONE, Scheme, look
from tests.unit.drills.server.sample_drill import CARD, DrillFolder, delivery, event, write

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert('cluster')</script><img src=x onerror=alert(1)>"
UPDATE_MS = 2000
"""A page follows the cluster within two seconds."""

pytestmark = pytest.mark.component


class Server:
    """`python -m drills.server` for a run folder.

    Args:
        run: the run folder.
        options: further ones of the command.
    """

    def __init__(self, run: Path, *options: str) -> None:
        self.run = run
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it (again); its address."""
        before = time.time()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drills.server", str(self.run), *self._options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        while time.time() < before + 30:
            if (found := self._page()) and found["pid"] == self._process.pid:
                return str(found["url"])
            time.sleep(0.05)
        raise AssertionError("the server has not written its address")

    def kill(self) -> None:
        """End it as the system does when memory is short."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=10)

    def stop(self) -> bytes:
        """End it as its parent does; what it printed."""
        assert self._process is not None
        self._process.terminate()
        printed, _ = self._process.communicate(timeout=10)
        return printed

    def used(self) -> tuple[float, float]:
        """CPU time so far (s) and resident memory (MB)."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        resident = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident * 4096 / 1e6

    def _page(self) -> dict[str, object] | None:
        path = self.run / "drill" / "page.json"
        found: dict[str, object] | None = json.loads(path.read_text()) if path.is_file() else None
        return found


Serve = Callable[..., Server]


class Run:
    """Grows a drill folder as a run does: a sample and a new live.json every second.

    Args:
        drill: the folder.
    """

    def __init__(self, drill: DrillFolder) -> None:
        self._drill = drill
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Run:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        firing = AlertNow(alert="DbPoolNearlyExhausted", state="firing", labels={}, since=self._drill.paged)
        while not self._over.wait(1.0):
            now = time.time()
            self._drill.sample(now)
            beat = event(now, "Killing", f"Stopping container at {int(now)}")
            old = tuple(event(now - n, "Pulled", f"image {n}") for n in range(1, 100))
            self._drill.live(now, alerts=(firing,), deliveries=(delivery(self._drill.paged),), events=(beat, *old))


@pytest.fixture
def serve(browser: Browser) -> Iterator[Serve]:
    """Makes servers; afterwards ends them, and closes what was opened."""
    made = list[Server]()

    def make(run: Path, *options: str) -> Server:
        made.append(Server(run, *options))
        return made[-1]

    yield make
    for context in browser.contexts:
        context.close()
    for server in made:
        server.kill()


def opened(browser: Browser, url: str, *, width: int = DESKTOP) -> tuple[Page, list[str]]:
    """A page in a browser of its own, and what it complains of."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme="light")
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(url)
    connected(page)
    return page, complaints


def connected(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-connected", "yes")


def shown_s(page: Page) -> int:
    """What the incident's clock shows, in seconds."""
    parts = [int(part) for part in page.locator("#clock").inner_text().split(":")]
    return sum(part * 60**n for n, part in enumerate(reversed(parts)))


@pytest.mark.parametrize("stage", ["waiting", "paged", "deep", "ended"])
def test_a_page_is_quiet_and_legible(browser: Browser, tmp_path: Path, stage: str, serve: Serve) -> None:
    write(tmp_path, stage, paged=time.time() - 240)
    server = serve(tmp_path)
    page, complaints = opened(browser, server.start())
    views: list[tuple[int, Scheme]] = [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]
    for width, scheme in views:
        look(page, width, scheme)
        page.reload()
        connected(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, scheme)
        assert [one for one in page.evaluate(BEYOND) if "<code" not in one] == [], (width, scheme)
        assert page.evaluate(PALE) == [], (width, scheme)
        assert complaints == [], (width, scheme)
    assert server.stop() == b""


def test_two_browsers_see_the_same_within_two_seconds(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "waiting", paged=time.time())
    server = serve(tmp_path)
    url = server.start()
    (one, _), (two, _) = opened(browser, url), opened(browser, url, width=PHONE)
    for page in (one, two):
        expect(page.get_by_role("heading", name="Everything is well")).to_be_visible()
    drill.paged = time.time()
    drill.say("paged", drill.paged)
    drill.live(drill.paged, deliveries=(delivery(drill.paged),))
    for page in (one, two):
        expect(page.locator("#pager").get_by_text("DbPoolNearlyExhausted")).to_be_visible(timeout=UPDATE_MS)
        expect(page.get_by_text("Customers report product pages")).to_be_visible()
    with Run(drill):
        one.locator("#words").fill("spikes, a minute apart")
        one.get_by_role("button", name="Add to the timeline").click()
        two.get_by_role("button", name="Acknowledge all").click()
        for page in (one, two):
            expect(page.locator("#timeline").get_by_text("spikes, a minute apart")).to_be_visible(timeout=UPDATE_MS)
            expect(page.locator("#pager").get_by_text("acknowledged by heron")).to_be_visible(timeout=UPDATE_MS)
        expect(one.locator("#words")).to_have_value("")
        before = one.evaluate("firedrillPlots()[0].points")
        until = time.time() + 5
        while one.evaluate("firedrillPlots()[0].points") <= before:
            assert time.time() < until, "the plots do not grow"
            one.wait_for_timeout(100)
        assert one.evaluate("firedrillPlots()[0].marks") == 2
        assert abs(shown_s(one) - shown_s(two)) <= 1


def test_a_server_killed_in_the_middle_comes_back_with_the_clock_right(
    browser: Browser, tmp_path: Path, serve: Serve
) -> None:
    drill = write(tmp_path, "deep", paged=time.time() - 245)
    server = serve(tmp_path)
    url = server.start()
    page, _ = opened(browser, url)
    page.locator("#words").fill("half a thought")
    server.kill()
    expect(page.get_by_text("Reconnecting")).to_be_visible(timeout=5000)
    page.get_by_role("button", name="Add to the timeline").click()
    expect(page.get_by_text("your text is still here")).to_be_visible()
    drill.move("note", time.time(), "written while nobody served")
    assert server.start() == url
    expect(page.locator("#timeline").get_by_text("written while nobody served")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("Reconnecting")).to_be_hidden()
    assert abs(shown_s(page) - (time.time() - drill.paged)) <= 2
    expect(page.locator("#words")).to_have_value("half a thought")
    page.get_by_role("button", name="Add to the timeline").click()
    expect(page.locator("#timeline").get_by_text("half a thought")).to_be_visible(timeout=UPDATE_MS)


def test_the_clock_is_the_servers(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "paged", paged=time.time() - 100)
    server = serve(tmp_path)
    url = server.start()
    page = browser.new_context().new_page()
    page.clock.set_system_time(0)  # a machine that believes it is 1970
    page.goto(url)
    page.wait_for_timeout(1500)
    assert abs(shown_s(page) - (time.time() - drill.paged)) <= 2


def test_typed_text_and_the_cursor_survive_what_comes_in(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "deep", paged=time.time() - 240)
    server = serve(tmp_path)
    page, _ = opened(browser, server.start())
    page.locator("#words").fill("a thought about Redis")
    page.get_by_label("There are too few replicas").check()
    page.locator("#answer-text").fill("we are on it")
    page.evaluate("document.getElementById('answer-text').setSelectionRange(3, 3)")
    drill.say("asks", time.time(), "A second question?")  # the question's part, the timeline and the fix are swapped
    drill.move("diagnosis", time.time(), "0")
    drill.move("severity", time.time(), "SEV1")
    expect(page.locator("#question").get_by_text("A second question?")).to_be_visible(timeout=UPDATE_MS)
    expect(page.locator("#bar").get_by_text("SEV1")).to_be_visible(timeout=UPDATE_MS)
    expect(page.locator("#words")).to_have_value("a thought about Redis")
    expect(page.locator("#answer-text")).to_have_value("we are on it")
    expect(page.get_by_label("There are too few replicas")).to_be_checked()
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["answer-text", 3]
    page.keyboard.type("X")
    expect(page.locator("#answer-text")).to_have_value("we Xare on it")


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "paged", paged=time.time() - 30)
    server = serve(tmp_path)
    page, complaints = opened(browser, server.start(), width=PHONE)
    long = "DbPool" + "Nearly" * 40 + "Exhausted"
    bad = AlertNow(alert=HOSTILE, state="firing", severity=long, summary=HOSTILE, labels={long: HOSTILE}, since=1)
    drill.live(
        time.time(),
        alerts=(bad,),
        deliveries=(delivery(drill.paged, long, team=HOSTILE),),
        events=(event(1, long, HOSTILE, warning=True), event(1, HOSTILE, long, namespace=HOSTILE)),
    )
    drill.say("asks", time.time(), HOSTILE)
    page.locator("#words").fill(HOSTILE + long)
    page.get_by_role("button", name="Add to the timeline").click()
    expect(page.locator("#timeline").get_by_text(HOSTILE).first).to_be_visible(timeout=UPDATE_MS)
    expect(page.locator("#alerts").get_by_text(HOSTILE).first).to_be_visible(timeout=UPDATE_MS)
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert complaints == []


def test_everything_can_be_done_with_the_keyboard(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "paged", paged=time.time() - 30)
    server = serve(tmp_path)
    page, complaints = opened(browser, server.start())
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("a")  # not while a dialog is open
    page.keyboard.press("Escape")
    assert drill.moves() == []
    page.keyboard.press("a")
    expect(page.locator("#pager").get_by_text("acknowledged by heron").first).to_be_visible(timeout=UPDATE_MS)
    page.keyboard.press("h")
    page.keyboard.type("a pool and a cache")  # holds every key's letter
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline").get_by_text("Hypothesis")).to_be_visible(timeout=UPDATE_MS)
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#diagnosis").get_by_text("chosen")).to_be_visible(timeout=UPDATE_MS)
    page.keyboard.press("f")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#fix").get_by_text("judging")).to_be_visible(timeout=UPDATE_MS)
    page.get_by_role("button", name="Take hint 1 of 3").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sure")).to_be_visible()
    page.keyboard.press("Enter")  # the first button cancels
    assert [one.what for one in drill.moves()] == ["acknowledge", "hypothesis", "diagnosis", "declare"]
    page.get_by_role("button", name="Take hint 1 of 3").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text(CARD.hints[0])).to_be_visible(timeout=UPDATE_MS)
    assert complaints == []


def test_a_link_with_a_token_lets_in_by_role(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"trainee": "trainee-0123456789", "observer": "observer-0123456789"}))
    drill = write(tmp_path / "run", "paged", paged=time.time() - 30)
    server = serve(drill.run, "--tokens", str(tokens), "--host", "0.0.0.0")  # noqa: S104
    url = server.start()
    stranger = browser.new_context().new_page()
    answer = stranger.goto(url)
    assert answer is not None and answer.status == 401
    page, _ = opened(browser, f"{url}?token=trainee-0123456789")
    assert page.url == url  # nothing of the token stays in the address
    expect(page.get_by_role("button", name="I think it is fixed")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="I think it is fixed")).to_be_visible()
    watching, _ = opened(browser, f"{url}?token=observer-0123456789")
    expect(watching.locator("#pager").get_by_text("DbPoolNearlyExhausted")).to_be_visible()
    assert watching.locator("form[method=post]").count() == 0


def test_ten_open_pages_cost_little(browser: Browser, tmp_path: Path, serve: Serve) -> None:
    drill = write(tmp_path, "deep", paged=time.time() - 240)
    server = serve(tmp_path)
    url = server.start()
    readers = [
        subprocess.Popen(["curl", "-sN", "-o", os.devnull, f"{url}stream"], stdout=subprocess.DEVNULL)
        for _ in range(10)
    ]
    try:
        with Run(drill):
            time.sleep(2)
            began, (before, _) = time.monotonic(), server.used()
            time.sleep(6)  # longer than a beat of the stream
            after, resident = server.used()
            share = (after - before) / (time.monotonic() - began)
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()
    assert server.stop() == b""
    assert share < 0.05, f"{share:.1%} of a core"
    assert resident < 150, f"{resident:.0f} MB"
    print(f"{share:.2%} of a core, {resident:.0f} MB")  # noqa: T201


def test_a_file_that_says_where_it_is_holds_no_token(tmp_path: Path, serve: Serve) -> None:
    server = serve(tmp_path)
    url = server.start()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
    os.kill(json.loads((tmp_path / "drill" / "page.json").read_text())["pid"], signal.SIGINT)
    assert server.stop() == b""
