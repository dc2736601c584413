"""What the gate says while it walks: a line for each thing that happens, for people or as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from signal import Signals
from typing import Any

from tools.canary_gate.judge import Reading
from tools.canary_gate.walk import Began, Checked, Ended, Event, Moved


def text(event: Event, at: datetime) -> str:
    """One line, or several where the way back failed."""
    return f"{_moment(at)} {_words(event)}"


def as_json(event: Event, at: datetime) -> str:
    """One object on one line; weights in percent, `success` a share, `p95_s` in seconds, null what is not known."""
    return json.dumps({"at": _moment(at), **_fields(event)})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _words(event: Event) -> str:
    match event:
        case Began(weights, way_back):
            return f"going to {', '.join(map(str, weights))} %; should this be killed, the way back is: {way_back}"
        case Moved(weight, how):
            return f"{weight:3} %  set      {how}"
        case Checked(weight, reading, _, _) if reading.healthy:
            return f"{weight:3} %  healthy  {_seen(reading)}"
        case Checked(weight, reading, failed, failures):
            return f"{weight:3} %  FAILED   {failed} of {failures}: {'; '.join(reading.wrong)} [{_seen(reading)}]"
        case Ended(weight, "", _, _, _):
            return f"PASSED at {weight} %, where the canary stays"
        case Ended(_, reason, _, troubles, True):
            tried = "".join(f"; on the way back: {one}" for one in troubles)
            return f"ABORTED: {reason}; the weight is back at 0{tried}"
        case Ended(_, reason, _, troubles, _):
            tried = "".join(f"\n  attempt {n}: {one}" for n, one in enumerate(troubles, 1))
            return f"ABORTED: {reason}; THE WEIGHT COULD NOT BE PUT BACK, do it by hand{tried}"


def _seen(reading: Reading) -> str:
    requests = "unknown" if reading.requests is None else f"{reading.requests:.6g}"
    success = "unknown" if reading.success is None else f"{reading.success:.6g}"
    p95 = "unknown" if reading.p95_s is None else f"{reading.p95_s * 1000:.6g} ms"
    return f"requests {requests}, success {success}, p95 {p95}"


def _fields(event: Event) -> dict[str, Any]:
    match event:
        case Began(weights, way_back):
            return {"event": "began", "weights": weights, "way_back": way_back}
        case Moved(weight, how):
            return {"event": "set", "weight": weight, "how": how}
        case Checked(weight, reading, failed, failures):
            seen = {"requests": reading.requests, "success": reading.success, "p95_s": reading.p95_s}
            counts = {"failed": failed, "failures": failures}
            return {
                "event": "check",
                "weight": weight,
                "healthy": reading.healthy,
                **seen,
                "wrong": reading.wrong,
            } | counts
        case Ended(weight, reason, signal, troubles, back):
            name = None if signal is None else Signals(signal).name
            ended = {"event": "ended", "passed": not reason, "weight": weight, "reason": reason, "signal": name}
            return {**ended, "put_back": back, "troubles": troubles}
