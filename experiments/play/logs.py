"""The process's own logs while a run is open: no record is made with a secret in it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from experiments.record.redaction import Redaction

Factory = Callable[..., logging.LogRecord]


class RedactedLogs:
    """Redacts every log record of this process, Chaos Toolkit's and the libraries' too, wherever it is written to.

    Args:
        redaction: what the run knows as secret.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._before: Factory | None = None

    def install(self) -> None:
        """Redact from now on; installing twice changes nothing."""
        if self._before is None:
            self._before = logging.getLogRecordFactory()
            logging.setLogRecordFactory(self._make)

    def restore(self) -> None:
        """Make records as before."""
        if self._before is not None:
            logging.setLogRecordFactory(self._before)
            self._before = None

    def _make(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = (self._before or logging.LogRecord)(*args, **kwargs)
        record.msg, record.args = self._redaction.text(_message(record)), ()
        if record.exc_info:  # handlers show this text where there is no exception to format
            record.exc_text = self._redaction.text(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = self._redaction.text(record.stack_info)
        return record


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # its arguments do not fit; whoever logged it is not to fail for that
        return f"{record.msg} {record.args}"
