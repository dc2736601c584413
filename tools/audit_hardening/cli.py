"""The command: arguments, what is audited, exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from tools import kubectl
from tools.audit_hardening import (
    accounts,
    budgets,
    etcd_alert,
    evidence,
    limits,
    metadata_egress,
    pod_security,
    read,
    report,
)
from tools.audit_hardening.finding import OK, SKIPPED, Finding
from tools.audit_hardening.objects import Namespace
from tools.bad_input import BadInput, ending

HARDENED, NOT_HARDENED = 0, 1

CHECKS = (
    budgets.CHECK,
    limits.CHECK,
    metadata_egress.CHECK,
    pod_security.CHECK,
    accounts.CHECK,
    accounts.TOKEN,
    etcd_alert.CHECK,
    evidence.BACKUP,
    evidence.LOAD,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Audit a namespace.

    Returns:
        0: nothing is open, and nothing unknown; 1: something is; 2: the input cannot be judged.
    """
    return ending(_parser(), _audit, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="audit-hardening",
        description="What would these incidents still find open in a namespace?",
        epilog="exit codes: 0 nothing is open or unknown, 1 something is, 2 bad input",
    )
    parser.add_argument("paths", nargs="*", help="manifests or folders of them; - is standard input")
    parser.add_argument("--namespace", required=True, help="which; manifests that name none count as its own")
    parser.add_argument("--live", action="store_true", help="audit the cluster instead of manifests")
    parser.add_argument("--rules", action="append", default=[], metavar="PATH", help="alert rules; repeatable")
    parser.add_argument("--evidence", metavar="FILE", help="restores and load tests that were done")
    parser.add_argument(
        "--level",
        choices=pod_security.LEVELS[1:],
        default="restricted",
        help="the least Pod Security level (default: restricted)",
    )
    parser.add_argument("--skip", action="append", default=[], choices=CHECKS, help="leave a check out; repeatable")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="today, as far as ages go")
    kubectl.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _audit(options: argparse.Namespace) -> int:
    if bool(options.paths) == options.live:
        raise BadInput("name manifests or --live, one of the two")
    if options.live:
        namespace, others = read.from_cluster(kubectl.command(options), options.namespace), 0
    else:
        namespace, others = read.from_paths(options.paths, options.namespace)
    findings: list[Finding] = []
    for name, check in _checks(options, namespace).items():
        if name in options.skip:
            findings.append(Finding(name, SKIPPED, f"Namespace {namespace.name}", "", "left out by --skip"))
        else:
            findings += check()
    sys.stdout.write((report.as_json if options.json else report.text)(namespace.name, findings, others) + "\n")
    return HARDENED if all(one.status in (OK, SKIPPED) for one in findings) else NOT_HARDENED


def _checks(options: argparse.Namespace, namespace: Namespace) -> Mapping[str, Callable[[], list[Finding]]]:
    written = evidence.read(options.evidence)
    today = options.as_of or datetime.now(UTC).date()
    checks: tuple[Callable[[], list[Finding]], ...] = (
        lambda: budgets.check(namespace),
        lambda: limits.check(namespace),
        lambda: metadata_egress.check(namespace),
        lambda: pod_security.check(namespace, options.level),
        lambda: accounts.check(namespace),
        lambda: accounts.tokens(namespace),
        lambda: etcd_alert.check(options.rules, f"Namespace {namespace.name}"),
        lambda: evidence.backups(namespace, written, today),
        lambda: evidence.load_tests(namespace, written),
    )
    return dict(zip(CHECKS, checks, strict=True))
