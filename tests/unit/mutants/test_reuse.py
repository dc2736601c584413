"""What an earlier night has shown, and whether it still holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.catalogue import ScenarioFolder
from experiments.mutants.result import FILE, MutantResult, MutantsFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase, RunKind, Verdict
from firedrill.reuse import Ground, proven, tried
from reports.history import Entry

pytestmark = pytest.mark.unit

STAMPEDE = ScenarioFolder(Path(__file__).resolve().parents[3] / "scenarios" / "cache_stampede")
PLAYS = {"engine": "e1", "image shop": "s1"}
GROUND = Ground(PLAYS, since=100.0)


def entry(kind: RunKind, at: float, changed: dict[str, object]) -> Entry:
    told = {
        "time": at, "scenario": STAMPEDE.name, "kind": kind, "content_hash": STAMPEDE.content_hash, "verdict": "passed",
        "wall": 1.0, "floor": None, "overhead": None, "ratio": None, "detect": None, "notify": None, "recover": None,
        "versions": {**PLAYS, "machine": "another"},
    }  # fmt: skip
    return Entry.model_validate(told | changed)


def passes(changed: dict[str, object] | None = None) -> list[Entry]:
    return [entry(kind, 200.0 + n, changed or {}) for n, kind in enumerate(STAMPEDE.scenario.proved)]


def test_a_proof_of_the_same_content_engine_and_images_holds() -> None:
    assert proven(STAMPEDE, passes(), GROUND) == 200.0


@pytest.mark.parametrize(
    "changed",
    [
        {"content_hash": "other"},
        {"verdict": "not-fixed"},
        {"scenario": "another"},
        {"versions": {"engine": "e2", "image shop": "s1"}},
        {"versions": {"engine": "e1", "image shop": "s2"}},
        {"versions": {}},
    ],
    ids=str,
)
def test_anything_else_proves_nothing(changed: dict[str, object]) -> None:
    assert proven(STAMPEDE, passes(changed), GROUND) is None
    assert proven(STAMPEDE, [*passes()[1:], entry(STAMPEDE.scenario.proved[0], 200.0, changed)], GROUND) is None


def test_a_proof_is_too_old_when_its_oldest_run_is() -> None:
    assert proven(STAMPEDE, passes(), Ground(PLAYS, since=200.5)) is None
    assert proven(STAMPEDE, passes(), Ground(PLAYS, since=200.0)) == 200.0


def test_nothing_is_taken_over_where_nobody_knows_what_would_play() -> None:
    assert proven(STAMPEDE, passes(), Ground({}, since=100.0)) is None


def trial(runs: Path, changed: dict[str, object] | None = None, name: str = "20260101-000000") -> None:
    told = {
        "scenario": STAMPEDE.name, "content_hash": STAMPEDE.content_hash, "began": 200.0, "versions": PLAYS,
        "mutants": ["traffic-off"], "results": [killed()],
    }  # fmt: skip
    folder = RunFolder(runs / f"{name}-{STAMPEDE.name}-mutants")
    folder.write(FILE, MutantsFile.model_validate(told | (changed or {})))


def killed(ended: Verdict = Verdict.BASELINE_FAILED) -> MutantResult:
    return MutantResult(
        name="traffic-off", how="live", kind=RunKind.INCIDENT, must=Verdict.BASELINE_FAILED, ended=ended,
        earliest=Phase.BASELINE, decided_in=Phase.BASELINE, decided_by="no traffic", run="r", seconds=1.0,
    )  # fmt: skip


def test_a_trial_of_all_mutants_holds(tmp_path: Path) -> None:
    assert tried(STAMPEDE, tmp_path, GROUND) is None
    trial(tmp_path)
    assert tried(STAMPEDE, tmp_path, GROUND) == 200.0


@pytest.mark.parametrize(
    "changed",
    [
        {"mutants": ["traffic-off", "rule-deleted"]},
        {"mutants": []},
        {"content_hash": "other"},
        {"versions": {"engine": "e1"}},
        {"began": 99.0},
        {"results": [killed(Verdict.PASSED)]},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_trial_that_shows_less_does_not(tmp_path: Path, changed: dict[str, object]) -> None:
    trial(tmp_path, changed)
    assert tried(STAMPEDE, tmp_path, GROUND) is None


def test_a_later_trial_of_one_mutant_does_not_hide_the_whole_one(tmp_path: Path) -> None:
    trial(tmp_path)
    trial(tmp_path, {"mutants": ["traffic-off", "rule-deleted"], "began": 300.0}, "20260102-000000")
    (tmp_path / f"20260103-000000-{STAMPEDE.name}-mutants").mkdir()
    assert tried(STAMPEDE, tmp_path, GROUND) == 200.0
