"""Redaction: tokens, passwords and private keys are taken out of everything that a run writes, before it is written.

What is known as secret (`Redaction.learn`) is found in plain, escaped and in base64 (`forms`); what merely looks like
one, by its shape (`patterns`). docs/decisions/010-secrets.md says what is redacted, what is not, and why.
"""

from experiments.record.redaction.redact import REDACTED, Redaction
from experiments.record.redaction.split import Splitter

__all__ = ["REDACTED", "Redaction", "Splitter"]
