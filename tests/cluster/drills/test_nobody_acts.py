"""A drill on an address that others reach, in which nobody does anything: what it costs, who gets in, how it ends."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.record.kinds import Verdict
from experiments.toolbox.toolbox import anchor_name
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.listening import Listener, listening
from tests.cluster.drills.playing import ALERT, Playing, playing

pytestmark = pytest.mark.nightly

LIMIT_S = 110
FOLLOWS_WITHIN_S = 2.0
PAGES, WATCHED_S = 10, 20.0
SHARE, MEMORY_MB = 0.05, 150.0
MONITORING = "till-monitoring"
CLOSED = (
    f"delete configmaps --all -n {MONITORING}",
    f"label configmap prometheus loud=no -n {MONITORING}",
    f"scale deployment prometheus --replicas=0 -n {MONITORING}",
    f"set env deployment/alertmanager LOUD=no -n {MONITORING}",
    f"delete service alertmanager -n {MONITORING}",
    f"exec deployment/alertmanager -n {MONITORING} -- true",
    "annotate namespace till loud=no",
    "delete namespace till",
)


@dataclass(frozen=True)
class Watched:
    """A drill whose page has come, with those who may see it.

    Args:
        drill: it.
        listener: has listened since before the fault.
        tokens: role -> token.
        address: of this machine on the lab's network: not loopback.
    """

    drill: Playing
    listener: Listener
    tokens: dict[str, str]
    address: str

    @property
    def outside(self) -> str:
        """The page as another machine reaches it."""
        return f"http://{self.address}:{self.drill.port}"

    def cookie(self, role: str) -> dict[str, str]:
        """What the browser of a role sends."""
        return {"Cookie": f"firedrill-{self.drill.port}={self.tokens[role]}"}

    def status(self, path: str = "/", **headers: str) -> int:
        """How a GET from outside is answered."""
        return httpx.get(f"{self.outside}{path}", headers=headers, timeout=10, trust_env=False).status_code

    def posted(self, role: str, what: str, **headers: str) -> int:
        """How a move from outside is answered."""
        sent = {"Origin": self.outside, "HX-Request": "true", **(self.cookie(role) if role else {}), **headers}
        form = {"what": what, "text": "seen from outside"}
        return httpx.post(f"{self.outside}/moves", data=form, headers=sent, timeout=10, trust_env=False).status_code


@pytest.fixture(scope="module")
def watched(lab: Lab, handle: Handle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A drill on every address of this machine."""
    folder = tmp_path_factory.mktemp("play")
    with playing(lab, folder, limit=f"{LIMIT_S}s", host="0.0.0.0") as drill:  # noqa: S104
        tokens: dict[str, str] = json.loads((lab.state / "page-tokens.json").read_text())
        observer = {"Cookie": f"firedrill-{drill.port}={tokens['observer']}"}
        with listening(drill.url, observer) as listener:
            assert drill.paged
            anchor = handle.docker.containers.get(anchor_name(lab, drill.run.name))
            address = anchor.attrs["NetworkSettings"]["Networks"][lab.network]["Gateway"]
            yield Watched(drill, listener, tokens, address)


def test_the_page_follows_the_cluster_within_two_seconds(watched: Watched, handle: Handle) -> None:
    query = quote(f'ALERTS{{alertname="{ALERT}", alertstate="firing"}}[10m]')
    path = f"/api/v1/namespaces/{MONITORING}/services/prometheus:9090/proxy/api/v1/query?query={query}"
    series = json.loads(handle.kubectl("get", "--raw", path))["data"]["result"]
    assert len(series) == 1, series
    fired = float(series[0]["values"][0][0])
    shown = watched.drill.until(
        "the page shows the alert",
        lambda: watched.listener.first("alerts", ALERT, "firing"),
        10,
        watched.listener.state,
    )
    assert shown - fired <= FOLLOWS_WITHIN_S, f"firing at {fired:.2f}, shown at {shown:.2f}"
    rang = watched.drill.until(
        "the page shows the notification",
        lambda: watched.listener.first("pager", ALERT),
        10,
        watched.listener.state,
    )
    assert rang - watched.drill.paged <= FOLLOWS_WITHIN_S, f"rang at {watched.drill.paged:.2f}, shown at {rang:.2f}"
    print(f"alert {shown - fired:.2f} s, notification {rang - watched.drill.paged:.2f} s")  # noqa: T201


