"""What the plots are drawn from: samples as columns, and the moments that are marked in them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from drills.server.fragments import signals
from drills.server.state import Drill
from experiments.record.drill import Sample

MOST = 3600
"""Samples that a page gets when it opens: an hour of them; older ones are left out."""


def columns(drill: Drill, samples: Sequence[Sample], *, anew: bool) -> str:
    """Samples as JSON: the times, and a column for each signal in the order of the plots, null where there is none.

    Args:
        drill: says which signals are shown.
        samples: in their order.
        anew: whether they replace what the page has.
    """
    shown = signals(drill)
    return json.dumps(
        {
            "anew": anew,
            "t": [round(one.at, 2) for one in samples],
            "v": [[_finite(one.values.get(signal.id)) for one in samples] for signal in shown],
        },
        separators=(",", ":"),
    )


def marks(drill: Drill) -> str:
    """The page, the first acknowledgement, and every declaration, as JSON."""
    found = []
    if drill.paged is not None:
        found.append({"at": drill.paged, "kind": "alert", "text": "page"})
    acknowledged = next((one for one in drill.moves if one.what == "acknowledge"), None)
    if acknowledged is not None:
        found.append({"at": acknowledged.at, "kind": "mitigate", "text": "ack"})
    found += [{"at": one.at, "kind": "mitigate", "text": "served"} for one in drill.moves if one.what == "mitigated"]
    for one in drill.declared:
        refused = one.outcome is not None and one.outcome.what == "refused"
        found.append(
            {"at": one.move.at, "kind": "fault" if refused else "fix", "text": "refused" if refused else "fixed?"}
        )
    if (accepted := drill.first("accepted")) is not None:
        found.append({"at": accepted.at, "kind": "recovery", "text": "accepted"})
    return json.dumps({"zero": drill.paged, "marks": found}, separators=(",", ":"))


def _finite(value: float | None) -> float | None:
    """JSON has no NaN and no infinity."""
    return value if value is not None and abs(value) < float("inf") else None
