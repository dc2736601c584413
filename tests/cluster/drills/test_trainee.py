"""A trainee who has a browser, a shell and the runbook: the whole way from the page to every point."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cluster.guard import Handle
from cluster.lab import Lab
from drills.score import ScoreFile
from experiments.record.kinds import Verdict
from reports.units import seconds
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import ALERT, PLAYER, Playing, playing
from tests.component.test_drill_page import UPDATE_MS, opened

pytestmark = pytest.mark.cluster

TRUE_CAUSE = "A release set a password that no client has"
PAGE_WITHIN_S = 30.0


def test_who_follows_the_runbook_gets_every_point(lab: Lab, handle: Handle, browser: Browser, tmp_path: Path) -> None:
    with playing(lab, tmp_path) as drill:
        page, complaints = opened(browser, drill.url)
        assert drill.paged
        _take_charge(page)
        _diagnose(page, drill)
        _fix(page, drill)
        expect(page.locator("#moment").get_by_text("Fixed", exact=True)).to_be_visible(timeout=5000)
        expect(page.locator("#moment").get_by_text("that was your diagnosis")).to_be_visible(timeout=5000)
        assert complaints == []
        page.context.close()
        assert drill.ends() == 0, drill.state()
        verdict = drill.verdict()
        assert verdict.verdict is Verdict.PASSED, [one for one in verdict.checks if not one.held]
        score = drill.score()
        assert [line for line in score.lines if line.points != line.out_of] == []
        assert (score.outcome, score.hints, score.refused) == ("fixed", 0, 0)
        _told(browser, drill, score, tmp_path)
        assert left(handle, drill) == []
        assert drill.answered_s < PAGE_WITHIN_S, f"the page was there after {drill.answered_s:.1f} s"


def _take_charge(page: Page) -> None:
    """Acknowledge, say how bad it is, and tell others."""
    expect(page.locator("#pager").get_by_text(ALERT).first).to_be_visible(timeout=UPDATE_MS)
    page.get_by_role("button", name="Acknowledge all").click()
    expect(page.locator("#pager").get_by_text(f"acknowledged by {PLAYER}").first).to_be_visible(timeout=UPDATE_MS)
    page.keyboard.press("s")
    page.keyboard.type("The tills are slow; we are looking.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline").get_by_text("The tills are slow")).to_be_visible(timeout=UPDATE_MS)
    page.locator("#severity").select_option("SEV2")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#bar").get_by_text("SEV2")).to_be_visible(timeout=UPDATE_MS)


def _blocks(page: Page) -> list[str]:
    """The runbook's blocks, as the page shows them."""
    found = page.locator("#runbook pre code").all_inner_texts()
    assert len(found) == 4, found
    return found


def _diagnose(page: Page, drill: Playing) -> None:
    asked, looked, _, _ = _blocks(page)
    assert "NOAUTH" in drill.shell(asked)
    assert "REDIS_PASSWORD is set" in drill.shell(looked)
    page.get_by_label(TRUE_CAUSE).check()
    page.get_by_role("button", name="This is the cause").click()
    expect(page.locator("#diagnosis").get_by_text("chosen")).to_be_visible(timeout=UPDATE_MS)


def _fix(page: Page, drill: Playing) -> None:
    _, _, fix, verify = _blocks(page)
    drill.shell(fix)
    assert "PONG" in drill.shell(verify)
    page.get_by_role("button", name="Users are served again").click()
    expect(page.locator("#fix").get_by_text("You said so")).to_be_visible(timeout=UPDATE_MS)
    page.get_by_role("button", name="I think it is fixed").click()
    answer = drill.said("accepted", "refused", within_s=150)
    assert answer.what == "accepted", f"{answer.reasons}\n{drill.state()}"


def _told(browser: Browser, drill: Playing, score: ScoreFile, aside: Path) -> None:
    """The files that tell of the drill exist and hold its times."""
    times = score.times
    took = [times.acknowledge_s, times.diagnose_s, times.mitigate_s, times.fix_s]
    assert all(one is not None for one in took), times
    draft = (drill.run / "postmortem.md").read_text(encoding="utf-8")
    for title, one in zip(("acknowledgement", "the right diagnosis", "mitigation", "fix"), took, strict=True):
        assert f"| page to {title} | {seconds(one)} |" in draft, draft
    report = aside / "report.html"  # alone, so that nothing beside it is needed
    shutil.copyfile(drill.run / "report.html", report)
    page = browser.new_context().new_page()
    page.goto(report.as_uri())
    part = page.locator("#drill")
    for text in ("The fix was accepted", f"of {score.out_of}"):
        expect(part.get_by_text(text).first).to_be_visible(timeout=5000)
    for command in ("redis-cli -h redis ping", "kubectl rollout undo deployment/redis"):
        expect(part.get_by_text(command).first).to_be_attached(timeout=5000)
    page.context.close()
