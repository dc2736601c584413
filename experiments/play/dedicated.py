"""A run with a cluster of its own: made first, and everything of the scenario's system then stands in it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cluster.errors import LabError
from cluster.guard import NAMESPACE, Handle
from cluster.victim.make import make
from cluster.victim.shape import ETCD_METRICS_PORT, shape
from experiments.model.cluster import VICTIM, Dedicated
from experiments.play.session import Session
from experiments.undo import victim
from fixtures.observability import OtherCluster

TOKEN_S = 12 * 3600
"""As long as a run may be kept standing; the cluster's end is the token's end in any case."""


def stand(session: Session) -> None:
    """Make the run's own cluster where its scenario asks for one; its removal is promised before.

    In the main thread, so that a signal ends kind at once.

    Raises:
        LabError: it could not be made; what stands of it is removed by the undo.
    """
    wanted = session.file.scenario.cluster
    if not isinstance(wanted, Dedicated):
        return
    name = session.home.lab.victim().name
    session.journal.promise(victim.activity(name))
    made = make(session.home, shape(wanted.nodes, wanted.etcd, wanted.api_server))
    session.closing.callback(made.close)
    session.move_to(made)
    session.recorder.event("note", f"the cluster {name} stands")


def seal(session: Session) -> None:
    """Faults strike the run's own cluster from here on, which goes as a whole: they owe no undo of their own."""
    if session.handle is not session.home:
        session.journal.seal()


def scraped(session: Session, metrics: Collection[str]) -> OtherCluster | None:
    """The run's own cluster as its Prometheus, which is in the lab's, reaches it; None where the lab's is the only one.

    Args:
        session: the open run.
        metrics: names of the metrics that are read of it.

    Raises:
        CommandFailed: the cluster gave no token.
    """
    if session.handle is session.home:
        return None
    authority = session.handle.api.configuration.ssl_ca_cert
    if not authority:
        raise LabError("The API client of the run's own cluster trusts no CA of its own.", "firedrill heal")
    lifetime = f"--duration={TOKEN_S}s"
    return OtherCluster(
        addresses=addresses(session),
        authority=Path(authority).read_text(encoding="utf-8"),
        token=session.handle.kubectl("create", "token", "prometheus", "-n", NAMESPACE, lifetime).strip(),
        etcd_port=ETCD_METRICS_PORT,
        api_server=tuple(sorted(metrics)),
    )


def addresses(session: Session) -> dict[str, str]:
    """Node -> address of the run's own cluster; empty where there is none."""
    if session.handle is session.home:
        return {}
    return {name: _address(session.handle, name) for name in session.handle.nodes()}


def hosts(session: Session) -> dict[str, str]:
    """What traffic calls the run's own cluster -> the address of its control plane; empty where there is none."""
    if session.handle is session.home:
        return {}
    return {VICTIM: _address(session.handle, session.handle.lab.control_plane)}


def _address(handle: Handle, node: str) -> str:
    address: str = handle.node(node).attrs["NetworkSettings"]["Networks"][handle.lab.network]["IPAddress"]
    return address
