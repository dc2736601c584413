"""docs/gameday-plans.md shows the example as it is and knows every key and every order."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.gameday.boards import HERE
from drills.gameday.plan import IncidentEntry, Plan, Window
from drills.gameday.record import Word

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "gameday-plans.md").read_text(encoding="utf-8")


def test_the_example_is_shown_as_it_is() -> None:
    assert (HERE / "example.yaml").read_text(encoding="utf-8") in PAGE


def test_every_key_is_explained() -> None:
    keys = {
        field.alias or name for model in (Plan, IncidentEntry, Window) for name, field in model.model_fields.items()
    }
    missing = [key for key in sorted(keys) if f"`{key}`" not in PAGE]
    assert missing == []


def test_every_order_has_a_button_and_a_line() -> None:
    lead = (HERE / "templates" / "facilitator" / "lead.html").read_text(encoding="utf-8")
    page = (HERE / "templates" / "facilitator.html").read_text(encoding="utf-8")
    for word in Word:
        assert f'"{word}"' in lead + page
    for label in (
        "Start the day",
        "Pause the day",
        "Resume",
        "Inject the next now",
        "Skip the next",
        "End this incident",
    ):
        assert label in lead
        assert label in PAGE
