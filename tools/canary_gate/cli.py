"""The command: arguments, exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from tools import kubectl
from tools.bad_input import BadInput, ending
from tools.canary_gate import report
from tools.canary_gate.command import Command
from tools.canary_gate.deployments import Deployments
from tools.canary_gate.duration import seconds
from tools.canary_gate.judge import Limits, Questions, Reading, look
from tools.canary_gate.prometheus import Prometheus
from tools.canary_gate.signals import Interrupted, Signals
from tools.canary_gate.walk import Ended, Event, Plan, walk
from tools.canary_gate.weight import Weight

PASSED, ABORTED, NOT_BACK, BY_SIGNAL = 0, 1, 3, 128
TOKEN = "PROMETHEUS_TOKEN"  # noqa: S105 - the variable that holds one


def main(argv: Sequence[str] | None = None) -> int:
    """Walk the canary up, or back.

    Returns:
        0: it was healthy at every weight, and has the last one; 1: aborted, and the weight is 0 again; 2: it was not
        begun; 3: aborted, and the weight could not be put back; 128 and the signal's number: interrupted, and the
        weight is 0 again.
    """
    return ending(_parser(), _gate, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canary-gate",
        description="Walk a canary up in steps while Prometheus says that it is well, and back to 0 where it does not.",
        epilog="exit codes: 0 healthy at every weight, the canary has the last one; 1 aborted, the weight is 0 again; "
        "2 not begun; 3 aborted, and THE WEIGHT COULD NOT BE PUT BACK; 129, 130, 143 interrupted (SIGHUP, SIGINT, "
        f"SIGTERM), the weight is 0 again. A bearer token is read from {TOKEN}. Promote on 0 alone.",
    )
    walked = parser.add_argument_group("the walk")
    walked.add_argument("--step", type=int, default=10, metavar="PERCENT", help="(default: 10)")
    walked.add_argument("--to", type=int, default=50, metavar="PERCENT", help="the last weight (default: 50)")
    walked.add_argument("--interval", type=seconds, default="60s", metavar="DURATION", help="(default: 60s)")
    walked.add_argument("--failures", type=int, default=5, metavar="N", help="failed checks that abort it (default: 5)")
    asked = parser.add_argument_group("what is asked, each of one series about the canary alone")
    asked.add_argument("--prometheus", required=True, metavar="URL", help="http://prometheus:9090")
    asked.add_argument("--requests-query", required=True, metavar="PROMQL", help="their number within the window")
    asked.add_argument("--success-query", required=True, metavar="PROMQL", help="the share that succeeded, 0 to 1")
    asked.add_argument("--latency-query", required=True, metavar="PROMQL", help="the 95th percentile, in seconds")
    asked.add_argument("--min-requests", type=float, default=100.0, metavar="N", help="(default: 100)")
    asked.add_argument("--min-success", type=float, default=0.99, metavar="SHARE", help="(default: 0.99)")
    asked.add_argument("--max-p95", type=seconds, default="500ms", metavar="DURATION", help="(default: 500ms)")
    asked.add_argument(
        "--timeout", type=seconds, default="10s", metavar="DURATION", help="for an answer (default: 10s)"
    )
    pods = parser.add_argument_group("the weight, as a share of pods behind one Service")
    pods.add_argument("--stable", metavar="DEPLOYMENT", help="that serves")
    pods.add_argument("--canary", metavar="DEPLOYMENT", help="with the change, at 0 replicas")
    pods.add_argument("--namespace", help="of both")
    kubectl.add_options(parser)
    other = parser.add_argument_group("the weight, by any other means")
    other.add_argument("--set-weight", metavar="COMMAND", help="for sh; reads WEIGHT and STABLE_WEIGHT (percent)")
    parser.add_argument(
        "--set-within", type=seconds, default="2m", metavar="DURATION", help="a weight has to be set (default: 2m)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    return parser


def _gate(options: argparse.Namespace) -> int:
    plan, limits = _plan(options), _limits(options)
    questions = Questions(options.requests_query, options.success_query, options.latency_query)
    prometheus = Prometheus(options.prometheus, os.environ.get(TOKEN, ""), options.timeout)
    _answered(prometheus, questions)
    weight = _weight(options, plan)

    def say(event: Event) -> None:
        _write((report.as_json if options.json else report.text)(event, datetime.now(UTC)))

    with Signals() as signals:

        def reading() -> Reading:
            return look(prometheus, questions, limits, weight, signals.wait)

        try:
            return _code(walk(plan, weight, reading, say, signals.wait))
        except Interrupted as early:
            sys.stderr.write(f"canary-gate: {early} arrived before the first weight was set\n")
            return BY_SIGNAL + early.number


def _answered(prometheus: Prometheus, questions: Questions) -> None:
    """What cannot be asked is found out before a request is sent to the canary; without any it need not be a number."""
    for expression in questions.all():
        try:
            prometheus.values(expression)
        except BadInput as error:
            raise BadInput(f"`{expression}`: {error}") from error


def _write(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # Nobody reads it any more: no reason to leave a weight where it is, or to end with another code.
        sys.stdout = sys.stderr
        with suppress(OSError):
            sys.stderr.write(f"{line}\n")


def _code(ended: Ended) -> int:
    if not ended.reason:
        return PASSED
    if not ended.back:
        return NOT_BACK
    return ABORTED if ended.signal is None else BY_SIGNAL + ended.signal


def _plan(options: argparse.Namespace) -> Plan:
    if not 1 <= options.step <= options.to <= 100:
        raise BadInput(f"--step {options.step} --to {options.to}: 1 <= step <= to <= 100, in percent")
    if options.failures < 1:
        raise BadInput(f"--failures {options.failures}: one failed check is the least that can abort")
    return Plan(options.step, options.to, options.interval, options.failures)


def _limits(options: argparse.Namespace) -> Limits:
    if not 0 < options.min_success <= 1:
        raise BadInput(f"--min-success {options.min_success:g}: a share is above 0 and at most 1; 99 % is 0.99")
    if not 1 <= options.min_requests < float("inf"):
        raise BadInput(f"--min-requests {options.min_requests:g}: one request is the least that says anything")
    return Limits(options.min_requests, options.min_success, options.max_p95)


def _weight(options: argparse.Namespace, plan: Plan) -> Weight:
    pods = (options.stable, options.canary, options.namespace)
    if options.set_weight and not any(pods):
        return Command(options.set_weight, options.set_within)
    if options.set_weight or not all(pods):
        raise BadInput("the weight is set by --stable, --canary and --namespace, or by --set-weight alone")
    cluster = [*kubectl.command(options), f"--namespace={options.namespace}"]
    return Deployments.between(cluster, options.stable, options.canary, options.set_within, plan.step)
