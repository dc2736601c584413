"""What the audit says: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from tools.audit_hardening.finding import OK, OPEN, SKIPPED, UNKNOWN, Finding

_SIGNS = {OPEN: "OPEN   ", UNKNOWN: "UNKNOWN", SKIPPED: "skipped", OK: "ok     "}


def text(namespace: str, findings: Sequence[Finding], others: int) -> str:
    """A line for each finding, what is open first, each with what to do."""
    lines = []
    for one in sorted(findings, key=lambda one: list(_SIGNS).index(one.status)):
        place = f"{one.place}: " if one.place else ""
        lines.append(f"{_SIGNS[one.status]} {one.check}: {place}{one.object}: {one.says}")
        lines += [f"        {one.do}"] if one.do else []
    count = ", ".join(f"{sum(one.status == status for one in findings)} {status}" for status in _SIGNS)
    lines.append(f"namespace {namespace}: {count}")
    lines += [f"{others} objects of other namespaces were left out"] if others else []
    return "\n".join(lines)


def as_json(namespace: str, findings: Sequence[Finding], others: int) -> str:
    """The same for a program; `hardened` at the top is the verdict."""
    whole = {
        "namespace": namespace,
        "hardened": all(one.status in (OK, SKIPPED) for one in findings),
        "left_out": others,
        "findings": [asdict(one) for one in findings],
    }
    return json.dumps(whole, indent=2)
