"""The next block's container is the one that was started ahead, and what was started for nothing goes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from cluster.errors import LabError
from experiments.record.files import RunbookBlock
from experiments.toolbox import standby
from experiments.toolbox.standby import Standby, Waiting

pytestmark = pytest.mark.unit


def block(index: int, script: str = "true") -> RunbookBlock:
    return RunbookBlock(index=index, section="Fix", kind="fix", line=1, script=script, expect=None)


class Engine:
    """Stands in for the starting of containers; notes which there are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there: list[int] = []
        self.refuses = False
        monkeypatch.setattr(standby, "start", self.start)
        self.standby = Standby(SimpleNamespace(), SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type]

    def start(self, _docker: object, _place: object, _anchor: object, wanted: RunbookBlock) -> Any:
        """One container."""
        if self.refuses:
            raise APIError("no")
        self.there.append(wanted.index)
        return SimpleNamespace(index=wanted.index, remove=lambda: self.there.remove(wanted.index))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    return Engine(monkeypatch)


def test_what_was_expected_is_taken(engine: Engine) -> None:
    engine.standby.expect(block(1))
    taken: Any = engine.standby.take(block(1))
    engine.standby.close()
    assert (taken.index, engine.there) == (1, [1]), "whoever took it removes it"


@pytest.mark.parametrize("other", [block(2), block(1, "false")])
def test_another_block_gets_a_container_of_its_own(engine: Engine, other: RunbookBlock) -> None:
    engine.standby.expect(block(1))
    taken: Any = engine.standby.take(other)
    assert (taken.index, engine.there) == (other.index, [other.index])


def test_what_nobody_took_is_removed(engine: Engine) -> None:
    engine.standby.expect(block(1))
    engine.standby.expect(block(2))
    engine.standby.close()
    assert engine.there == []


def test_a_refusal_is_told_to_who_takes_it_and_to_nobody_else(engine: Engine) -> None:
    engine.refuses = True
    engine.standby.expect(block(1))
    with pytest.raises(APIError):
        engine.standby.take(block(1))
    engine.standby.expect(block(2))
    engine.standby.close()


def test_one_that_ended_while_it_waited_is_the_labs_failure() -> None:
    def gone(_word: bytes) -> None:
        raise BrokenPipeError("closed")

    waiting: Any = Waiting(SimpleNamespace(name="block-1"), SimpleNamespace(send=gone))  # type: ignore[arg-type]
    with pytest.raises(LabError, match="block-1 does not wait any more"):
        waiting.begin()
