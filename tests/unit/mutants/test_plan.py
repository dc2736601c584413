"""What a limited time is spent on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.errors import LabError
from experiments.catalogue import Catalogue, ScenarioFolder
from experiments.record.kinds import RunKind, proved
from firedrill.batch import Batch
from firedrill.plan import Standing, order, proof, standing, survey
from reports.history import Entry

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
STAMPEDE = ScenarioFolder(ROOT / "scenarios" / "cache_stampede")
PROVED = proved(1)


def entry(kind: RunKind, at: float, content: str = "new", verdict: str = "passed", wall: float = 100.0) -> Entry:
    return Entry(
        time=at, scenario="cache-stampede", kind=kind, content_hash=content, verdict=verdict, wall=wall, floor=None,
        overhead=None, ratio=None, detect=None, notify=None, recover=None,
    )  # fmt: skip


def test_a_proof_is_as_old_as_the_oldest_of_its_newest_passes() -> None:
    passes = [entry(kind, 10.0 + n) for n, kind in enumerate(PROVED)]
    assert proof(PROVED, passes) == 10.0
    assert proof(PROVED, [*passes, entry(PROVED[0], 99.0)]) == 11.0


def test_three_of_four_prove_nothing() -> None:
    assert proof(PROVED, [entry(kind, 1.0) for kind in PROVED[:3]]) is None


def test_a_second_guard_rail_is_part_of_the_proof() -> None:
    kinds, passes = proved(2), [entry(kind, 1.0) for kind in PROVED]
    assert proof(kinds, passes) is None
    assert proof(kinds, [*passes, entry(RunKind.SECOND_PREVENTION, 2.0)]) == 1.0


def test_runs_of_other_content_and_runs_that_failed_prove_nothing(tmp_path: Path) -> None:
    content = STAMPEDE.content_hash
    old = [entry(kind, 5.0, "old", wall=50.0) for kind in PROVED]
    failed = [entry(kind, 9.0, content, "not-fixed") for kind in PROVED]
    known = standing(STAMPEDE, [*old, *failed], tmp_path)
    assert (known.smoke, known.proven, known.before, known.needs_s) == (True, None, 5.0, 200.0)
    assert standing(STAMPEDE, [entry(kind, 9.0, content) for kind in PROVED], tmp_path).proven == 9.0


def test_what_was_never_played_is_estimated_from_its_declared_times(tmp_path: Path) -> None:
    """A fresh checkout knows nothing; its only scenario has to fit into the time that CI has."""
    assert 600 < standing(STAMPEDE, [], tmp_path).needs_s < 1200


@dataclass(frozen=True)
class Named(ScenarioFolder):
    """A folder of which only the name counts."""


def known(name: str, *, smoke: bool = False, proven: float | None = None, before: float | None = None) -> Standing:
    return Standing(Named(Path(name)), smoke, proven, before, 1.0)


def test_smoke_first_then_the_longest_unproven_and_what_is_proven_is_left() -> None:
    found = order(
        [
            known("fresh"),
            known("newer", before=20.0),
            known("same", proven=3.0, before=3.0),
            known("older", before=10.0),
            known("short", smoke=True, proven=30.0, before=30.0),
        ]
    )
    assert [one.folder.name for one in found] == ["short", "fresh", "older", "newer"]


def test_a_batch_stops_for_nothing_but_the_user() -> None:
    def broken() -> int:
        raise LabError("the cluster is gone")

    def stopped() -> int:
        raise KeyboardInterrupt

    batch = Batch()
    assert [batch.run("a", lambda: 0), batch.run("b", broken), batch.run("c", lambda: 11)] == [0, 3, 11]
    assert batch.code == 3
    batch.run("d", stopped)
    batch.run("e", lambda: 0)
    assert [(one.title, one.code, one.reason) for one in batch.done] == [
        ("a", 0, ""), ("b", 3, "the cluster is gone"), ("c", 11, ""), ("d", 130, "interrupted"),
    ]  # fmt: skip
    assert batch.left == {"e": "the batch was interrupted"}


def test_every_scenario_of_the_checkout_has_a_standing(tmp_path: Path) -> None:
    folders = Catalogue.of_checkout(ROOT).folders()
    standings, broken = survey(folders, [], tmp_path)
    assert broken == []
    assert [one.folder for one in standings] == folders
    assert all(one.needs_s > 0 for one in standings)
