"""The command: arguments, what is read, exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tools import kubectl
from tools.bad_input import BadInput, ending
from tools.validate_network_policy import read
from tools.validate_network_policy.check import check
from tools.validate_network_policy.objects import Manifest, Pods, world
from tools.validate_network_policy.probe import probe
from tools.validate_network_policy.report import as_json, as_text
from tools.validate_network_policy.targets import annotated, named

ADMITTED, REFUSED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the check.

    Returns:
        0: every target may be scraped; 1: at least one is refused; 2: the input cannot be judged.
    """
    return ending(_parser(), _judge, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="validate-network-policy",
        description="Would this set of NetworkPolicies let Prometheus scrape what it has to scrape?",
        epilog="exit codes: 0 every target may be scraped, 1 at least one is refused, 2 bad input",
    )
    parser.add_argument("paths", nargs="*", help="manifests or folders of them; - is standard input")
    parser.add_argument(
        "--from",
        dest="scraper",
        default="monitoring",
        metavar="NAMESPACE[:KEY=VALUE,…]",
        help="where scrapes come from: namespace and labels of Prometheus (default: monitoring)",
    )
    parser.add_argument("--from-cidr", action="append", default=[], help="the scraper's addresses, for ipBlock rules")
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="NAMESPACE/SERVICE:PORT",
        help="check these instead of what is annotated; repeatable",
    )
    parser.add_argument("--namespace", default="default", help="of manifests that name none")
    parser.add_argument("--live", action="store_true", help="read the cluster; manifests count as applied on top")
    parser.add_argument("--probe", metavar="IMAGE", help="with --live: also ask each target from a pod of this image")
    parser.add_argument("--path", default="/metrics", help="what a probe asks for")
    kubectl.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _judge(options: argparse.Namespace) -> int:
    if options.probe and not options.live:
        raise BadInput("--probe asks a cluster: it needs --live")
    if options.probe and options.paths:
        raise BadInput("--probe asks the cluster as it is: manifests that are not applied cannot be probed")
    if not options.paths and not options.live:
        raise BadInput("nothing to check: name manifests, or --live")
    cluster = kubectl.command(options)
    objects: list[Manifest] = read.from_paths(options.paths) if options.paths else []
    if options.live:
        objects = read.overlaid(read.from_cluster(cluster), objects)
    everything = world(objects, options.namespace)
    scraper = _scraper(options.scraper, options.from_cidr)
    targets = named(everything, options.target) if options.target else annotated(everything)
    if not targets:
        raise BadInput('nothing is annotated prometheus.io/scrape: "true", and no --target was named')
    findings = check(everything, scraper, targets)
    probes = [probe(cluster, options.probe, scraper, one, options.path) for one in targets] if options.probe else []
    sys.stdout.write((as_json if options.json else as_text)(scraper, findings, probes) + "\n")
    admitted = all(one.admitted for one in findings) and all(one.admitted for one in probes)
    return ADMITTED if admitted else REFUSED


def _scraper(text: str, cidrs: list[str]) -> Pods:
    namespace, _, labels = text.partition(":")
    pairs = [pair.partition("=") for pair in labels.split(",") if pair]
    if not namespace or any(not sign for _, sign, _ in pairs):
        raise BadInput(f"--from {text!r} is not NAMESPACE[:KEY=VALUE,…]")
    known = {key: value for key, _, value in pairs}
    return Pods(owner=f"namespace {namespace}", namespace=namespace, labels=known, addresses=tuple(cidrs))