def test_ten_open_pages_cost_little(watched: Watched) -> None:
    url, pid = watched.drill.url, watched.drill.page.pid
    cookie = watched.cookie("observer")["Cookie"]
    reader = ["curl", "-sN", "-o", os.devnull, "-H", f"Cookie: {cookie}", f"{url}stream"]
    readers = [subprocess.Popen(reader, stdout=subprocess.DEVNULL) for _ in range(PAGES)]
    try:
        time.sleep(2)
        began, (before, _) = time.monotonic(), _used(pid)
        time.sleep(WATCHED_S)
        after, resident = _used(pid)
        share = (after - before) / (time.monotonic() - began)
        assert [one.poll() for one in readers] == [None] * PAGES, "a page was closed"
    finally:
        for one in readers:
            one.kill()
            one.wait()
    assert share < SHARE, f"{share:.1%} of a core"
    assert resident < MEMORY_MB, f"{resident:.0f} MB"
    print(f"{share:.2%} of a core, {resident:.0f} MB")  # noqa: T201


def test_from_outside_nobody_gets_in_without_a_token(watched: Watched) -> None:
    for path in ("/", "/stream", "/report/report.html"):
        assert watched.status(path) == 401, path
        assert watched.status(path, Cookie=f"firedrill-{watched.drill.port}=0123456789abcdef0123") == 401, path
    assert watched.posted("", "note") == 401
    for role in ("trainee", "facilitator", "observer"):
        assert watched.status(**watched.cookie(role)) == 200, role
    assert watched.status(**watched.cookie("trainee"), Host="evil.example") == 400  # a name that leads here
    assert stat.S_IMODE((watched.drill.lab.state / "page-tokens.json").stat().st_mode) == 0o600
    for one in (one for one in watched.drill.run.rglob("*") if one.is_file()):
        written = one.read_text(errors="replace")
        assert not [role for role, token in watched.tokens.items() if token in written], one


def test_from_outside_a_role_does_what_is_its_own(watched: Watched) -> None:
    assert watched.posted("observer", "note") == 403
    assert watched.posted("observer", "declare") == 403
    assert watched.posted("facilitator", "declare") == 403
    assert watched.posted("trainee", "end") == 403
    assert watched.posted("trainee", "note", Origin="http://evil.example") == 403
    assert watched.posted("trainee", "note") == 204


def test_from_the_toolbox_neither_page_nor_engine_can_be_reached(watched: Watched, handle: Handle) -> None:
    ask = f"curl -s -o /dev/null -m 5 -w '%{{http_code}}' {watched.outside}/"
    node = handle.node(handle.lab.control_plane)
    assert b"401" in node.exec_run(["bash", "-c", ask]).output  # it can be reached from where the toolbox is
    code, said = watched.drill.tried(f"{ask}; test $? = 0 && echo REACHED; true")
    assert (code, "REACHED" in said) == (0, False), said
    sockets = "/var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock"
    said = watched.drill.shell(f"for it in {sockets}; do test -e $it && echo THERE $it; done; command -v docker; true")
    assert said.strip() == "", said


def test_from_the_toolbox_monitoring_cannot_be_written(watched: Watched) -> None:
    each = (
        f'said=$(kubectl {one} 2>&1) && echo \'LET: {one}\' || grep -qi forbidden <<<"$said" || echo "{one}: $said"'
        for one in CLOSED
    )
    assert watched.drill.tried("\n".join(each))[1].strip() == ""
    quits = f"curl -s -m 5 -o /dev/null -w '%{{http_code}} ' -X POST http://prometheus.{MONITORING}:9090/-"
    assert watched.drill.shell(f"{quits}/quit; {quits}/reload").split() == ["403", "403"]


def test_the_lab_heals_itself_at_the_limit(watched: Watched, handle: Handle) -> None:
    drill = watched.drill
    ended = drill.said("ended", "accepted", within_s=LIMIT_S + 30)
    assert (ended.what, ended.text) == ("ended", "out of time"), drill.state()
    assert LIMIT_S <= ended.at - drill.paged <= LIMIT_S + 5, f"{ended.at - drill.paged:.1f} s after the page"
    assert drill.ends() == Verdict.NOT_FIXED.exit_code, drill.state()
    assert drill.verdict().verdict is Verdict.NOT_FIXED
    score = drill.score()
    assert (score.outcome, score.counts) == ("out of time", True)
    assert [line for line in score.lines if line.points] == []
    assert left(handle, drill) == []


def _used(pid: int) -> tuple[float, float]:
    """CPU time of a process so far (s) and its resident memory (MB)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident * os.sysconf("SC_PAGE_SIZE") / 1e6
