"""Two people at one drill whose page is killed, and who lose data on the way to a fix."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.record.kinds import Verdict
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import ALERT, Playing, playing
from tests.component.test_drill_page import UPDATE_MS, opened, shown_s
from tests.component.test_report_in_browser import PHONE

pytestmark = pytest.mark.nightly

CLAIM = (
    "jq '{apiVersion, kind, metadata: {name: .metadata.name}, "
    "spec: {accessModes: .spec.accessModes, resources: .spec.resources}}'"
)
LOSES_THE_LEDGER = f"""set -e
kubectl get pvc ledger -o json | {CLAIM} > ~/claim.json
kubectl scale deployment ledger --replicas=0
kubectl wait --for=delete pods -l app.kubernetes.io/name=ledger --timeout=30s
kubectl delete pvc ledger --timeout=30s
kubectl create -f ~/claim.json
kubectl scale deployment ledger --replicas=1
kubectl rollout status deployment/ledger --timeout=60s
"""
FIX = "kubectl rollout undo deployment/redis && kubectl rollout status deployment/redis --timeout=50s"


@pytest.fixture(scope="module")
def drill(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """A drill whose page has come."""
    with playing(lab, tmp_path_factory.mktemp("play")) as drill:
        assert drill.paged
        yield drill


@pytest.fixture
def two(drill: Playing, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Two browsers that are open at the page, on a desktop and on a phone."""
    one, other = opened(browser, drill.url)[0], opened(browser, drill.url, width=PHONE)[0]
    yield one, other
    one.context.close()
    other.context.close()


def test_two_browsers_see_the_same(drill: Playing, two: tuple[Page, Page]) -> None:
    one, other = two
    for page in two:
        expect(page.locator("#pager").get_by_text(ALERT).first).to_be_visible(timeout=UPDATE_MS)
    _writes(one, "it says NOAUTH")
    expect(other.locator("#timeline").get_by_text("it says NOAUTH")).to_be_visible(timeout=UPDATE_MS)
    other.get_by_role("button", name="Acknowledge all").click()
    expect(one.locator("#pager").get_by_text("acknowledged by").first).to_be_visible(timeout=UPDATE_MS)
    assert abs(shown_s(one) - shown_s(other)) <= 1


def test_a_page_that_is_killed_comes_back_with_the_clock_right(drill: Playing, two: tuple[Page, Page]) -> None:
    one, other = two
    before = drill.page
    one.locator("#words").fill("half a thought")
    os.kill(before.pid, signal.SIGKILL)
    drill.until("another process serves the page", lambda: _back(drill, before.pid), 20)
    assert drill.page.url == before.url
    _writes(other, "the page was gone for a moment")
    for page in two:
        expect(page.locator("#timeline").get_by_text("gone for a moment")).to_be_visible(timeout=15_000)
        expect(page.get_by_text("Reconnecting")).to_be_hidden()
        assert abs(shown_s(page) - (time.time() - drill.paged)) <= 2, drill.state()
    expect(one.locator("#words")).to_have_value("half a thought")
    one.get_by_role("button", name="Add to the timeline").click()
    expect(other.locator("#timeline").get_by_text("half a thought")).to_be_visible(timeout=UPDATE_MS)


def test_lost_data_is_refused_although_the_system_is_well(drill: Playing) -> None:
    drill.shell(LOSES_THE_LEDGER, within_s=200)
    drill.shell(FIX)
    assert "PONG" in drill.shell("redis-cli -h redis ping")
    answer = drill.declare()
    assert answer.what == "refused", drill.state()
    assert any("The claim till/ledger was deleted" in reason for reason in answer.reasons), answer.reasons
    look = drill.looked(answer.of)
    assert look is not None, drill.state()
    assert {(it.kind, it.thing) for it in look.findings if it.refuses} == {("data-lost", "claim till/ledger")}, look


def test_who_gives_up_is_healed(drill: Playing, two: tuple[Page, Page], handle: Handle) -> None:
    one = two[0]
    one.get_by_role("button", name="Give up").click()
    one.locator("#sure button.first").click()
    ended = drill.said("ended", "accepted", within_s=30)
    assert (ended.what, ended.text) == ("ended", "given up"), drill.state()
    for page in two:
        expect(page.locator("#moment").get_by_text("Over", exact=True)).to_be_visible(timeout=5000)
    assert drill.ends() == Verdict.NOT_FIXED.exit_code, drill.state()
    assert drill.verdict().verdict is Verdict.NOT_FIXED
    assert drill.score().outcome == "given up"
    assert left(handle, drill) == []


def _writes(page: Page, text: str) -> None:
    page.locator("#words").fill(text)
    page.get_by_role("button", name="Add to the timeline").click()


def _back(drill: Playing, dead: int) -> bool | None:
    if drill.page.pid == dead:
        return None
    try:
        return httpx.get(drill.url, timeout=5, trust_env=False).status_code == 200 or None
    except httpx.HTTPError:
        return None
