"""The command: arguments, what is judged, exit codes."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

from tools.bad_input import BAD, BadInput, ending
from tools.check_regex import report, rules
from tools.check_regex.check import Rule, Verdict, check
from tools.check_regex.engines import ENGINES, HOW

SAFE, DANGEROUS = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Judge the patterns.

    Returns:
        0: every pattern is safe; 1: at least one is dangerous; 2: one is none or could not be measured, and none is
        known to be dangerous.
    """
    return ending(_parser(), _judge, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="check-regex",
        description="Can an input make this regular expression take for ever? Inputs are made from the pattern itself, "
        "and the growth of the time that they take is measured.",
        epilog="exit codes: 0 every pattern is safe, 1 at least one is dangerous, 2 one is no pattern or could not be "
        "measured",
    )
    parser.add_argument("files", nargs="*", help="one pattern a line, or ModSecurity rules; - is standard input")
    parser.add_argument("-e", "--pattern", action="append", default=[], help="a pattern; repeatable")
    parser.add_argument("--engine", default="python", help=f"{' or '.join(ENGINES)} (default: python)")
    parser.add_argument("--match", choices=HOW, default="search", help="how it is asked (default: search)")
    parser.add_argument(
        "--limit",
        type=float,
        default=3.0,
        metavar="SECONDS",
        help="processor time of one match before it is killed (default: 3)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _judge(options: argparse.Namespace) -> int:
    if not (math.isfinite(options.limit) and options.limit >= 1):
        raise BadInput(f"--limit {options.limit:g}: a match needs at least 1 s before it is called endless")
    found = rules.given(options.pattern, options.files, rules.engine(options.engine))
    verdicts = [_checked(one, options.match, options.limit) for one in found]
    sys.stdout.write((report.as_json(verdicts, options.match) if options.json else report.text(verdicts)) + "\n")
    if any(one.verdict == "dangerous" for one in verdicts):
        return DANGEROUS
    return BAD if any(one.verdict == "unknown" for one in verdicts) else SAFE


def _checked(rule: Rule, how: str, limit_s: float) -> Verdict:
    try:
        return check(rule, how, limit_s)
    except BadInput as error:
        raise BadInput(f"{rule.place}: {rule.pattern!r}: {error}") from error
