"""The command: arguments, what is done in which order, exit codes."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bad_input import BadInput, ending
from tools.redis_backup import manifest
from tools.redis_backup.client import Client
from tools.redis_backup.compare import differences, not_arrived
from tools.redis_backup.content import Content, content
from tools.redis_backup.manifest import Manifest
from tools.redis_backup.restore import copy
from tools.redis_backup.scratch import NotRestorable, scratch

GOOD, DAMAGED = 0, 1
TAKES_S = 600.0
PASSWORD = "REDISCLI_AUTH"  # noqa: S105 - redis-cli's own variable, which holds one


def main(argv: Sequence[str] | None = None) -> int:
    """Save, verify or restore.

    Returns:
        0: the backup was restored and is what Redis held; 1: it cannot be restored, or keys or checksums differ;
        2: it could not be tried.
    """
    return ending(_parser(), _run, argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="redis-backup",
        description="Back up Redis, restore the backup into a Redis of its own, and compare the two.",
        epilog="exit codes: 0 restored and the same, 1 not restorable or not the same, 2 could not be tried; "
        f"a password is read from {PASSWORD}",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--server", default="redis-server", help="that tries the restore (default: redis-server)")
    commands = parser.add_subparsers(dest="command", required=True)
    save = commands.add_parser("save", help="take a backup and try its restore")
    save.add_argument("--out", type=Path, required=True, help="the file; FILE.json beside it says what it holds")
    verify = commands.add_parser("verify", help="restore a backup somewhere else and compare it with its manifest")
    restore = commands.add_parser("restore", help="verify a backup and write its keys into a Redis that serves")
    restore.add_argument("--replace", action="store_true", help="write over keys that are there")
    for one in (save, restore):
        one.add_argument("--host", required=True)
        one.add_argument("--port", type=int, default=6379)
    for one in (verify, restore):
        one.add_argument("file", type=Path)
    return parser


def _run(options: argparse.Namespace) -> int:
    report = {"save": _save, "verify": _verify, "restore": _restore}[options.command](options)
    wrong = report["wrong"]
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        lines = [f"damaged: {one}" for one in wrong]
        lines += [f"{name}: {value}" for name, value in report.items() if name != "wrong"]
        sys.stdout.write("\n".join([*lines, *([] if wrong else ["restored and compared: the same"])]) + "\n")
    return DAMAGED if wrong else GOOD


def _save(options: argparse.Namespace) -> dict[str, Any]:
    for path in (options.out, manifest.beside(options.out)):
        if path.exists():
            raise BadInput(f"{path} is there already, and is not written over")
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    source, part = _client(options), options.out.with_name(options.out.name + ".part")
    try:
        before = content(source)
        _take(options, part)
        held, wrong = _restored(part, options.server)
        if not wrong:
            wrong = differences(before, content(source), held)
    finally:
        source.close()
    if wrong:
        return {"file": str(part), "wrong": wrong}
    part.rename(options.out)
    found = Manifest.of(options.out, held, taken, f"{options.host}:{options.port}")
    found.write(options.out)
    return {"file": str(options.out), **asdict(found), "wrong": []}


def _verify(options: argparse.Namespace) -> dict[str, Any]:
    written = _manifest(options.file)
    held, wrong = _restored(options.file, options.server)
    return {"file": str(options.file), **asdict(written), "wrong": wrong or written.wrong(options.file, held)}


def _restore(options: argparse.Namespace) -> dict[str, Any]:
    report = _verify(options)
    if report["wrong"]:
        return report
    target = _client(options)
    try:
        # What is there is newer than the backup, and stays as it is.
        newer = {} if options.replace else content(target)
        with scratch(options.file, options.server) as source:
            copied = copy(source, target, replace=options.replace)
            backup = {key: held for key, held in content(source).items() if key not in newer}
        wrong = not_arrived(backup, content(target))
    finally:
        target.close()
    return {**report, **asdict(copied), "wrong": wrong}


def _manifest(file: Path) -> Manifest:
    if not file.is_file():
        raise BadInput(f"there is no backup {file}")
    return manifest.read(file)


def _restored(file: Path, server: str) -> tuple[Content, list[str]]:
    try:
        with scratch(file, server) as loaded:
            return content(loaded), []
    except NotRestorable as error:
        return {}, [f"it cannot be restored: {error}"]


def _client(options: argparse.Namespace) -> Client:
    return Client((options.host, options.port), os.environ.get(PASSWORD, ""))


def _take(options: argparse.Namespace, part: Path) -> None:
    command = ["redis-cli", "-h", options.host, "-p", str(options.port), "--rdb", str(part)]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=TAKES_S, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise BadInput(f"`{' '.join(command)}` failed: {(error.stderr or error.stdout).strip()[-300:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadInput(f"`{' '.join(command)}` did not run: {error}") from error
