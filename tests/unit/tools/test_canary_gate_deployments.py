"""The weight as a share of pods: which Deployment is scaled when, and what is no weight.

kubectl is a small program here that keeps two Deployments in files and notes what it was asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.tools.prometheus_api import PrometheusApi, prometheus_api, vector
from tools.canary_gate import deployments, walk
from tools.canary_gate.cli import main

pytestmark = pytest.mark.unit

KUBECTL = """#!/bin/sh
# The file of a Deployment: replicas, how many of them never get ready, and what the status is behind.
cd "$(dirname "$0")"
[ "$1" = --kubeconfig=lab ] && [ "$2" = --namespace=edge ] || { echo "which cluster? $*" >&2; exit 1; }
shift 2
case "$1 $2" in
  "scale deployment/"*)
    name=${2#deployment/}; count=${3#--replicas=}
    echo "$name=$count" >> asked
    [ ! -e "refuse-$name" ] || { echo "scale of $name is forbidden" >&2; exit 1; }
    echo "$count" > "$name" ;;
  "get deployment")
    if [ -e garbage ]; then cat garbage; exit 0; fi
    printf '{"items": ['
    for name in "$3" "$4"; do
      [ -e "$name" ] || { echo "deployments.apps \\"$name\\" not found" >&2; exit 1; }
      read -r count < "$name"; unready=0; seen=2
      [ ! -e "$name-unready" ] || read -r unready < "$name-unready"
      [ ! -e "$name-unseen" ] || seen=1
      ready=$((count > unready ? count - unready : 0))
      [ "$name" = "$3" ] || printf ','
      printf '{"metadata": {"name": "%s", "generation": 2}, "spec": {"replicas": %s},' "$name" "$count"
      printf '"status": {"observedGeneration": %s' "$seen"
      # As the API server does: nothing is said of what is 0.
      [ "$count" = 0 ] || printf ', "replicas": %s, "updatedReplicas": %s' "$count" "$count"
      [ "$ready" = 0 ] || printf ', "readyReplicas": %s' "$ready"
      printf '}}'
    done
    printf ']}' ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""


class Edge:
    """Ten pods of `waf`, none of `waf-canary`, and a Prometheus that finds them well."""

    def __init__(self, folder: Path, api: PrometheusApi) -> None:
        self.folder = folder
        self.api = api
        self.write("waf", 10)
        self.write("waf-canary", 0)
        api.answers = {"n": [vector("400")], "ok": [vector("1")], "p95": [vector("0.02")]}

    def write(self, name: str, text: object) -> None:
        (self.folder / name).write_text(f"{text}\n", encoding="utf-8")

    def run(self, *more: str) -> int:
        pods = ["--stable", "waf", "--canary", "waf-canary", "--namespace", "edge", "--kubeconfig", "lab"]
        queries = ["--requests-query", "n", "--success-query", "ok", "--latency-query", "p95"]
        time = ["--interval", "1ms", "--set-within", "20ms"]
        return main(["--prometheus", self.api.url, *queries, *pods, *time, *more])

    @property
    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text(encoding="utf-8").split()

    @property
    def pods(self) -> tuple[int, int]:
        """Of the stable one and of the canary."""
        stable, canary = (int((self.folder / name).read_text(encoding="utf-8")) for name in ("waf", "waf-canary"))
        return stable, canary


@pytest.fixture
def edge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(walk, "_BETWEEN_ATTEMPTS_S", 0)
    monkeypatch.setattr(deployments, "_LOOKS_EVERY_S", 0.001)
    monkeypatch.setattr(deployments, "_GONE_WITHIN_S", 0.02)
    with prometheus_api() as api:
        yield Edge(tmp_path, api)


