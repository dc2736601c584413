"""What every tool ends with exit code 2 for."""

from __future__ import annotations


class BadInput(Exception):
    """What was given cannot be judged; the message says where and why."""
