"""A canary goes up only where it is known to be well, and back to nothing in every other case."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.unit.tools.prometheus_api import (
    Answer,
    PrometheusApi,
    body,
    dripping,
    hung_up,
    prometheus_api,
    redirected,
    refused,
    result,
    vector,
)
from tools.canary_gate import command, walk
from tools.canary_gate.cli import main
from tools.canary_gate.judge import Limits, Unknown, judge

pytestmark = pytest.mark.unit

LIMITS = Limits(min_requests=100, min_success=0.99, max_p95_s=0.5)


class Gate:
    """A gate whose weight is a line in a file, in front of a Prometheus that finds the canary well."""

    def __init__(self, folder: Path, api: PrometheusApi) -> None:
        self.api = api
        self._file = folder / "weights"
        self.command = f'echo "$WEIGHT/$STABLE_WEIGHT" >> {self._file}'
        self.says("requests", vector("400"))
        self.says("success", vector("1"))
        self.says("p95", vector("0.02"))

    def says(self, expression: str, *answers: Answer) -> None:
        """To what is asked before the first weight Prometheus has no data."""
        self.api.answers[expression] = [vector(), *answers]

    def run(self, *more: str, interval: str = "1ms") -> int:
        queries = ["--requests-query", "requests", "--success-query", "success", "--latency-query", "p95"]
        weight = ["--set-weight", self.command] if "--stable" not in more else []
        return main(["--prometheus", self.api.url, *queries, *weight, "--interval", interval, *more])

    @property
    def weights(self) -> list[str]:
        return self._file.read_text(encoding="utf-8").split() if self._file.exists() else []


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    monkeypatch.setattr(walk, "_BETWEEN_ATTEMPTS_S", 0)
    monkeypatch.setattr(command, "_LOOKS_EVERY_S", 0.01)
    monkeypatch.setenv("no_proxy", "*")
    with prometheus_api() as api:
        yield Gate(tmp_path, api)


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("reading", [(100.0, 0.99, 0.5), (1e9, 1.0, 0.0), (100.5, 1 + 1e-9, 0.1)])
def test_what_is_at_its_limit_is_healthy(reading: tuple[float, float, float]) -> None:
    found = judge(*reading, LIMITS)
    assert found.healthy and (found.requests, found.success, found.p95_s) == reading


@pytest.mark.parametrize(
    ("requests", "success", "p95", "reason"),
    [
        (99.9, 1.0, 0.1, "99.9 requests are too few, 100 are needed"),
        (400.0, 0.9899, 0.1, "the success rate 0.9899 is below 0.99"),
        (400.0, 99.5, 0.1, "the success rate 99.5 is no share"),
        (400.0, -0.5, 0.1, "the success rate -0.5 is no share"),
        (400.0, 1.0, 0.501, "the p95 501 ms is above 500 ms"),
        (400.0, 1.0, -1.0, "the p95 -1 s is less than nothing"),
        (Unknown("none"), 1.0, 0.1, "the number of requests is not known: none"),
        (400.0, Unknown("none"), 0.1, "the success rate is not known: none"),
        (400.0, 1.0, Unknown("none"), "the p95 is not known: none"),
    ],
)
def test_each_of_the_three_fails_the_check_alone(
    requests: float | Unknown, success: float | Unknown, p95: float | Unknown, reason: str
) -> None:
    (wrong,) = judge(requests, success, p95, LIMITS).wrong
    assert wrong.startswith(reason)


def test_a_healthy_canary_goes_up_and_stays(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.run() == 0
    assert gate.weights == ["0/100", "10/90", "20/80", "30/70", "40/60", "50/50"]
    lines = capsys.readouterr().out.splitlines()
    assert "the way back is: WEIGHT=0 STABLE_WEIGHT=100 sh -euc 'echo" in lines[0]
    assert lines[2].endswith(" 10 %  healthy  requests 400, success 1, p95 20 ms")
    assert lines[-1].endswith("PASSED at 50 %, where the canary stays")


def test_the_last_step_is_as_small_as_it_has_to_be(gate: Gate) -> None:
    assert gate.run("--step", "20", "--to", "50") == 0
    assert gate.weights == ["0/100", "20/80", "40/60", "50/50"]


def test_failed_checks_keep_the_weight_and_then_abort(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.says("success", vector("1"), vector("0.9"))
    assert gate.run("--json") == 1
    assert gate.weights == ["0/100", "10/90", "20/80", "0/100"]
    events = said(capsys)
    checks = [one for one in events if one["event"] == "check"]
    assert [(one["weight"], one["healthy"], one["failed"]) for one in checks] == [
        (10, True, 0),
        *((20, False, n) for n in range(1, 6)),
    ]
    assert checks[-1]["wrong"] == ["the success rate 0.9 is below 0.99"]
    assert checks[-1]["success"] == 0.9 and checks[-1]["p95_s"] == 0.02
    ended = events[-1]
    assert (ended["passed"], ended["put_back"], ended["weight"]) == (False, True, 0)
    assert ended["reason"] == "failed checks: 5"


def test_failed_checks_are_counted_over_the_whole_walk(gate: Gate) -> None:
    bad, good = vector("0.9"), vector("1")
    gate.says("success", bad, good, bad, good, bad, good)
    assert gate.run("--failures", "3") == 1
    assert gate.weights == ["0/100", "10/90", "20/80", "30/70", "0/100"]
    gate.says("success", bad, good, bad, good)
    assert gate.run("--failures", "3") == 0


@pytest.mark.parametrize("expression", ["requests", "success", "p95"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (vector(), "yields no series instead of one"),
        (vector("1", "1"), "yields 2 series instead of one"),
        (vector("NaN"), "yields nan"),
        (vector("+Inf"), "yields inf"),
        (vector("1", warnings=["store 2 did not answer"]), "Prometheus warns: store 2 did not answer"),
        (vector("one"), "cannot be read"),
        (result("matrix", []), "yields a matrix"),
        (result("vector", [{"metric": {}, "histogram": [1.0, {}]}]), "cannot be read"),
        (result("vector", None), "cannot be read"),
        (body("[]"), "cannot be read"),
        (body("<html>sign in</html>"), "gave no answer"),
        (body(""), "gave no answer"),
        (body(b"\xff\xfe\x00"), "gave no answer"),
        (body(" " * (2 << 20)), "has more than 1048576 bytes"),
        (refused(200, "told so"), "Prometheus refuses: told so"),
        (refused(422, "many-to-many matching"), "Prometheus answers 422: many-to-many matching"),
        (body("bad gateway", 502), "Prometheus answers 502: Bad Gateway"),
        (hung_up, "gave no answer"),
    ],
)
def test_an_answer_that_is_none_is_a_failed_check(
    gate: Gate, capsys: pytest.CaptureFixture[str], expression: str, answer: Answer, reason: str
) -> None:
    gate.says(expression, answer)
    assert gate.run("--failures", "1", "--json") == 1
    assert gate.weights == ["0/100", "10/90", "0/100"]
    (check,) = [one for one in said(capsys) if one["event"] == "check"]
    (wrong,) = check["wrong"]
    assert reason in wrong
    assert check[{"p95": "p95_s"}.get(expression, expression)] is None


def test_an_answer_that_never_ends_is_a_failed_check(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.says("p95", dripping)
    assert gate.run("--failures", "1", "--timeout", "500ms") == 1
    assert "the p95 is not known: Prometheus gave no answer: it was not complete after 0.5 s" in capsys.readouterr().out


def test_a_prometheus_that_goes_away_is_a_failed_check(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    def leave(expression: str) -> None:
        if gate.weights[-1:] == ["10/90"]:
            raise ConnectionAbortedError

    gate.api.before = leave
    assert gate.run("--failures", "2") == 1
    assert gate.weights == ["0/100", "10/90", "0/100"]
    assert "FAILED   2 of 2: the number of requests is not known: Prometheus gave no answer" in capsys.readouterr().out


def test_what_cannot_be_asked_at_all_is_not_begun(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.api.answers["p95"] = [refused(400, "1:5: parse error")]
    assert gate.run() == 2
    assert "`p95`: Prometheus answers 400: 1:5: parse error" in capsys.readouterr().err
    for url in ("http://127.0.0.1:1", "http://127.0.0.1:port"):
        assert gate.run("--prometheus", url) == 2
        assert "Prometheus gave no answer" in capsys.readouterr().err
    assert gate.weights == []


def test_a_scalar_is_a_number_too(gate: Gate) -> None:
    gate.says("success", result("scalar", [1763762400, "1"]))
    assert gate.run() == 0
    gate.says("success", result("scalar", [1763762400, "NaN"]))
    assert gate.run() == 1


def test_a_token_is_sent_where_there_is_one(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_TOKEN", raising=False)
    assert gate.run("--to", "10") == 0
    assert {header for _, header in gate.api.asked} == {None}
    gate.api.asked.clear()
    monkeypatch.setenv("PROMETHEUS_TOKEN", "t0ken")
    assert gate.run("--to", "10") == 0
    assert {header for _, header in gate.api.asked} == {"Bearer t0ken"}


def test_a_token_does_not_go_along_a_redirection(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "t0ken")
    gate.api.answers["elsewhere"] = [vector("0.02")]
    gate.api.answers["p95"] = [redirected(f"{gate.api.url}/api/v1/query?query=elsewhere")]
    assert gate.run("--to", "10") == 0
    assert {asked for asked in gate.api.asked if asked[1] is None} == {("elsewhere", None)}


def test_a_weight_that_cannot_be_set_aborts(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.command += '; if [ "$WEIGHT" = 20 ]; then echo no such cluster >&2; exit 7; fi'
    assert gate.run() == 1
    assert gate.weights == ["0/100", "10/90", "20/80", "0/100"]
    out = capsys.readouterr().out
    assert "ABORTED: 20 % could not be set: --set-weight ended with 7: no such cluster; the weight is back at 0" in out


def test_the_way_back_is_tried_before_the_way_up(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.command += '; [ "$WEIGHT" != 0 ]'
    assert gate.run() == 2
    assert gate.weights == ["0/100"]
    assert "--set-weight ended with 1" in capsys.readouterr().err


def test_a_way_back_that_fails_is_tried_again(gate: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate.says("p95", vector("9"))
    broken = tmp_path / "broken"
    gate.command += f"; if [ $WEIGHT = 10 ]; then touch {broken}; elif [ -e {broken} ]; then rm {broken}; exit 1; fi"
    assert gate.run("--failures", "1") == 1
    assert gate.weights == ["0/100", "10/90", "0/100", "0/100"]
    assert "the weight is back at 0; on the way back: --set-weight ended with 1" in capsys.readouterr().out


def test_a_weight_that_is_not_put_back_has_a_code_of_its_own(
    gate: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.says("p95", vector("9"))
    gate.command += f"; [ $WEIGHT = 10 ] && touch {tmp_path}/broken; [ $WEIGHT = 10 ] || [ ! -e {tmp_path}/broken ]"
    assert gate.run("--failures", "1") == 3
    assert "THE WEIGHT COULD NOT BE PUT BACK" in capsys.readouterr().out
    (tmp_path / "broken").unlink()
    assert gate.run("--failures", "1", "--json") == 3
    ended = said(capsys)[-1]
    assert (ended["put_back"], ended["weight"], len(ended["troubles"])) == (False, None, 3)


def test_a_command_that_hangs_is_ended_with_what_it_started(
    gate: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Whatever has the pipe open for writing keeps its reader waiting.
    os.mkfifo(tmp_path / "pipe")
    started = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    gate.command += f'; if [ "$WEIGHT" = 10 ]; then sleep 60 > {tmp_path}/pipe & wait; fi'
    assert gate.run("--set-within", "1s") == 1
    assert gate.weights == ["0/100", "10/90", "0/100"]
    assert "--set-weight did not end within 1 s" in capsys.readouterr().out
    assert select.select([started], [], [], 30)[0] and os.read(started, 1) == b""
    os.close(started)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_it_waits_puts_the_weight_back(
    gate: Gate, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    gate.command += f"; [ $WEIGHT = 0 ] || (sleep 0.02; kill -{number} {os.getpid()}) > /dev/null 2>&1 &"
    assert gate.run("--json", interval="1h") == 128 + number
    assert gate.weights == ["0/100", "10/90", "0/100"]
    ended = said(capsys)[-1]
    assert (ended["signal"], ended["put_back"], ended["passed"]) == (number.name, True, False)
    assert signal.getsignal(number) is before


def test_a_signal_is_heard_between_two_questions(gate: Gate) -> None:
    gate.api.before = lambda expression: (
        os.kill(os.getpid(), signal.SIGTERM) if gate.weights[-1:] == ["10/90"] else None
    )
    assert gate.run() == 143
    assert [expression for expression, _ in gate.api.asked] == ["requests", "success", "p95", "requests"]


def test_a_signal_during_the_last_check_is_no_pass(gate: Gate) -> None:
    gate.api.before = lambda expression: (
        os.kill(os.getpid(), signal.SIGTERM) if gate.weights[-1:] == ["10/90"] and expression == "p95" else None
    )
    assert gate.run("--to", "10") == 143
    assert gate.weights == ["0/100", "10/90", "0/100"]


def test_a_signal_ends_a_command_that_hangs(gate: Gate) -> None:
    gate.command += f'; if [ "$WEIGHT" = 10 ]; then kill -TERM {os.getpid()}; sleep 60; fi'
    assert gate.run("--set-within", "1h") == 143
    assert gate.weights == ["0/100", "10/90", "0/100"]


def test_a_signal_on_the_way_back_does_not_stop_it(gate: Gate, tmp_path: Path) -> None:
    gate.says("p95", vector("9"))
    up = tmp_path / "up"
    kill = f"kill -INT {os.getpid()}; sleep 0.05"
    gate.command += f"; if [ $WEIGHT = 10 ]; then touch {up}; elif [ -e {up} ]; then {kill}; fi"
    assert gate.run("--failures", "1") == 1
    assert gate.weights == ["0/100", "10/90", "0/100"]


def test_a_signal_before_the_first_step_begins_no_walk(gate: Gate) -> None:
    gate.command += f"; kill -TERM {os.getpid()}"
    assert gate.run() == 143
    assert set(gate.weights) == {"0/100"}


def test_output_that_nobody_reads_leaves_no_weight_behind(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.says("p95", vector("9"))
    read, write = os.pipe()
    os.close(read)
    with suppress(BrokenPipeError), os.fdopen(write, "w", encoding="utf-8") as nobody:
        monkeypatch.setattr("sys.stdout", nobody)
        assert gate.run("--failures", "1") == 1
    monkeypatch.undo()
    assert gate.weights == ["0/100", "10/90", "0/100"]
    assert "ABORTED: failed checks: 1; the weight is back at 0" in capsys.readouterr().err
