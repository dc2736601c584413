"""What was found and done, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from tools.etcd_maintain.maintenance import Outcome
from tools.etcd_maintain.members import Member

_MB = 1_000_000


def text(outcome: Outcome) -> str:
    """A table before, what was done, and a table after."""
    if not outcome.steps:
        lines = [*_table(outcome.after)]
    else:
        lines = ["before", *_table(outcome.before), *outcome.steps, "after", *_table(outcome.after)]
        lines.append(f"gave back {outcome.given_back:.0%} of what the files had")
    return "\n".join([*lines, *(f"not well: {one}" for one in outcome.wrong)])


def as_json(outcome: Outcome) -> str:
    """The same as one JSON object; sizes in bytes, shares from 0 to 1."""
    return json.dumps(
        {
            "before": [_fields(one) for one in outcome.before],
            "steps": list(outcome.steps),
            "after": [_fields(one) for one in outcome.after],
            "given_back": round(outcome.given_back, 4),
            "wrong": list(outcome.wrong),
        },
        indent=2,
    )


def _fields(member: Member) -> dict[str, object]:
    fields = asdict(member)
    # As etcdctl writes it everywhere but in JSON, and as programs that read numbers as floats keep it whole.
    fields["number"] = f"{member.number:x}"
    return {**fields, "full": round(member.full, 4)}


def _table(members: list[Member]) -> list[str]:
    rows = [("MEMBER", "ROLE", "FILE", "IN USE", "OF QUOTA", "ALARM")]
    for one in members:
        role = "leader" if one.leads else "follower"
        alarms = ",".join(one.alarms) or "none"
        rows.append(
            (one.endpoint, role, f"{one.size / _MB:.1f} MB", f"{one.in_use / _MB:.1f} MB", f"{one.full:.0%}", alarms)
        )
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
