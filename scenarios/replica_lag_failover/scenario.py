"""Failover to a replica that is hours behind: what was acknowledged is gone, and the lag gauge said 0 all the while."""

from firedrill import Scenario, Source, contains, fires, holds, kube, time_scale
from firedrill.faults import nodes, pods, toxics

HERE = {"namespace": "orders"}
PRIMARY = "app.kubernetes.io/name=postgres"
PRIMARIES = "sum(pg_replication_is_replica == bool 0)"
AGE = "max(pg_heartbeat_age_seconds)"
WRITES = "sum(rate(ledger_acknowledged_total[5s]))"
P95 = "histogram_quantile(0.95, sum by (le) (rate(ledger_write_seconds_bucket[10s])))"
MISSING = "max(ledger_missing_entries)"
BLIND = f"({AGE} > bool 30) * (max(pg_replication_lag_seconds) == bool 0)"
WELL = [
    holds("one server is the primary", f"{PRIMARIES} == 1"),
    holds("a replica streams from it", "(count(pg_stat_replication_pg_wal_lsn_diff) or vector(0)) == 1"),
    holds("less than 256 KiB are on their way", "max(pg_stat_replication_pg_wal_lsn_diff) < 262144"),
    holds("the replica is less than a second behind: heartbeats are a second apart", f"{AGE} < 2"),
    holds("orders are acknowledged", f"{WRITES} > 15"),
    holds("95 of 100 within 100 ms", f"{P95} < 0.1"),
    holds("no acknowledged order is missing", f"{MISSING} == 0"),
]

SCENARIO = Scenario(
    title="Failover to a replica that is hours behind",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=522, last=640),
        Source(document="002_f53e036eb627427e.txt", first=930, last=951),
    ],
    namespaces=["orders"],
    # The seconds of a lag, and the hours behind them: 300 s for 2 min become 5 s for 3 s.
    time_scale=time_scale(60, {"2m": "3s"}, constants={"300": "5"}),
    healthy=WELL,
    fault=[
        toxics.bandwidth("replication", 1, namespace="orders"),
        nodes.cordon(nodes.running(PRIMARY, **HERE), limit="10m"),
        pods.kill("orders", PRIMARY, after="60s"),
    ],
    onset="90s",
    bites=[holds("acknowledged orders are missing", f"{MISSING} > 100")],
    proof=[
        holds("the exporter's gauge is 0 while the replica is half a minute behind", f"{BLIND} == 1"),
        holds("the replica was promoted", "max(failover_promotions_total) == 1"),
        kube("the old primary finds no node", "pod/postgres-0", ".status.phase", equals="Pending", **HERE),
    ],
    detects=[
        fires("PostgresReplicationLag", to="database-oncall"),
        fires("PostgresReplicaBehind", to="database-oncall"),
        fires("PostgresPrimaryDown", to="database-oncall"),
    ],
    silent=["FailoverRefused", "PostgresReplayDelayed", "PostgresSplitBrain"],
    mitigated=[
        holds("nothing more is written", "sum(rate(ledger_acknowledged_total[3s])) == 0"),
        kube("the old primary cannot come back", "statefulset/postgres", ".spec.replicas", equals="0", **HERE),
    ],
    recovers=WELL,
    prevention=contains(
        lasts="85s",
        keeps=(f"{MISSING} == 0", 'max(pg_replication_is_replica{job="postgres-replica"}) == 1'),
        trace=(f"{BLIND} == 1", "max(failover_refused) == 1"),
        pages=("FailoverRefused", "PostgresPrimaryDown"),
    ),
    second_prevention=contains(
        lasts="85s",
        keeps=(f"{MISSING} == 0", f"{PRIMARIES} < 2"),
        trace=(f"({P95} >= 0 or vector(0)) > 0.3", "max(failover_promotions_total) == 1"),
        pages=("PostgresPrimaryDown",),
    ),
)
