"""A drill folder, written with the contract's own models, as far as a stage of the drill."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

from pydantic import BaseModel

from experiments.record.drill import (
    FOLDER,
    AlertNow,
    CardFile,
    Cause,
    ClusterEvent,
    Command,
    LiveFile,
    Move,
    Said,
    Sample,
    Signal,
)
from experiments.record.files import Delivery
from experiments.record.kinds import Mode
from experiments.record.writing import append_line, write_text

SECRETS = (
    "cache-stampede",
    "Every cache key expires in the same minute",
    "A release gave all pages one lifetime",
    "What in this system keeps time?",
    "the database team says",
)
"""What a trainee may not see before the end: name, title, debrief, hints."""

RUNBOOK = """# The shop's pages expire together

## Diagnosis

When did pages get slow? See [the dashboard](https://example.org/shop), [this](javascript:alert(1)) or [that](ftp://example.org/x).

```bash diagnose expect="[1-9]"
kubectl -n shop logs -l app.kubernetes.io/name=shop --since=10m --tail=-1 | jq -r .message | sort | uniq -c | sort -rn
```

## Fix

```bash fix
kubectl -n shop set env deploy/shop CACHE_TTL=14400 CACHE_JITTER=1800
```
"""

CARD = CardFile(
    run_id="20261129-cache-stampede-drill",
    scenario="cache-stampede",
    title="Every cache key expires in the same minute",
    mode=Mode.GUIDED,
    player="heron",
    namespaces=["shop", "shop-traffic"],
    symptoms="- Customers report product pages that take seconds.\n- No deployment is running, traffic is as ever.\n",
    hints=[
        "The pages were fast before and after. What happened in that one second?",
        "Where else can a request lose time? the database team says that their query is as fast as ever.",
        "It was quiet for a round number of seconds. What in this system keeps time?",
    ],
    causes=[
        Cause(id=0, text="PostgreSQL allows too few connections", true=False),
        Cause(id=1, text="All cached pages have the same lifetime and expire together", true=True),
        Cause(id=2, text="There are too few replicas for the traffic", true=False),
        Cause(id=3, text="The query for a product page became slow", true=False),
    ],
    debrief="A release gave all pages one lifetime and a warm-up job wrote them in one moment.\n",
    runbook=RUNBOOK,
    limit_s=1800,
    signals=[
        Signal(id="bites.0", title="the pool is exhausted", limit=0.95),
        Signal(id="healthy.0", title="p95 under 50 ms", unit="s", limit=0.05),
        Signal(id="healthy.1", title="100 requests a second arrive", unit="/s", limit=95),
        Signal(id="recovers.0", title="99.9 % of pages are served", limit=0.999),
    ],
)

STAGES = ("empty", "deploying", "baseline", "waiting", "paged", "deep", "ended")


class DrillFolder:
    """Writes what the run and the shell write, as they do.

    Args:
        run: the run folder.
        paged: when the pager rings (epoch seconds); now if None.
    """

    def __init__(self, run: Path, paged: float | None = None) -> None:
        self.run = run
        self.folder = run / FOLDER
        self.paged = time.time() if paged is None else paged
        self._said = 0

    def card(self, card: CardFile = CARD) -> None:
        write_text(self.folder / "card.json", card.model_dump_json())

    def say(self, what: str, at: float, text: str = "", of: str = "", reasons: tuple[str, ...] = ()) -> Said:
        self._said += 1
        said = Said.model_validate(
            {"id": f"s{self._said}", "at": at, "what": what, "text": text, "of": of, "reasons": reasons}
        )
        self.append("desk.jsonl", said)
        return said

    def append(self, name: str, line: BaseModel) -> None:
        append_line(self.folder / name, json.dumps(line.model_dump(mode="json"), ensure_ascii=False).encode())

    def move(self, what: str, at: float, text: str = "", of: str = "") -> Move:
        move = Move.model_validate(
            {"id": f"m{what}{at}", "at": at, "by": "heron", "role": "trainee", "what": what, "text": text, "of": of}
        )
        self.append("moves.jsonl", move)
        return move

    def moves(self) -> list[Move]:
        """What the page has written."""
        path = self.folder / "moves.jsonl"
        return [Move.model_validate_json(line) for line in path.read_bytes().splitlines()] if path.is_file() else []

    def live(
        self,
        at: float,
        *,
        alerts: tuple[AlertNow, ...] = (),
        deliveries: tuple[Delivery, ...] = (),
        events: tuple[ClusterEvent, ...] = (),
        error: str | None = None,
    ) -> None:
        file = LiveFile(at=at, alerts=[*alerts], deliveries=[*deliveries], events=[*events], error=error)
        write_text(self.folder / "live.json", file.model_dump_json())

    def sample(self, at: float) -> None:
        """The signals at a moment: ill from 20 s before the page on."""
        ill, wave = at > self.paged - 20, math.sin(at / 7)
        self.append(
            "samples.jsonl",
            Sample(
                at=at,
                values={
                    "bites.0": 0.97 + 0.02 * wave if ill else 0.31 + 0.04 * wave,
                    "healthy.0": 1.9 + 0.6 * wave if ill else 0.036 + 0.006 * wave,
                    "healthy.1": 100 + 2 * wave,
                    "recovers.0": 0.62 + 0.1 * wave if ill else 1.0,
                },
            ),
        )


def delivery(
    at: float, alert: str = "DbPoolNearlyExhausted", status: str = "firing", team: str = "database"
) -> Delivery:
    """One alert at the pager."""
    return Delivery.model_validate(
        {
            "at": at,
            "receiver": f"{team}-oncall",
            "status": status,
            "alert": alert,
            "labels": {"alertname": alert, "namespace": "shop", "severity": "warning"},
            "starts_at": at - 5,
        }
    )


def event(at: float, reason: str, message: str, *, warning: bool = False, namespace: str = "shop") -> ClusterEvent:
    """One event of the cluster."""
    return ClusterEvent(
        at=at,
        namespace=namespace,
        kind="Pod",
        name="shop-6d9c7b8f4-x2x7p",
        reason=reason,
        message=message,
        warning=warning,
        count=3 if warning else 1,
    )


def write(run: Path, stage: str, *, paged: float | None = None) -> DrillFolder:
    """Put a drill folder into a run folder as it is at `stage` (of STAGES); the page came at `paged`."""
    found = DrillFolder(run, paged)
    found.folder.mkdir(parents=True)
    reached, zero = STAGES.index(stage), found.paged
    for n, what in enumerate(("deploying", "baseline", "waiting"), start=1):
        if reached >= n:
            found.say(what, zero - 100 + 25 * n)
    if reached >= 1:
        found.card()
        found.live(zero - 70, events=(event(zero - 72, "Scheduled", "Successfully assigned shop to a node"),))
    if reached >= 3:
        found.say("bitten", zero - 18)
        for second in range(-90, 1 if reached == 3 else 240):
            if zero + second <= time.time() + 1:
                found.sample(zero + second)
    if reached >= STAGES.index("paged"):
        found.say("paged", zero)
        found.live(
            time.time(),
            alerts=(
                AlertNow(
                    alert="DbPoolNearlyExhausted",
                    state="firing",
                    severity="warning",
                    summary="More than 80 % of the database connections are in use",
                    labels={"alertname": "DbPoolNearlyExhausted", "namespace": "shop"},
                    since=zero - 5,
                ),
                AlertNow(alert="LatencyAnomalyDetected", state="pending", severity="critical", labels={}, since=zero),
            ),
            deliveries=(delivery(zero), delivery(zero + 4, "LatencyAnomalyDetected", team="shop")),
            events=(
                event(
                    zero - 3,
                    "Unhealthy",
                    "Readiness probe failed: HTTP probe failed with statuscode: 503",
                    warning=True,
                ),
                event(
                    zero - 30,
                    "Scheduled",
                    "Successfully assigned shop-traffic/load to a node",
                    namespace="shop-traffic",
                ),
                event(zero - 60, "Pulled", "Container image already present on machine"),
            ),
        )
    if reached >= STAGES.index("deep"):
        found.move("acknowledge", zero + 12)
        found.move("severity", zero + 20, "SEV2")
        found.move("note", zero + 31, "Pages are slow in spikes, about a minute apart.\nNothing was deployed.")
        found.append(
            "commands.jsonl", Command(at=zero + 40, command="kubectl -n shop get pods", exit_code=0, took_s=0.3)
        )
        failed = Command(at=zero + 55, command="redis-cli -h redis.shop ttl product:1", exit_code=1, took_s=2.1)
        found.append("commands.jsonl", failed)
        found.move("hypothesis", zero + 61, "The pool is too small?")
        found.move("hint", zero + 90, "1")
        found.move("diagnosis", zero + 110, "1")
        asked = found.say("asks", zero + 118, "Support asks: may they tell customers when it will be over?")
        found.move("answer", zero + 130, "Not yet; next update in five minutes.", of=asked.id)
        declared = found.move("declare", zero + 150)
        found.say("judging", zero + 150.5, of=declared.id)
        reasons = ("alert ApiDown was silenced: a silence is no fix", "p95 under 200 ms did not hold: 1.9 s")
        found.say("refused", zero + 170, "It is not fixed yet.", of=declared.id, reasons=reasons)
        found.say("asks", zero + 180, "The shop's manager asks: how bad is it, and what are you doing?")
    if reached >= STAGES.index("ended"):
        last = found.move("declare", zero + 200)
        found.say("accepted", zero + 228, of=last.id)
        found.say("ended", zero + 229, "The fix was accepted: the system recovered and stayed well.")
    return found
