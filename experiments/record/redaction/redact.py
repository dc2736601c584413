"""Taking secrets out of bytes, text and JSON."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from experiments.record.redaction import patterns
from experiments.record.redaction.forms import SHORTEST, forms, is_plain

REDACTED = "[redacted]"


class Redaction:
    """What one run knows as secret. It only ever learns: a secret that was rotated away stays one."""

    def __init__(self) -> None:
        self._known: frozenset[bytes] = frozenset()
        self._literals: tuple[bytes, ...] = ()
        self._lock = threading.Lock()

    def learn(self, values: Iterable[str | bytes]) -> bool:
        """Add secrets; those that are too plain (`forms.is_plain`) are left out. Returns whether one is new."""
        raw = {value.encode(errors="replace") if isinstance(value, str) else value for value in values}
        with self._lock:
            fresh = {value for value in raw - self._known if not is_plain(value.decode(errors="replace"))}
            if not fresh:
                return False
            self._known |= fresh
            found = {form for value in fresh for form in forms(value) if len(form) >= SHORTEST}
            self._literals = tuple(sorted({*self._literals, *found}, key=len, reverse=True))
            return True

    @property
    def literals(self) -> tuple[bytes, ...]:
        """Every form of every known secret, the longest first."""
        return self._literals

    def clean(self, data: bytes) -> bytes:
        """`data` with every secret replaced by `[redacted]`."""
        spans = self.find(data)
        if not spans:
            return data
        kept: list[bytes] = []
        at = 0
        for begin, end in spans:
            if begin >= at:
                kept += [data[at:begin], REDACTED.encode()]
            at = max(at, end)
        return b"".join([*kept, data[at:]])

    def find(self, data: bytes) -> list[tuple[int, int]]:
        """Begin and end of every secret in `data`, in order; they may overlap."""
        return sorted({*self._find_known(data), *patterns.find(data)})

    def text(self, text: str) -> str:
        """The same for text."""
        data = text.encode(errors="surrogatepass")
        clean = self.clean(data)
        return text if clean is data else clean.decode(errors="surrogatepass")

    def value(self, value: JsonValue) -> JsonValue:
        """The same for every string of a JSON value, and for what stands under a name such as `password`."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self._field(name, one, value) for name, one in value.items()}
        return value

    def _field(self, name: str, value: JsonValue, around: dict[str, JsonValue]) -> JsonValue:
        owner = str(around.get("name", "")) if name == "value" else name  # {"name": "PGPASSWORD", "value": …}
        if isinstance(value, str) and patterns.names_a_secret(owner) and not patterns.is_reference(value):
            return REDACTED
        return self.value(value)

    def _find_known(self, data: bytes) -> Iterator[tuple[int, int]]:
        for literal in self._literals:
            at = data.find(literal)
            while at >= 0:
                yield at, at + len(literal)
                at = data.find(literal, at + len(literal))
