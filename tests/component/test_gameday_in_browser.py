"""A game day's pages in a real browser: facilitator, wall, waiting team, at every width, and over a restart."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from drills.gameday.access import TokensFile, links, tokens
from drills.gameday.folder import DayFolder
from drills.gameday.record import Happening, Word
from tests.component.test_report_in_browser import BEYOND, PALE, Scheme, look
from tests.unit.drills.gameday.sample_day import RUN, SECRETS, after_one, happened, running, write, write_drill

pytestmark = pytest.mark.component

ROOT = Path(__file__).resolve().parents[2]
PHONE, DESKTOP, WALL = (390, 844), (1280, 800), (1920, 1080)
SHOTS = os.environ.get("FIREDRILL_SHOTS")
"""A folder to put a picture of each page into, to be looked at."""


@dataclass
class Server:
    """The pages' process, as the conductor starts it."""

    folder: DayFolder
    port: int
    process: subprocess.Popen[bytes] | None = None
    tokens: TokensFile = field(init=False)
    links: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = tokens(self.folder.path, self.folder.file().teams)
        self.links = links(f"http://127.0.0.1:{self.port}", self.tokens)
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen([sys.executable, "-m", "drills.gameday", str(self.folder.path)], cwd=ROOT)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)


Prepare = Callable[..., DayFolder]
Serve = Callable[[Prepare, Path], Server]


@dataclass
class Seen:
    """A page, and what the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, text: str, url: str) -> None:
        """Keep a complaint; the page that only takes a token has no icon, and the browser asks for one."""
        if not url.endswith("/favicon.ico"):
            self.complaints.append(text)


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def begin(prepare: Prepare, root: Path) -> Server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        servers.append(Server(prepare(root, port=port), port))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def open_page(browser: Browser, link: str, size: tuple[int, int] = DESKTOP) -> tuple[BrowserContext, Seen]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
    seen = Seen(context.new_page())
    seen.page.on("console", lambda message: seen.hear(message.text, message.location.get("url", "")))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(link)
    # The page that takes the token goes on by itself.
    seen.page.wait_for_selector("[sse-swap]")
    connected(seen.page)
    return context, seen


def connected(page: Page) -> None:
    page.wait_for_load_state()
    page.wait_for_selector("html[data-connected=yes]")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def legible(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(PALE) == []


STATES: dict[str, Prepare] = {"planned": write, "incident": running, "break": after_one}


@pytest.mark.parametrize("state", STATES)
def test_every_page_is_legible_at_every_width(serve: Serve, browser: Browser, tmp_path: Path, state: str) -> None:
    server = serve(STATES[state], tmp_path)
    light: list[tuple[tuple[int, int], Scheme]] = [(PHONE, "light"), (DESKTOP, "light")]
    views: dict[str, list[tuple[tuple[int, int], Scheme]]] = {
        "facilitator": [*light, (DESKTOP, "dark")],
        "wall": [*light, (WALL, "light"), (WALL, "dark")],
        "Heron": light,
    }
    for who, looks in views.items():
        context, seen = open_page(browser, server.links[who])
        for (width, height), scheme in looks:
            look(seen.page, width, scheme, height)
            seen.page.reload()
            connected(seen.page)
            shot(seen.page, f"{state}-{who}-{width}-{scheme}")
            legible(seen.page)
            assert "token" not in seen.page.url
            if who != "facilitator":
                assert not [one for one in (*SECRETS, RUN) if one in seen.page.content()]
            assert seen.complaints == []
        context.close()


def test_the_wall_is_read_from_five_metres_and_fits_one_screen(serve: Serve, browser: Browser, tmp_path: Path) -> None:
    context, seen = open_page(browser, serve(running, tmp_path).links["wall"], WALL)
    sizes = "e => parseFloat(getComputedStyle(e).fontSize)"
    # 1.4 mm of x-height for each metre of distance; a 40-inch screen of 1920 pixels has 0.46 mm a pixel.
    assert seen.page.eval_on_selector("h1", sizes) >= 60
    assert seen.page.eval_on_selector("tbody th", sizes) >= 40
    assert seen.page.eval_on_selector(".big-clock", sizes) >= 120
    assert seen.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    context.close()


def test_a_day_is_led_by_clicks_and_shown_at_once(serve: Serve, browser: Browser, tmp_path: Path) -> None:
    server = serve(write, tmp_path)
    lead_context, lead = open_page(browser, server.links["facilitator"])
    wall_context, hung = open_page(browser, server.links["wall"], WALL)
    team_context, team = open_page(browser, server.links["Kestrel"], PHONE)
    lead.page.get_by_role("button", name="Start the day").click()
    lead.page.wait_for_timeout(200)
    (order,) = server.folder.orders()
    assert order.what is Word.START
    server.folder.tell(happened(0, Happening.STARTED, of=order.id))
    server.folder.tell(happened(1, Happening.PLAYING, step=0))
    lead.page.get_by_text("It is being prepared").wait_for(timeout=2000)
    write_drill(tmp_path)
    server.folder.tell(happened(2, Happening.RUN, run=RUN))
    hung.page.get_by_text("Kestrel is on an incident").wait_for(timeout=2000)
    team.page.get_by_text("Pages take seconds").wait_for(timeout=4000)
    assert "clock" in team.page.content()
    lead.page.get_by_text("All pages expire together").first.wait_for(timeout=2000)
    shot(team.page, "led-team")

    lead.page.get_by_role("textbox", name="Message").fill("Coffee <i>now</i>")
    server.folder.tell(happened(3, Happening.PAUSED))
    lead.page.get_by_text("nothing begins after it until you resume").wait_for(timeout=2000)
    assert lead.page.get_by_role("textbox", name="Message").input_value() == "Coffee <i>now</i>"
    lead.page.get_by_role("button", name="Send").click()
    lead.page.wait_for_timeout(300)
    assert server.folder.orders()[-1].text == "Coffee <i>now</i>"

    lead.page.get_by_role("button", name="End this incident").click()
    lead.page.get_by_role("button", name="End it").click()
    lead.page.wait_for_timeout(300)
    assert server.folder.orders()[-1].what is Word.END_INCIDENT
    for one in (lead, hung, team):
        assert one.complaints == []
    for context in (lead_context, wall_context, team_context):
        context.close()


def test_a_page_comes_back_after_its_server_was_killed(serve: Serve, browser: Browser, tmp_path: Path) -> None:
    server = serve(running, tmp_path)
    context, seen = open_page(browser, server.links["wall"], WALL)
    clock = seen.page.locator(".big-clock time")
    before = clock.text_content()
    server.kill()
    seen.page.get_by_text("Reconnecting").wait_for(timeout=5000)
    server.folder.tell(happened(500, Happening.SAID, text="We are back."))
    server.start()
    seen.page.get_by_text("We are back.").wait_for(timeout=8000)
    assert clock.text_content() is not None
    assert len(clock.text_content() or "") >= len(before or "")
    assert server.kill(signal.SIGTERM) == 0
    context.close()
