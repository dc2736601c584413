"""The commands for machines: what they play, what they leave, and what they end with. Nothing is played here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.errors import LabError, UsageError
from cluster.lab import Lab
from experiments.catalogue import Catalogue, ScenarioFolder
from firedrill.batch import Ended
from firedrill.cli import batches, playing, proving
from firedrill.cli.console import out
from firedrill.plan import Standing
from reports.history import Entry

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
NAME = "cache-stampede"
FEW = ("cache_stampede", "networkpolicy_blocks_scrape")


class Played:
    """Stands where the lab would be: notes what is asked for and answers with an exit code for each job."""

    def __init__(self, patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.asked: list[str] = []
        self.reported: dict[str, set[str]] = {}
        self.codes: dict[str, Callable[[], int | Ended]] = {}
        patch.setattr(batches, "ensure_up", lambda lab, packs: Lab.of_checkout(ROOT))
        patch.setattr(batches, "catalogue", lambda packs: Catalogue([_pack(tmp_path / "few"), *packs]))
        patch.setattr(batches, "runs", lambda lab: tmp_path)
        patch.setattr(batches, "entries", lambda path: iter(list[Entry]()))
        patch.setattr(batches, "reported", self._reported)
        patch.setattr(playing, "play_proof", lambda name, pack: self._do(f"prove {name}"))
        patch.setattr(proving, "mutants", lambda name, pack: self._do(f"mutants of {name}"))
        patch.setattr(batches, "_mutants", lambda lab, folder, batch, limit_s: self._do(f"mutants of {folder.name}"))
        patch.setattr(batches, "_tests", lambda mark: self._do(f"tests marked {mark}"))

    @contextmanager
    def _reported(self, title: str, packs: list[Path], reused: set[str] | None = None) -> Iterator[None]:
        try:
            yield
        finally:
            self.reported[title] = set(reused or ())

    def _do(self, job: str) -> int | Ended:
        self.asked.append(job)
        return self.codes.get(job, lambda: 0)()


def _pack(pack: Path) -> Path:
    """The first scenario and another; a survey of all of them is the plan's test."""
    for name in FEW:
        shutil.copytree(ROOT / "scenarios" / name, pack / name, dirs_exist_ok=True)
    return pack


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Played:
    return Played(monkeypatch, tmp_path)


def printed(command: Callable[[], int]) -> tuple[int, str]:
    with out.capture() as captured:
        code = command()
    return code, captured.get()


def stampede(played: Played) -> list[str]:
    return [job for job in played.asked if NAME in job]


def test_the_night_stops_for_nothing_and_is_red_for_anything(played: Played) -> None:
    def gone() -> int:
        raise LabError("the cluster is gone")

    played.codes |= {f"prove {NAME}": lambda: 7, f"mutants of {NAME}": gone, "tests marked killmatrix": lambda: 5}
    code, text = printed(lambda: batches.nightly(0.0, []))
    assert stampede(played) == [f"prove {NAME}", f"mutants of {NAME}"]
    assert played.asked[-3:] == ["tests marked cluster", "tests marked nightly", "tests marked killmatrix"]
    assert code == 7
    assert "3 failed" in text
    assert "the cluster is gone" in text


def test_a_night_without_a_failure_is_green(played: Played) -> None:
    assert printed(lambda: batches.nightly(0.0, []))[0] == 0
    assert played.reported == {"firedrill nightly": set()}


def test_a_night_takes_over_what_still_holds_and_says_of_when(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def of(folder: ScenarioFolder, *_: object) -> tuple[float | None, float | None]:
        return (0.0, 60.0) if folder.name == NAME else (None, 60.0)

    monkeypatch.setattr(batches, "_known", of)
    code, text = printed(lambda: batches.nightly(7.0, []))
    assert code == 0
    assert played.asked[:1] == ["prove networkpolicy-blocks-scrape"] and stampede(played) == []
    assert "mutants of networkpolicy-blocks-scrape" not in played.asked
    assert played.reported == {"firedrill nightly": {NAME}}
    assert "1970-01-01 00:00 UTC" in text and "1970-01-01 00:01 UTC" in text
    played.asked.clear()
    printed(lambda: batches.nightly(0.0, []))
    assert stampede(played) == [f"prove {NAME}", f"mutants of {NAME}"]


def test_ci_reports_which_proofs_it_took_over(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    proven = Standing(ScenarioFolder(ROOT / "scenarios" / "cache_stampede"), False, 5.0, 5.0, 1.0)
    monkeypatch.setattr(batches, "survey", lambda folders, history, runs: ([proven], []))
    assert printed(lambda: batches.ci_scenarios(20.0, []))[0] == 0
    assert played.reported == {"firedrill ci-scenarios": {NAME}}


def test_ci_proves_what_fits_and_tries_its_mutants(played: Played) -> None:
    code, _ = printed(lambda: batches.ci_scenarios(20.0, []))
    assert stampede(played) == [f"prove {NAME}", f"mutants of {NAME}"]
    assert code == 0


def test_ci_does_not_break_further_what_does_not_pass(played: Played) -> None:
    played.codes[f"prove {NAME}"] = lambda: Ended(7, "incident not-fixed: p95 is slow")
    code, text = printed(lambda: batches.ci_scenarios(20.0, []))
    assert stampede(played) == [f"prove {NAME}"]
    assert text.index(f"mutants of {NAME}") < text.index("not-fixed"), "a long log that is cut must end with why"
    assert code == 7


def test_ci_in_which_nothing_fits_is_not_green(played: Played) -> None:
    with out.capture() as captured, pytest.raises(UsageError, match="fits into 1 min"):
        batches.ci_scenarios(1.0, [])
    assert f"prove {NAME}" in captured.get()
    assert played.asked == []
    assert played.reported == {"firedrill ci-scenarios": set()}


def test_ci_names_a_scenario_that_does_not_load(played: Played, tmp_path: Path) -> None:
    broken = tmp_path / "pack" / "half_written"
    broken.mkdir(parents=True)
    (broken / "scenario.py").write_text("SCENARIO = None\n")
    code, text = printed(lambda: batches.ci_scenarios(20.0, [tmp_path / "pack"]))
    assert code == 2
    assert "half-written" in text
