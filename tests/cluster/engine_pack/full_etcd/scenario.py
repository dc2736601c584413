"""The smallest incident of a control plane: etcd is filled to its quota, in a cluster of the run's own."""

from experiments.model.alerts import absorbs, fires
from experiments.model.cluster import dedicated
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import control_plane

FULL = "max(etcd_mvcc_db_total_size_in_bytes) / max(etcd_server_quota_backend_bytes)"
REFUSED = '(sum(increase(apiserver_request_total{verb=~"POST|PUT|PATCH", code="500"}[5s])) or vector(0))'
READY = kube("Redis is ready", "deployment/redis", ".status.readyReplicas", equals="1", namespace="hoard")

SCENARIO = Scenario(
    title="etcd reaches its quota",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["hoard"],
    cluster=dedicated(etcd={"quota-backend-bytes": "16777216"}, api_server={"etcd-compaction-interval": "0"}),
    time_scale=time_scale(60),
    healthy=[
        holds("etcd has room", f"{FULL} < 0.5"),
        holds("the API server answers", 'sum(up{job="apiserver"}) == 1'),
        READY,
    ],
    baseline_hold="3s",
    fault=[control_plane.fill_etcd("hoard", object_kib=256)],
    onset="30s",
    bites=[holds("etcd is full", f"{FULL} > 0.9")],
    proof=[holds("writes are refused", f"{REFUSED} > 0")],
    detects=[fires("EtcdDatabaseQuotaLowSpace", to="platform-oncall")],
    silent=["EtcdMemberDown"],
    recovers=[
        holds("etcd has room", f"{FULL} < 0.5"),
        holds("no write is refused", f"{REFUSED} == 0"),
        READY,
    ],
    recovery_hold="3s",
    invariants=[
        kube("the settings are there", "configmap/settings", ".data.colour", equals="green", namespace="hoard"),
    ],
    prevention=absorbs(lasts="5s"),
)