def test_canary_pods_come_before_stable_ones_go(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    assert edge.run("--to", "20") == 0
    assert edge.asked == ["waf-canary=0", "waf=10", "waf-canary=1", "waf=9", "waf-canary=2", "waf=8"]
    assert edge.pods == (8, 2)
    out = capsys.readouterr().out
    way = "kubectl --kubeconfig=lab --namespace=edge scale deployment"
    assert f"the way back is: {way}/waf-canary --replicas=0; {way}/waf --replicas=10" in out
    assert " 10 %  set      waf-canary has 1 of 10 pods" in out


def test_on_the_way_back_canary_pods_go_first(edge: Edge) -> None:
    edge.api.answers["ok"] = [vector("1"), vector("0.5")]
    assert edge.run("--failures", "2") == 1
    assert edge.asked[-2:] == ["waf-canary=0", "waf=10"]
    assert edge.pods == (10, 0)


def test_the_share_is_never_larger_than_the_weight(edge: Edge) -> None:
    edge.write("waf", 7)
    assert edge.run("--step", "20") == 0  # 20, 40, 50 % of 7
    assert [one for one in edge.asked if "canary" in one] == [f"waf-canary={n}" for n in (0, 1, 2, 3)]


def test_too_few_pods_for_the_first_step(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    edge.write("waf", 3)
    assert edge.run() == 2
    assert "waf has 3 pods, of which 10 % is less than one: --step 34 is the least" in capsys.readouterr().err
    edge.write("waf", 0)
    assert edge.run() == 2
    assert "there is nothing to share" in capsys.readouterr().err
    assert not (edge.folder / "asked").exists()
    edge.write("waf", 3)
    assert edge.run("--step", "34") == 0


def test_a_canary_that_has_pods_already_is_somebody_elses(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    edge.write("waf-canary", 3)
    assert edge.run() == 2
    assert "waf-canary has 3 pods, and a walk begins at 0" in capsys.readouterr().err
    assert edge.pods == (10, 3)


def test_a_deployment_that_is_not_there(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    (edge.folder / "waf-canary").unlink()
    assert edge.run() == 2
    assert '"waf-canary" not found' in capsys.readouterr().err


def test_pods_that_do_not_get_ready_abort(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    edge.write("waf-canary-unready", 1)
    assert edge.run() == 1
    assert edge.pods == (10, 0)
    assert "waf=9" not in edge.asked
    assert "10 % could not be set: after 0.02 s waf-canary has 0 ready pods of 1, not 1 of 1" in capsys.readouterr().out


def test_a_status_that_is_older_than_the_change_is_not_believed(edge: Edge) -> None:
    edge.api.before = lambda expression: edge.write("waf-unseen", "")
    assert edge.run() == 1
    assert edge.asked[-4:] == ["waf-canary=1", "waf=9", "waf-canary=0", "waf=10"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("waf-canary", 4, "waf-canary has 4 ready pods of 4, not 1 of 1"),
        ("waf-canary-unready", 1, "waf-canary has 0 ready pods of 1, not 1 of 1"),
        ("waf-unready", 8, "waf has 1 ready pods of 9, not 9 of 9"),
        ("waf", 10, "waf has 10 ready pods of 10, not 9 of 9"),
    ],
)
def test_another_share_than_the_one_that_was_set_is_a_failed_check(
    edge: Edge, capsys: pytest.CaptureFixture[str], name: str, content: int, reason: str
) -> None:
    checks = iter([False, False, False])  # before the first weight each expression is asked once

    def change(expression: str) -> None:
        if next(checks, True):
            edge.write(name, content)

    edge.api.before = change
    assert edge.run("--failures", "2") == 1
    out = capsys.readouterr().out
    assert f"FAILED   1 of 2: {reason} [requests 400, success 1, p95 20 ms]" in out
    assert edge.pods == (10, 0)


def test_a_cluster_that_cannot_be_asked_is_a_failed_check(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    def leave(expression: str) -> None:
        if edge.pods == (9, 1):
            (edge.folder / "waf").rename(edge.folder / "gone")

    edge.api.before = leave
    assert edge.run("--failures", "2") == 1
    assert (
        'the weight is not known: `kubectl get deployment waf` failed: deployments.apps "waf"'
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("garbage", ["", "null", "no JSON", '{"items": [{}]}'])
def test_an_answer_of_the_cluster_that_cannot_be_read_is_no_weight(
    edge: Edge, capsys: pytest.CaptureFixture[str], garbage: str
) -> None:
    edge.api.before = lambda expression: edge.write("garbage", garbage) if edge.pods == (9, 1) else None
    assert edge.run("--failures", "1") == 3
    out = capsys.readouterr().out
    assert "the weight is not known: kubectl's answer cannot be read" in out and "COULD NOT BE PUT BACK" in out
    assert edge.pods == (10, 0)  # as nobody can tell


@pytest.mark.parametrize(("refused", "left"), [("waf-canary", (10, 1)), ("waf", (9, 0))])
def test_a_deployment_that_cannot_be_scaled_does_not_keep_the_other_from_it(
    edge: Edge, capsys: pytest.CaptureFixture[str], refused: str, left: tuple[int, int]
) -> None:
    edge.api.answers["ok"] = [vector("1"), vector("0.5")]
    checks = iter([False, False, False])
    edge.api.before = lambda expression: edge.write(f"refuse-{refused}", "") if next(checks, True) else None
    assert edge.run("--failures", "1") == 3
    assert edge.pods == left
    out = capsys.readouterr().out
    assert "THE WEIGHT COULD NOT BE PUT BACK" in out
    assert f"attempt 3: `kubectl scale deployment/{refused} --replicas=" in out


def test_rights_that_lack_are_found_out_before_the_first_step(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    edge.write("refuse-waf", "")
    assert edge.run() == 2
    assert "scale of waf is forbidden" in capsys.readouterr().err
    assert edge.pods == (10, 0)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--set-weight", "true"], "--set-weight alone"),
        (["--canary", ""], "--set-weight alone"),
        (["--canary", "waf"], "are both waf"),
        (["--step", "0"], "1 <= step <= to <= 100"),
        (["--step", "60"], "1 <= step <= to <= 100"),
        (["--to", "101"], "1 <= step <= to <= 100"),
        (["--failures", "0"], "--failures 0"),
        (["--min-success", "99"], "99 % is 0.99"),
        (["--min-success", "0"], "--min-success 0"),
        (["--min-success", "nan"], "--min-success nan"),
        (["--min-requests", "0"], "--min-requests 0"),
        (["--min-requests", "inf"], "--min-requests inf"),
        (["--prometheus", "prometheus:9090"], "is not http://HOST:PORT"),
        (["--prometheus", "file:///etc/passwd"], "is not http://HOST:PORT"),
        (["--prometheus", "http://[::1"], "--prometheus"),
        (["--prometheus", "http://me:secret@prometheus"], "credentials do not belong into an address"),
    ],
)
def test_arguments_that_make_no_sense(
    edge: Edge, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edge.run(*arguments) == 2
    err = capsys.readouterr().err
    assert reason in err and "secret" not in err
    assert not (edge.folder / "asked").exists()


@pytest.mark.parametrize("text", ["60", "1.5s", "0s", "-1s", "5 s", "s", "", "1s1m", "1d"])
def test_a_duration_has_its_unit(edge: Edge, text: str) -> None:
    with pytest.raises(SystemExit) as ended:
        edge.run(f"--interval={text}")
    assert ended.value.code == 2
