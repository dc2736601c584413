"""The card: what drill.md says, in an order that tells nothing, with the runbook for those who may have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.catalogue import Catalogue
from experiments.drill.blind import run_name, without_runbooks
from experiments.drill.card import make_card
from experiments.drill.options import DrillOptions, Mode
from experiments.drill.shown import MOST, shown
from experiments.drill.standing import standing
from experiments.play.source import CLOCK, scenario_file
from experiments.record.drill import CardFile
from experiments.record.kinds import RunKind

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = {folder.name: folder for folder in Catalogue.of_checkout(ROOT, []).folders()}


def card_of(name: str, options: DrillOptions) -> CardFile:
    folder = FOLDERS[name]
    return make_card(scenario_file(folder, RunKind.DRILL, ROOT / "nowhere"), options, folder.drill)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_every_scenario_has_a_card_without_any_work(name: str) -> None:
    card = card_of(name, DrillOptions())
    assert card.symptoms.startswith("- ") and "## " not in card.symptoms
    assert len(card.hints) == 3 and len(card.causes) >= 2
    assert [cause.true for cause in card.causes].count(True) == 1
    assert [cause.id for cause in card.causes] == list(range(len(card.causes)))
    assert card.debrief and "## " not in card.debrief
    assert card.runbook and not card.runbook.startswith("---") and "## Fix" in card.runbook
    assert 0 < len(card.signals) <= MOST
    assert len({one.id for one in card.signals}) == len(card.signals)


def test_a_hint_of_two_lines_is_one() -> None:
    assert all("\n" not in hint for hint in card_of("antiaffinity-blocks-recovery", DrillOptions()).hints)


def test_the_causes_stand_in_an_order_of_chance_that_the_seed_decides() -> None:
    orders = {tuple(cause.text for cause in card_of("cache-stampede", DrillOptions(seed=n)).causes) for n in range(8)}
    assert len(orders) > 4
    one, same = (card_of("cache-stampede", DrillOptions(seed=5)).causes for _ in range(2))
    assert one == same


def test_a_blind_trainee_has_no_runbook() -> None:
    assert card_of("cache-stampede", DrillOptions(mode=Mode.BLIND)).runbook is None


def test_a_blind_run_is_not_named_after_its_scenario() -> None:
    assert run_name("cache-stampede", DrillOptions(mode=Mode.BLIND)) == ""
    assert run_name("cache-stampede", DrillOptions()) == "cache-stampede"
    assert run_name("cache-stampede", None) == "cache-stampede"


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_no_rule_of_a_blind_run_leads_to_its_runbook_or_names_it(name: str) -> None:
    rules = FOLDERS[name].scaled_rules(CLOCK).text
    stripped = without_runbooks(rules)
    assert "runbook_url" in rules and "runbook_url" not in stripped
    assert name not in stripped and name.replace("-", "_") not in stripped
    assert stripped.count("summary:") == rules.count("summary:")


def test_a_signal_is_asked_once_however_many_conditions_speak_of_it() -> None:
    signals = shown(FOLDERS["cache-stampede"].scenario)
    assert len({one.expr for one in signals}) == len(signals)
    # The harm is over 0.5 s, healthy is under 0.05 s, recovered under 0.2 s: the last one is what has to be reached.
    assert (signals[0].signal.id, signals[0].signal.limit) == ("bites.0", 0.2)


def test_a_limit_of_the_fault_outlasts_the_trainee() -> None:
    scenario = FOLDERS["replica-lag-failover"].scenario
    options = DrillOptions(limit_s=3600)
    limits = [step.arguments["limit_s"] for step in standing(scenario, options).fault if "limit_s" in step.arguments]
    assert limits and all(float(str(limit)) > 3600 + scenario.onset for limit in limits)


def test_a_limit_that_is_long_enough_stays() -> None:
    scenario = FOLDERS["replica-lag-failover"].scenario
    assert standing(scenario, DrillOptions(limit_s=1)) == scenario


def test_the_wait_is_within_its_bounds_and_the_seed_decides() -> None:
    waits = {DrillOptions(seed=n, wait_s=(5, 30)).waits for n in range(20)}
    assert all(5 <= one <= 30 for one in waits) and max(waits) - min(waits) > 10
    assert DrillOptions(seed=4).waits == DrillOptions(seed=4).waits


def test_a_wait_from_more_to_less_is_refused() -> None:
    with pytest.raises(ValueError, match="from 9 to 2 s"):
        DrillOptions(wait_s=(9, 2))
