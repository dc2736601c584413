"""The open run that every fault's test strikes in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from tests.cluster.faults.open_run import OpenRun, open_run


@pytest.fixture
def run(lab: Lab, handle: Handle) -> Iterator[OpenRun]:
    """An open run with the empty namespace `tiny`; afterwards the lab has to be as it was."""
    with open_run(lab, handle) as opened:
        yield opened
