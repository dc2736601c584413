"""The `firedrill` command."""

from firedrill.cli.main import main

__all__ = ["main"]
