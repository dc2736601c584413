"""Whose live page ends when the next drill begins: its visitors come back, and are led to theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drills.gameday.access import rules, tokens
from drills.gameday.live import LivePages
from drills.gameday.looking import DayWatch
from drills.gameday.record import Happening
from drills.server.access import Role
from tests.unit.drills.gameday.sample_day import RUN, after_one, happened, write_drill

pytestmark = pytest.mark.unit

SECOND = "20270115-090000-cache-stampede-drill"


def test_the_facilitator_goes_on_while_the_last_team_reads_its_debrief(tmp_path: Path) -> None:
    folder = after_one(tmp_path)

    async def lead() -> dict[Role, bool]:
        watch = DayWatch(folder)
        watch.look()
        pages = LivePages(watch, rules("127.0.0.1", tokens(folder.path, ["Kestrel", "Heron"])))
        seen = {role: pages._page((RUN, role)) for role in (Role.FACILITATOR, Role.TRAINEE)}
        tending = asyncio.create_task(pages.tend())
        await asyncio.sleep(0)
        write_drill(tmp_path, SECOND, player="Heron", at=1060)
        folder.tell(happened(1001, Happening.PLAYING, step=2))
        folder.tell(happened(1002, Happening.RUN, run=SECOND))
        watch.look()
        await asyncio.sleep(0.1)
        ended = {role: bool(page.app.state.watch.stopped) for role, page in seen.items()}
        tending.cancel()
        await pages.stop()
        return ended

    assert asyncio.run(lead()) == {Role.FACILITATOR: True, Role.TRAINEE: False}
