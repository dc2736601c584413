"""A short partition ends with two primaries: both take writes, on two timelines, and no user sees an error."""

from firedrill import Scenario, Source, contains, fires, holds, kube, time_scale
from firedrill.faults import network

HERE = {"namespace": "bookings"}
PRIMARIES = "sum(pg_replication_is_replica == bool 0)"
TAKING = "sum(rate(write_probe_accepted_total[3s]) > bool 1)"
DESKS = "min(rate(ledger_acknowledged_total[3s]))"
P95 = "histogram_quantile(0.95, sum by (le) (rate(ledger_write_seconds_bucket[10s])))"
MISSING = "max(ledger_missing_entries)"
WELL = [
    holds("one server is the primary", f"{PRIMARIES} == 1"),
    holds("one server takes writes", f"{TAKING} == 1"),
    holds("both servers are asked for one", "min(rate(write_probe_attempts_total[3s])) > 3"),
    holds("a replica streams", "(count(pg_stat_replication_pg_wal_lsn_diff) or vector(0)) == 1"),
    holds("less than 256 KiB are on their way", "max(pg_stat_replication_pg_wal_lsn_diff) < 262144"),
    holds("both desks are served", f"{DESKS} > 15"),
    holds("95 of 100 within 100 ms", f"{P95} < 0.1"),
    holds("no acknowledged booking is missing", f"{MISSING} == 0"),
]

SCENARIO = Scenario(
    title="A short partition ends with two primaries",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=9, last=90),
        Source(document="002_f53e036eb627427e.txt", first=874, last=883),
        Source(document="002_f53e036eb627427e.txt", first=926, last=926),
    ],
    namespaces=["bookings"],
    # Two primaries for a minute become two primaries for 3 s, since the whole split is as long as one of them.
    time_scale=time_scale(60, {"1m": "3s"}),
    healthy=WELL,
    fault=[
        network.partition(
            network.pods("bookings", "zone=east"), network.pods("bookings", "zone in (west, witness)"), lasts="20s"
        )
    ],
    onset="45s",
    bites=[holds("two servers took writes for 15 s", "sum(increase(write_probe_overlaps_total[20s])) > 150")],
    proof=[
        holds("two primaries, and both desks are served", f"({PRIMARIES} == bool 2) * ({DESKS} > bool 15) == 1"),
        holds("writes are on two timelines", "max(write_probe_timeline) - min(write_probe_timeline) == 1"),
    ],
    detects=[
        fires("PostgresSplitBrain", to="database-oncall"),
        fires("PostgresReplicaDisconnected", to="database-oncall"),
    ],
    silent=["PostgresDown", "NodeNotReady", "HighErrorRate"],
    mitigated=[
        holds("one server takes writes", f"{TAKING} == 1"),
        holds("both desks are served", f"{DESKS} > 15"),
        kube("nobody promotes again", "deployment/failover", ".spec.replicas", equals="0", **HERE),
    ],
    recovers=WELL,
    prevention=contains(
        lasts="60s",
        keeps=(
            "max(write_probe_overlaps_total) == 0",
            f"{PRIMARIES} < 2",
            f"{MISSING} == 0",
            "min(rate(write_probe_attempts_total[5s])) > 0",
        ),
        trace=(
            'max(keeper_fences_total{pod="postgres-0"}) * max(keeper_holds_lease{pod="postgres-replica-0"}) == 1',
            'sum(rate(write_probe_accepted_total{server="postgres-replica"}[5s])) > 4',
        ),
        pages=("PostgresReplicaDisconnected", "HighErrorRate"),
    ),
)
