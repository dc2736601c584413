"""Who speaks on the screen while a run is played."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

SPEAKS = """
import logging
import experiments.play.runner
logging.getLogger("chaostoolkit").warning("Rollbacks were explicitly requested to be played")
logging.getLogger("firedrill").warning("undoing")
"""


def test_the_lab_warns_and_chaos_toolkit_does_not() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SPEAKS], capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True
    )
    assert said.stderr == "undoing\n"
