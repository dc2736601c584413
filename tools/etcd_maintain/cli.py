"""The command: arguments, exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tools.bad_input import BadInput, ending
from tools.etcd_maintain import etcdctl, report
from tools.etcd_maintain.maintenance import Plan, inspect, maintain

WELL, NOT_WELL = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Maintain an etcd cluster, or look at it.

    Returns:
        0: no alarm is raised and every file is below --most of its quota; 1: not so, in the end; 2: a member did not
        answer, or the input cannot be judged; what was not reached by then was not touched.
    """
    return ending(_parser(), _run, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="etcd-maintain",
        description="Compact etcd, defragment its members one by one with the leader last, and disarm NOSPACE.",
        epilog="exit codes: 0 no alarm and every file below --most, 1 not so, 2 a member did not answer or bad input",
    )
    parser.add_argument("--status", action="store_true", help="look, and change nothing")
    parser.add_argument("--keep-revisions", type=int, default=0, metavar="N", help="of the newest history (default: 0)")
    parser.add_argument(
        "--defrag-above", type=float, default=0.0, metavar="SHARE", help="of the quota, 0 to 1 (default: 0, always)"
    )
    parser.add_argument(
        "--most", type=float, default=0.7, metavar="SHARE", help="of the quota that is called well (default: 0.7)"
    )
    parser.add_argument("--quota", type=int, metavar="BYTES", help="where etcd does not tell it, before 3.6")
    parser.add_argument("--json", action="store_true", help="print JSON")
    etcdctl.add_options(parser)
    return parser


def _run(options: argparse.Namespace) -> int:
    for name, share in (("--defrag-above", options.defrag_above), ("--most", options.most)):
        if not 0 <= share <= 1:
            raise BadInput(f"{name} {share:g}: a share of the quota is from 0 to 1")
    if options.keep_revisions < 0:
        raise BadInput(f"--keep-revisions {options.keep_revisions}: history of less than nothing cannot be kept")
    if options.quota is not None and options.quota <= 0:
        raise BadInput(f"--quota {options.quota}: a quota is more than 0 bytes")
    plan = Plan(options.keep_revisions, options.defrag_above, options.most, options.quota)
    outcome = (inspect if options.status else maintain)(etcdctl.connection(options), plan)
    sys.stdout.write((report.as_json if options.json else report.text)(outcome) + "\n")
    return NOT_WELL if outcome.wrong else WELL
