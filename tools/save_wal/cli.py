"""The command: arguments, what is done in which order, exit codes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tools import kubectl
from tools.bad_input import BadInput, ending
from tools.save_wal.archive import Verified, verify
from tools.save_wal.reader import reader
from tools.save_wal.workload import Workload, find, stop, writers

SAVED, DAMAGED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Save and verify.

    Returns:
        0: the archive is what is on the volume; 1: it is not, or the log has a hole; 2: nothing could be saved.
    """
    return ending(_parser(), _save, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="save-wal",
        description="Save and verify Prometheus' write-ahead log and head chunks, from the volume of a stopped pod.",
        epilog="exit codes: 0 saved and verified, 1 the archive or the log is damaged, 2 nothing could be saved",
    )
    parser.add_argument("workload", metavar="TYPE/NAME", help="statefulset/prometheus")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--out", type=Path, required=True, help="the archive: wal.tar.gz")
    parser.add_argument("--stop", action="store_true", help="scale the workload to 0 first; it stays stopped")
    parser.add_argument("--claim", help="the volume claim, where the workload has several")
    parser.add_argument("--ordinal", type=int, default=0, help="which replica of a StatefulSet (default: 0)")
    parser.add_argument("--folder", default="", help="of Prometheus' data on the volume (default: its root)")
    parser.add_argument("--image", help="of the reading pod, with sh, tar, find, sha256sum (default: the workload's)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    kubectl.add_options(parser)
    return parser


def _save(options: argparse.Namespace) -> int:
    if options.out.exists():
        raise BadInput(f"{options.out} is there already, and is not written over")
    cluster = [*kubectl.command(options), f"--namespace={options.namespace}"]
    workload = find(cluster, options.workload, options.claim, options.ordinal)
    if options.stop:
        stop(cluster, workload)
    if busy := writers(cluster, workload.claim):
        raise BadInput(f"{', '.join(busy)} still writes to {workload.claim}: stop it first, or use --stop")
    part = options.out.with_name(options.out.name + ".part")
    with reader(cluster, workload, options.image or workload.image, options.folder) as opened:
        sums = opened.sums()
        opened.archive(part)
    found = verify(part, sums)
    if not found.wrong:
        part.rename(options.out)
    sys.stdout.write((_json if options.json else _text)(found, workload, part if found.wrong else options.out) + "\n")
    return DAMAGED if found.wrong else SAVED


def _text(found: Verified, workload: Workload, archive: Path) -> str:
    lines = [f"damaged: {one}" for one in found.wrong]
    log = f"segments {found.segments[0]:08d} to {found.segments[-1]:08d}" if found.segments else "no segments"
    point = f", checkpoint {found.checkpoint:08d}" if found.checkpoint is not None else ""
    lines.append(f"{archive}: {found.files} files, {found.size} bytes, {log}{point}")
    if not found.wrong:
        lines.append("every file's SHA-256 is the volume's")
    lines.append(f"next: raise the memory limit of {workload.name}, then scale it to {max(1, workload.replicas)}")
    return "\n".join(lines)


def _json(found: Verified, workload: Workload, archive: Path) -> str:
    whole = {"archive": str(archive), "workload": workload.name, "replicas_before": workload.replicas, **asdict(found)}
    return json.dumps(whole, indent=2)
