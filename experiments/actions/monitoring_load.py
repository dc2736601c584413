"""What a run's own Prometheus suffers from: too many series, too heavy queries. How much is bounded by the fixture."""

from __future__ import annotations

from cluster import manifests
from experiments.actions.config import rolled_out
from experiments.actions.objects import refuse_outside
from experiments.kube_api import TIMEOUT_S, batch
from experiments.play import rendering
from experiments.play.namespaces import cluster_of
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually
from fixtures import overload

RUNS_WITHIN_S = 60.0


def many_series(namespace: str, name: str, series: int, churn_s: float, configuration: Configuration) -> None:
    """Deploy an application that has too many series; once it is ready, Prometheus finds it as it finds any other.

    Args:
        namespace: one of the run's own that Prometheus watches.
        name: of the Deployment, and the `job` of its series.
        series: how many.
        churn_s: seconds until all of them have new names; 0: they keep them.

    Raises:
        LabError: the namespace is not the run's own.
        ConditionTimedOut: its pod does not become ready.
    """
    session = session_of(configuration)
    _apply(session, overload.series(overload.SeriesSpec(namespace, name, series, churn_s)))
    rolled_out(cluster_of(session, namespace), namespace, name, f"with {series} series", RUNS_WITHIN_S)


def heavy_queries(
    namespace: str,
    clients: int,
    lasts_s: float,
    query: str,
    window_s: float,
    step_s: float,
    after_s: float,
    name: str,
    configuration: Configuration,
) -> None:
    """Start clients that send the run's own Prometheus one range query after another; they end by themselves.

    Args:
        namespace: one of the run's own, where the clients run as a Job.
        clients: how many ask at once.
        lasts_s: for how long (seconds).
        query: PromQL.
        window_s: how far each query looks back (seconds).
        step_s: between two points of its answer (seconds).
        after_s: until they begin (seconds).
        name: of the Job.

    Raises:
        LabError: the namespace is not the run's own.
        ConditionTimedOut: their pod does not start.
    """
    session = session_of(configuration)
    target = f"prometheus.{session.file.scenario.monitoring}:9090"
    spec = overload.QueriesSpec(namespace, target, clients, lasts_s, query, window_s, step_s, after_s, name)
    job = overload.queries(spec)
    _apply(session, job)

    def look() -> Seen[bool]:
        status = (
            batch(cluster_of(session, namespace))
            .read_namespaced_job(name, namespace, _request_timeout=TIMEOUT_S)
            .status
        )
        return Seen(True if status.ready or status.succeeded else None, f"active {status.active}, ready {status.ready}")

    eventually(look, what="the clients ask", within_s=RUNS_WITHIN_S)


def _apply(session: Session, workload: overload.Object) -> None:
    namespace: str = workload["metadata"]["namespace"]
    refuse_outside(session, namespace)
    text = manifests.to_yaml(rendering.pinned(session, [workload]))
    cluster_of(session, namespace).kubectl("apply", "-f", "-", stdin=text, timeout_s=30)
