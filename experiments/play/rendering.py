"""What a run deploys, as Kubernetes objects: its system, its monitoring with the lab rules, its traffic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import promql_parser as promql

from cluster import manifests
from cluster.errors import LabError
from cluster.manifests import Manifest
from experiments.model.alerts import Inhibits
from experiments.model.conditions import PromCondition
from experiments.play import dedicated, machines
from experiments.play.session import Session
from experiments.rules import comparison
from experiments.rules.selectors import input_selectors
from experiments.undo.snapshot import RUN_LABEL
from fixtures.observability import Inhibition, ObservabilitySpec
from fixtures.observability import render as render_observability
from fixtures.traffic import SHOP_LOCUSTFILE, TrafficSpec
from fixtures.traffic import render as render_traffic

CADVISOR = "container_"
"""What the names of cAdvisor's metrics begin with; it is scraped only where a rule or a condition reads one."""

MONITORING = ("prometheus", "alertmanager")
"""Words in a rule or a condition that asks for monitoring itself; its own pods are watched only then."""


FURTHER_DESTINATIONS = "firedrill.network/further-destinations"
"""On a namespace: what its pods may reach beyond their cluster (docs/decisions/002-pod-network.md)."""


def namespaces(
    run_id: str, names: list[str], beyond: Collection[str] = (), brought: Collection[Manifest] = ()
) -> list[Manifest]:
    """Namespaces labelled with their run, by which they are found again.

    Args:
        run_id: the run's.
        names: theirs.
        beyond: addresses outside of the cluster that their pods may reach.
        brought: objects of the scenario's system; a Namespace among them adds its labels.
    """
    labels = {one["metadata"]["name"]: one["metadata"].get("labels", {}) for one in brought if is_namespace(one)}
    annotations = {FURTHER_DESTINATIONS: ", ".join(f"{address}/32" for address in beyond)} if beyond else {}
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                "labels": {**labels.get(name, {}), RUN_LABEL: run_id},
                **({"annotations": annotations} if annotations else {}),
            },
        }
        for name in names
    ]


def is_namespace(one: Manifest) -> bool:
    """Whether an object is a Namespace: a run makes its own, with the labels that its system asks for."""
    return bool(one["kind"] == "Namespace")


def monitoring(session: Session) -> list[Manifest]:
    """The run's own Prometheus and Alertmanager, with the lab form of its rules.

    It looks at itself where a rule or a condition speaks of it, as one in production does. Where the watchtower judges
    there are two of each, and both look at the first: a rule finds the same series in both while the first one lives. A
    system that brings its own Prometheus has the watchtower alone around it.
    """
    scenario = session.file.scenario
    read = metrics(session)
    ours = scenario.namespaces if session.handle is session.home else ()
    spec = ObservabilitySpec(
        namespace=scenario.monitoring,
        watched=(
            *ours,
            *([scenario.clients] if scenario.traffic else []),
            *([scenario.monitoring] if _speaks_of_monitoring(session) and not scenario.own_monitoring else []),
        ),
        run=session.file.run_id,
        rules=session.played.rules_yaml,
        inhibitions=tuple(map(inhibition, scenario.inhibitions)),
        cadvisor=tuple(sorted(name for name in read if name.startswith(CADVISOR))),
        other=dedicated.scraped(session, read),
        machines=machines.scraped(session),
    )
    if scenario.alerts_by == "prometheus":
        return pinned(session, render_observability(spec))
    victim = replace(spec, signs_as=f"victim-of-{spec.run}")
    watchtower = replace(victim, namespace=scenario.watchtower, signs_as="", aside=True)
    brought = scenario.own_monitoring is not None
    return pinned(session, [*([] if brought else render_observability(victim)), *render_observability(watchtower)])


def inhibition(one: Inhibits) -> Inhibition:
    """An inhibition of the scenario as Alertmanager's matchers."""
    return Inhibition((f'alertname="{one.source}"',), (f'alertname="{one.target}"',), one.equal)


def traffic(session: Session) -> list[Manifest]:
    """The run's load; nothing where the scenario has none."""
    scenario = session.file.scenario
    load = scenario.traffic
    if load is None:
        return []
    own = (session.played.source / load.locustfile).read_text(encoding="utf-8") if load.locustfile else None
    spec = TrafficSpec(
        namespace=scenario.clients,
        rps=load.rps,
        target=load.target,
        locustfile=own or SHOP_LOCUSTFILE.read_text(encoding="utf-8"),
        settings=load.settings,
        hosts=dedicated.hosts(session),
    )
    return pinned(session, render_traffic(spec))


def put_to_sleep(objects: list[Manifest], asleep: tuple[str, ...]) -> None:
    """Take every replica of the workloads named in `asleep` (`namespace/name`).

    Raises:
        LabError: one of them is not among the objects.
    """
    named = {f"{one['metadata'].get('namespace')}/{one['metadata']['name']}": one for one in objects if _scales(one)}
    missing = sorted(set(asleep) - set(named))
    if missing:
        raise LabError(f"{', '.join(missing)} was to be deployed without a replica, but is not deployed at all.")
    for name in asleep:
        named[name]["spec"]["replicas"] = 0


def _scales(one: Manifest) -> bool:
    return one["kind"] in ("Deployment", "StatefulSet")


def metrics(session: Session) -> set[str]:
    """The names of all metrics that the run's rules and conditions read."""
    selectors = [promql.parse(text) for expr in _expressions(session) for text in input_selectors(expr)]
    return {node.name for node in selectors if isinstance(node, promql.VectorSelector) and node.name}


def _speaks_of_monitoring(session: Session) -> bool:
    if session.file.scenario.alerts_by == "watchtower":
        return True
    return any(server in expr for expr in _expressions(session) for server in MONITORING)


def _expressions(session: Session) -> list[str]:
    expressions = [rule.lab_expr for rule in session.file.rules]
    for condition in session.conditions.values():
        if isinstance(condition, PromCondition):
            sides = comparison(condition.expr)
            expressions += [sides.left, sides.right]
    return expressions


def pinned(session: Session, objects: list[Manifest]) -> list[Manifest]:
    """Objects whose lab images carry their tags."""
    return manifests.parse(manifests.pin(manifests.to_yaml(objects), session.images))
