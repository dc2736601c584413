"""A thread that asks, each second, the conditions whose past no Prometheus keeps."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping

from cluster.errors import LabError
from experiments.model.conditions import Condition, PromCondition
from experiments.probes.ask import ask
from experiments.probes.prometheus import Samples
from experiments.probes.sources import Sources

EVERY_S = 1.0
"""As often as the lab scrapes, so that both kinds of conditions are seen alike."""


class Sampler:
    """Samples of the SQL, Kubernetes and HTTP conditions of one run.

    Args:
        conditions: the run's conditions by name; PromQL ones are left out. Invariants are asked at the end alone.
        sources: where they are asked.
    """

    def __init__(self, conditions: Mapping[str, Condition], sources: Sources) -> None:
        self._conditions = {name: c for name, c in conditions.items() if not isinstance(c, PromCondition)}
        self._watched = [name for name in self._conditions if not name.startswith("invariants.")]
        self._sources = sources
        self._samples: dict[str, Samples] = {name: [] for name in self._conditions}
        self._errors: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def start(self) -> None:
        """Begin to sample; nothing is started where there is nothing to sample."""
        if self._watched:
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def samples(self, name: str) -> Samples:
        """1 (held) or 0 at each moment the condition was asked so far."""
        return list(self._samples.get(name, []))

    def error(self, name: str) -> str | None:
        """Why the condition could not be asked, the newest reason; None where it always could."""
        return self._errors.get(name)

    def ask_once(self, names: Iterable[str]) -> None:
        """Sample conditions that are not watched, now; those that Prometheus keeps are left out."""
        for name in names:
            if name in self._conditions:
                self._sample(name)

    def _sample(self, name: str) -> None:
        at = time.time()
        try:
            held = ask(self._conditions[name], self._sources).held
        except LabError as error:  # recorded as a gap with its reason; the judge decides
            self._errors[name] = error.happened
        else:
            self._samples[name].append((at, float(held)))

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            for name in self._watched:
                self._sample(name)
            self._stop.wait(max(0.0, EVERY_S - (time.monotonic() - began)))
