"""What the lab says to the trainee: desk.jsonl, one line at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from experiments.record.drill import FOLDER, Look, Said, Sample
from experiments.record.files import Item
from experiments.record.folder import RunFolder
from experiments.record.writing import append_line

DESK, LOOKS, SAMPLES = (f"{FOLDER}/{name}.jsonl" for name in ("desk", "looks", "samples"))


class Desk:
    """The run's side of the drill folder; every line is on disk before it returns.

    Args:
        folder: the run's.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._count = 0
        self.said: list[Said] = []

    def say(
        self, what: Any, text: str = "", *, of: str = "", reasons: Sequence[str] = (), at: float | None = None
    ) -> Said:
        """Say something to the trainee; see `Said` for the words.

        Args:
            what: the word.
            text: in words, where it needs any.
            of: the id of the move that it is about.
            reasons: why a fix is refused.
            at: when it was so (epoch seconds); now if None.
        """
        with self._lock:
            self._count += 1
            moment = time.time() if at is None else at
            said = Said(id=f"s{self._count}", at=moment, what=what, text=text, of=of, reasons=[*reasons])
            self._append(DESK, said)
            self.said.append(said)
        return said

    def look(self, look: Look) -> None:
        """Keep what a look found."""
        self._append(LOOKS, look)

    def sample(self, sample: Sample) -> None:
        """Keep the signals of one moment."""
        self._append(SAMPLES, sample)

    def when(self, what: str) -> float | None:
        """When something was said first (epoch seconds); None where it was not."""
        return next((one.at for one in self.said if one.what == what), None)

    def _append(self, name: str, item: Item) -> None:
        value = self._folder.redaction.value(item.model_dump(mode="json"))
        append_line(self._folder.path / name, json.dumps(value, ensure_ascii=False).encode())
