"""What nobody can see in a namespace: that a backup was restored, that a load test was passed.

People write it down, with the report that shows it. What nothing is written about is unknown.

    backups:
      - {of: StatefulSet/db, restored: 2025-05-02, report: db-restore.json}
    load-tests:
      - {of: Deployment/web, done: 2025-05-10, expected-peak: 400, passed-at: 1200, report: web-load.html}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tools import manifest_files
from tools.audit_hardening.budgets import stateful
from tools.audit_hardening.finding import OK, OPEN, UNKNOWN, Finding, or_well
from tools.audit_hardening.objects import Namespace, Workload
from tools.bad_input import BadInput

BACKUP, LOAD = "backup-tested", "load-tested"
DAYS = 31
"""Backups are tested monthly."""
FACTOR = 2.0
"""A load test reaches at least this many times the expected peak."""
_KEYS: Mapping[str, tuple[tuple[str, type], ...]] = {
    "backups": (("of", str), ("restored", date), ("report", str)),
    "load-tests": (("of", str), ("done", date), ("expected-peak", float), ("passed-at", float), ("report", str)),
}
SERVING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod")


@dataclass(frozen=True)
class Written:
    """One entry: where it stands, and what it says."""

    file: Path
    says: Mapping[str, Any]

    @property
    def report(self) -> Path:
        """The report, beside the file that names it."""
        return self.file.parent / str(self.says["report"])


Evidence = Mapping[str, Mapping[str, Written]]
"""`backups` and `load-tests`: of each, the entry for each `Kind/name`."""


def read(file: str | None) -> Evidence:
    """The entries of a file; none where there is no file.

    Raises:
        BadInput: it cannot be read, or an entry is not of that form.
    """
    if file is None:
        return {}
    try:
        data = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise manifest_files.no_yaml(file, error) from error
    if not isinstance(data, dict) or set(data) - set(_KEYS):
        raise BadInput(f"{file} has to be a mapping of {' and '.join(_KEYS)}")
    return {kind: {one.says["of"]: one for one in _entries(file, kind, data.get(kind))} for kind in _KEYS}


def backups(namespace: Namespace, evidence: Evidence, today: date) -> list[Finding]:
    """For each stateful workload: was its backup restored within a month?"""
    found = [
        _backup(one, evidence.get("backups", {}).get(_key(one)), today) for one in namespace.workloads if stateful(one)
    ]
    return or_well(BACKUP, found, namespace.name, "nothing in it keeps state")


def load_tests(namespace: Namespace, evidence: Evidence) -> list[Finding]:
    """For each workload that serves: was a load test passed at twice the expected peak?"""
    serving = [one for one in namespace.workloads if one.object.kind in SERVING]
    found = [_load(one, evidence.get("load-tests", {}).get(_key(one))) for one in serving]
    return or_well(LOAD, found, namespace.name, "nothing in it serves")


def _backup(one: Workload, written: Written | None, today: date) -> Finding:
    title, do = one.object.title, "restore the newest backup somewhere else, and compare"
    if written is None:
        return Finding(BACKUP, UNKNOWN, title, one.place, "no evidence of a restore was given", f"{do}; --evidence")
    wrong = _report(written)
    age = (today - written.says["restored"]).days
    if wrong:
        return Finding(BACKUP, OPEN, title, str(written.file), wrong, do)
    if age < 0:
        return Finding(BACKUP, OPEN, title, str(written.file), "the restore is dated in the future", do)
    if age > DAYS:
        return Finding(BACKUP, OPEN, title, str(written.file), f"the last restore is {age} days old", do)
    return Finding(BACKUP, OK, title, str(written.file), f"restored {age} days ago, shown by {written.report}")


def _load(one: Workload, written: Written | None) -> Finding:
    title, do = one.object.title, f"test it at {FACTOR:g} to 3 times the expected peak"
    if written is None:
        return Finding(LOAD, UNKNOWN, title, one.place, "no evidence of a load test was given", f"{do}; --evidence")
    wrong = _report(written)
    if wrong:
        return Finding(LOAD, OPEN, title, str(written.file), wrong, do)
    factor = written.says["passed-at"] / written.says["expected-peak"]
    said = f"passed at {factor:.1f} times the expected peak on {written.says['done']}"
    if factor < FACTOR:
        return Finding(LOAD, OPEN, title, str(written.file), said, do)
    return Finding(LOAD, OK, title, str(written.file), f"{said}, shown by {written.report}")


def _report(written: Written) -> str:
    """What is wrong with the report; redis-backup's, for one, says so itself under `wrong`."""
    try:
        text = written.report.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"its report {written.report} cannot be read"
    if not text.strip():
        return f"its report {written.report} is empty"
    if written.report.suffix == ".json":
        try:
            data = json.loads(text)
        except ValueError:
            return f"its report {written.report} is no JSON"
        if isinstance(data, dict) and data.get("wrong"):
            return f"its report {written.report} says: {str(data['wrong'])[:120]}"
    return ""


def _key(one: Workload) -> str:
    return f"{one.object.kind}/{one.object.name}"


def _entries(file: str, kind: str, listed: Any) -> Iterator[Written]:
    if not isinstance(listed or [], list):
        raise BadInput(f"{file}: {kind} has to be a list")
    for one in listed or []:
        for key, wanted in _KEYS[kind]:
            if not isinstance(one, dict) or not _is(one.get(key), wanted):
                names = ", ".join(name for name, _ in _KEYS[kind])
                raise BadInput(f"{file}: an entry of {kind} needs {names}; {key} is none of its kind in {one!r}")
        yield Written(Path(file), one)


def _is(given: Any, wanted: type) -> bool:
    if wanted is float:
        return isinstance(given, (int, float)) and not isinstance(given, bool) and given > 0
    if wanted is date:
        return isinstance(given, date) and not isinstance(given, datetime)
    return isinstance(given, wanted) and bool(given)
