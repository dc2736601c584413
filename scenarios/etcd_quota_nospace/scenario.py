"""etcd reaches its quota: writes are refused and reads answered, until it is compacted, defragmented and disarmed."""

from firedrill import Scenario, Source, absorbs, answers, dedicated, fires, holds, locust, time_scale
from firedrill.faults import config

from . import series

AUDIT = answers(
    "every acknowledged configuration is there, unchanged", "registry", "/audit", port=8080, namespace="fleet"
)
FRESH = answers("every site's report is as new as it should be", "reporter", "/fresh", port=8080, namespace="fleet")
WELL = [
    holds("configurations are set", f"{series.SET} > 1"),
    holds("configurations are read", f"{series.READ} > 1"),
    holds("no write fails for lack of space", f"{series.NO_SPACE} == 0"),
    holds("the API server fails no more than a write in five seconds", f"{series.FAILED} <= 0.2"),
    holds("etcd has less than 70 % of its quota", f"{series.FULL} < 0.7"),
    AUDIT,
    FRESH,
]

SCENARIO = Scenario(
    title="etcd reaches its quota",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=242, last=369),
        Source(document="002_f53e036eb627427e.txt", first=928, last=928),
        Source(document="002_f53e036eb627427e.txt", first=949, last=949),
    ],
    namespaces=["fleet", "etcd-care"],
    cluster=dedicated(etcd={"quota-backend-bytes": "33554432"}, api_server={"etcd-compaction-interval": "0"}),
    # The API server is scraped every 2 s: five scrapes are in 10 s.
    time_scale=time_scale(120, {"5m": "10s"}),
    traffic=locust(rps=6, target="victim:30080", locustfile="../../fixtures/fleet/traffic.py"),
    healthy=[
        *WELL,
        holds("etcd has less than half of its quota", f"{series.FULL} < 0.5"),
        holds("95 of 100 within a second", f"{series.P95} < 1"),
    ],
    fault=[config.roll_out("fleet", "reporter", EVERY_S="1")],
    onset="120s",
    bites=[
        holds("clients are told that etcd has no space", f"{series.NO_SPACE} > 1"),
        holds("writes fail", f"{series.FAILED} > 0.5"),
        holds("nothing can be set any more", f"{series.SET_NOW} == 0"),
    ],
    proof=[
        holds("the warning came before the wall", f"{series.WARNED} * ({series.EVER_NO_SPACE} == bool 0) == 1"),
        holds(
            "reads are answered while no write is",
            f"({series.READ} > bool 1) * ({series.NO_SPACE} > bool 1) * ({series.SET_NOW} == bool 0) == 1",
        ),
    ],
    detects=[
        fires("ApiServerWriteErrors", to="platform-oncall", begins=("apiserver_request_total",)),
        fires("EtcdDiskSpaceWarning", to="platform-oncall"),
        fires("EtcdDiskSpaceHigh", to="platform-oncall"),
    ],
    silent=["EtcdNoLeader", "EtcdFragmented"],
    mitigated=[holds("nobody writes reports any more", f"{series.REPORTS} == 0")],
    recovers=WELL,
    invariants=[AUDIT],
    prevention=absorbs(lasts="90s", trace=(f"{series.WRITTEN} > 1.2",)),
)
