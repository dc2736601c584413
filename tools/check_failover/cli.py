"""The command: arguments, exit codes, what is printed."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict

from tools.bad_input import BadInput, ending
from tools.check_failover.heartbeat import ask
from tools.check_failover.judge import Judgement, judge

ALLOWED, REFUSED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Ask the replica, and judge.

    Returns:
        0: it may be promoted; 1: it may not, or it is not known; 2: the question itself was wrong.
    """
    return ending(_parser(), _check, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="check-failover",
        description="May this PostgreSQL replica be promoted? By the age of the last heartbeat that it has replayed.",
        epilog="exit codes: 0 it may be promoted, 1 it may not or nothing is known, 2 the question was wrong. "
        "Promote on 0 alone.",
    )
    parser.add_argument("--host", required=True, help="the replica's")
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--user", help="as psql takes it; the password comes by PGPASSWORD or a password file")
    parser.add_argument("--dbname", help="the database with the heartbeat table")
    parser.add_argument("--max-lag", type=_seconds, required=True, metavar="SECONDS", help="the most that may be lost")
    parser.add_argument(
        "--last-seen", type=_seconds, metavar="EPOCH", help="when the primary last answered (default: now)"
    )
    parser.add_argument("--table", default="heartbeat", help="of the heartbeat (default: heartbeat)")
    parser.add_argument("--column", default="at", help="its timestamp with time zone (default: at)")
    parser.add_argument("--timeout", type=_seconds, default=5.0, metavar="SECONDS", help="for the answer (default: 5)")
    parser.add_argument("--psql", default="psql", help="the program (default: psql)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise ValueError(text)
    return value


def _check(options: argparse.Namespace) -> int:
    if options.timeout == 0:
        raise BadInput("--timeout 0 leaves no time for an answer")
    connection = ["-h", options.host, "-p", str(options.port)]
    connection += ["-U", options.user] if options.user else []
    connection += ["-d", options.dbname] if options.dbname else []
    found = ask(options.psql, connection, options.table, options.column, options.timeout)
    judged = judge(found, options.max_lag, options.last_seen)
    sys.stdout.write((_json if options.json else _text)(options, judged) + "\n")
    return ALLOWED if judged.allowed else REFUSED


def _text(options: argparse.Namespace, judged: Judgement) -> str:
    return f"{options.host} {'may' if judged.allowed else 'MUST NOT'} be promoted: {judged.reason}"


def _json(options: argparse.Namespace, judged: Judgement) -> str:
    return json.dumps({"host": options.host, "max_lag_s": options.max_lag, **asdict(judged)}, indent=2)
