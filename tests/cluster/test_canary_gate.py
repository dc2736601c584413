"""canary-gate before a real service: its pods, its clients' requests, and the Prometheus that saw them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.tunnel import service_tunnel
from tests.cluster import canary_system as system
from tests.cluster.console import command, environment, tool
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.nightly

REQUESTS = f'http_requests_total{{job="{system.CANARY}"}}'
SUCCEEDED = f'http_requests_total{{job="{system.CANARY}",code!~"5.."}}'
BUCKETS = f'http_request_duration_seconds_bucket{{job="{system.CANARY}"}}'
ASKED = (
    f"--requests-query=sum(increase({REQUESTS}[10s]))",
    f"--success-query=sum(rate({SUCCEEDED}[10s])) / sum(rate({REQUESTS}[10s]))",
    f"--latency-query=histogram_quantile(0.95, sum by (le) (rate({BUCKETS}[10s])))",
    "--min-requests=50",
    "--max-p95=200ms",
)
# The interval is the window and what Prometheus needs to discover a pod that began with the weight.
WALK = ("--step=25", "--to=50", "--interval=14s", "--failures=2")
PODS = (f"--namespace={system.NAMESPACE}", f"--stable={system.STABLE}", f"--canary={system.CANARY}")

BAD = [
    # A version whose upstream is not there: its probes find it well, and each of its clients gets a 502.
    ({"upstream": "http://127.0.0.1:9"}, "the success rate 0 is below 0.99"),
    ({"render_ms": 400}, "ms is above 200 ms"),
]


@pytest.fixture(scope="module")
def room(handle: Handle) -> Iterator[Workshop]:
    with workshop(handle, system.NAMESPACE) as opened:
        system.deploy(opened)
        yield opened


@pytest.fixture(scope="module")
def arguments(room: Workshop) -> Iterator[list[str]]:
    """What the gate is started with, and a way to Prometheus that stays while no pod is behind it."""
    with service_tunnel(room.handle, room.namespace, "prometheus", 9090) as (host, port):
        yield [f"--prometheus=http://{host}:{port}", *ASKED, *WALK, *PODS, "--json"]


def test_a_good_canary_goes_up_and_stays(lab: Lab, room: Workshop, arguments: list[str], tmp_path: Path) -> None:
    system.release(room)
    ended = tool(lab, tmp_path, "canary-gate", *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    events = told(ended.stdout)
    assert [one["weight"] for one in events if one["event"] == "set"] == [25, 50]
    assert (events[-1]["passed"], events[-1]["weight"]) == (True, 50)
    assert system.shares(room) == (2, 2)
    seen = {one["weight"]: one["requests"] for one in events if one["event"] == "check" and one["healthy"]}
    assert seen[50] > 1.3 * seen[25], "twice the pods, and no more of the clients' requests"


@pytest.mark.parametrize(("version", "wrong"), BAD, ids=["errors", "slow"])
def test_a_bad_canary_goes_back_by_itself(
    lab: Lab, room: Workshop, arguments: list[str], tmp_path: Path, version: dict[str, Any], wrong: str
) -> None:
    system.release(room, **version)
    ended = tool(lab, tmp_path, "canary-gate", *arguments)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    events = told(ended.stdout)
    assert [one["weight"] for one in events if one["event"] == "set"] == [25]
    checks = [one for one in events if one["event"] == "check"]
    assert [len(one["wrong"]) for one in checks] == [1, 1], checks
    assert all(wrong in one["wrong"][0] for one in checks), checks
    assert (events[-1]["reason"], events[-1]["put_back"]) == ("failed checks: 2", True)
    assert system.shares(room) == (system.SERVING, 0)


def test_a_prometheus_that_does_not_answer_vouches_for_nobody(
    lab: Lab, room: Workshop, arguments: list[str], tmp_path: Path
) -> None:
    system.release(room)
    out = tmp_path / "events"
    with started(lab, tmp_path, out, *arguments) as gate:
        eventually(lambda: '"event": "set"' in out.read_text(encoding="utf-8"))
        with system.without_prometheus(room):
            assert gate.wait(timeout=90) == 1, out.read_text(encoding="utf-8")
            again = tool(lab, tmp_path, "canary-gate", *arguments)
            assert system.shares(room) == (system.SERVING, 0)
    events = told(out.read_text(encoding="utf-8"))
    said = [why for one in events if one["event"] == "check" for why in one["wrong"]]
    assert [why.split(": ")[1] for why in said] == ["Prometheus gave no answer"] * 6, said
    assert events[-1]["put_back"] is True
    assert (again.returncode, again.stdout) == (2, ""), again.stdout
    assert "Prometheus gave no answer" in again.stderr


def told(lines: str) -> list[dict[str, Any]]:
    """What the gate said, an object a line."""
    return [json.loads(line) for line in lines.splitlines()]


@contextmanager
def started(lab: Lab, home: Path, out: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A gate that walks meanwhile; one that still does at the end is asked to put the weight back."""
    with out.open("wb") as file:
        gate = subprocess.Popen([command("canary-gate"), *arguments], env=environment(lab, home), stdout=file)
    try:
        yield gate
    finally:
        gate.terminate()
        gate.wait(timeout=60)
