"""The command: arguments, what is scanned, exit codes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from tools import kubectl, manifest_files
from tools.bad_input import BadInput, ending
from tools.scan_deprecated_apis import catalogue, definitions, dry_run, live, manifests
from tools.scan_deprecated_apis.catalogue import Release
from tools.scan_deprecated_apis.findings import Finding

CLEAN, FOUND = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the scan.

    Returns:
        0: nothing that the target release no longer serves; 1: something, or the dry run's objection; 2: the input
        cannot be scanned.
    """
    return ending(_parser(), _scan, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scan-deprecated-apis",
        description="Which objects still speak an API version that a Kubernetes release no longer serves?",
        epilog="exit codes: 0 nothing is removed in the target, 1 something is, 2 bad input",
    )
    parser.add_argument("paths", nargs="*", help="manifests or folders of them; - is standard input")
    parser.add_argument("--target", required=True, metavar="RELEASE", help="the release to upgrade to: 1.36")
    parser.add_argument("--also", action="append", default=[], metavar="FILE", help="further removals, as in apis.yaml")
    parser.add_argument("--strict", action="store_true", help="what a later release removes counts too")
    parser.add_argument("--live", action="store_true", help="scan the cluster")
    parser.add_argument("--dry-run", action="store_true", help="have the API server judge the manifests, too")
    kubectl.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _scan(options: argparse.Namespace) -> int:
    if not options.paths and not options.live:
        raise BadInput("nothing to scan: name manifests, or --live")
    if options.dry_run and (not options.paths or "-" in options.paths):
        raise BadInput("a dry run needs manifests as files or folders")
    target = catalogue.release(options.target)
    texts = list(manifest_files.texts(options.paths))
    known = {**catalogue.load(options.also), **definitions.removals(texts, target)}
    findings, seen = manifests.scan(texts, known)
    if options.live:
        more, looked = live.scan(kubectl.command(options), known)
        findings, seen = findings + more, seen + looked
    if not seen and not options.live:
        raise BadInput(f"there is no Kubernetes object in {', '.join(options.paths)}")
    findings = sorted(set(findings), key=lambda one: (not one.breaks(target), one.where, one.place))
    count = [one for one in findings if options.strict or one.breaks(target)]
    objections = dry_run.objections(kubectl.command(options), options.paths) if options.dry_run else []
    told = _json if options.json else _text
    sys.stdout.write(told(findings, objections, target, seen, len(count)) + "\n")
    return FOUND if count or objections else CLEAN


def _text(findings: list[Finding], objections: list[str], target: Release, seen: int, count: int) -> str:
    lines = [one.text(target) for one in findings]
    lines += [f"DRY RUN    {one}" for one in objections]
    lines.append(f"{seen} objects looked at; {count} uses stand in the way of {target[0]}.{target[1]}")
    return "\n".join(lines)


def _json(findings: list[Finding], objections: list[str], target: Release, seen: int, count: int) -> str:
    uses = [
        {
            "where": one.where,
            "place": one.place,
            "api": one.api,
            "kind": one.kind,
            "removed_in": one.removal.release,
            "use": one.removal.use,
            "breaks": one.breaks(target),
        }
        for one in findings
    ]
    whole = {"target": f"{target[0]}.{target[1]}", "objects": seen, "in_the_way": count, "uses": uses}
    whole |= {"dry_run": objections}
    return json.dumps(whole, indent=2)
