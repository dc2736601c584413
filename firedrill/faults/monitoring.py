"""What happens to the run's own monitoring. The verdict needs another judge then: `alerts_by="watchtower"`."""

from __future__ import annotations

from experiments.actions.monitoring import SERVERS
from experiments.model.actions import Step
from experiments.model.base import seconds
from fixtures.overload import EXPENSIVE, QueriesSpec, SeriesSpec

_SCRAPING = "experiments.actions.scraping"
_MONITORING = "experiments.actions.monitoring"
_LOAD = "experiments.actions.monitoring_load"


def wrong_path(deployment: str, *, namespace: str, path: str = "/internal/metrics", within: str | float = 60.0) -> Step:
    """Release a Deployment whose pods announce a path of metrics that they do not serve: often 404; `up` is 0.

    Args:
        deployment: name of the Deployment.
        namespace: one of the scenario's own.
        path: what its pods announce.
        within: seconds until the release has to be complete.
    """
    return Step(
        title=f"release {deployment} with its metrics announced at {path}",
        module=_SCRAPING,
        function="wrong_path",
        arguments={"namespace": namespace, "deployment": deployment, "path": path, "within_s": seconds(within)},
    )


def wrong_port(deployment: str, *, namespace: str, port: int = 9, within: str | float = 60.0) -> Step:
    """Release a Deployment whose pods announce a port of metrics at which nothing listens: refused, and `up` is 0.

    Args:
        deployment: name of the Deployment; it has a port `metrics`.
        namespace: one of the scenario's own.
        port: the number its pods announce.
        within: seconds until the release has to be complete.
    """
    if not 1 <= port <= 65535:
        raise ValueError(f"{port} is no port")
    return Step(
        title=f"release {deployment} with its metrics announced on port {port}",
        module=_SCRAPING,
        function="wrong_port",
        arguments={"namespace": namespace, "deployment": deployment, "port": port, "within_s": seconds(within)},
    )


def undiscovered(deployment: str, *, namespace: str, within: str | float = 60.0) -> Step:
    """Release a Deployment that discovery passes over: its series end and nothing is left of it, not even `up`.

    Args:
        deployment: name of the Deployment.
        namespace: one of the scenario's own.
        within: seconds until the release has to be complete.
    """
    return Step(
        title=f"release {deployment} so that Prometheus does not find it",
        module=_SCRAPING,
        function="undiscovered",
        arguments={"namespace": namespace, "deployment": deployment, "within_s": seconds(within)},
    )


def blocked(*, namespace: str, labels: dict[str, str] | None = None) -> Step:
    """Apply a NetworkPolicy that keeps Prometheus alone from pods: `context deadline exceeded`, and `up` is 0.

    Args:
        namespace: one of the scenario's own.
        labels: of the pods; none: all of the namespace.
    """
    return Step(
        title=f"keep Prometheus from the pods of {namespace}",
        module=_SCRAPING,
        function="blocked",
        arguments={"namespace": namespace, "labels": {**(labels or {})}},
    )


def many_series(series: int, *, namespace: str, churn: str | float = 0.0, name: str = "accounts") -> Step:
    """Deploy an application that puts user ids into a label.

    Args:
        series: how many it has at once.
        namespace: one of the scenario's own.
        churn: time until all of them have new names; 0: they keep them.
        name: of the Deployment, and the `job` of its series.
    """
    spec = SeriesSpec(namespace, name, series, seconds(churn))
    return Step(
        title=f"deploy {name} with {series} series" + (f", new ones every {spec.churn_s:g} s" if spec.churn_s else ""),
        module=_LOAD,
        function="many_series",
        arguments={"namespace": namespace, "name": name, "series": series, "churn_s": spec.churn_s},
    )


def heavy_queries(
    *,
    clients: int,
    lasts: str | float,
    namespace: str,
    query: str = EXPENSIVE,
    window: str | float = "1h",
    step: str | float = "1s",
    after: str | float = 0.0,
    name: str = "dashboards",
) -> Step:
    """Start clients that send Prometheus one expensive range query after another.

    Args:
        clients: how many ask at once.
        lasts: for how long; then they end by themselves.
        namespace: one of the scenario's own, where they run as a Job.
        query: PromQL.
        window: how far each query looks back.
        step: between two points of its answer.
        after: until they begin, counted from this step; the step itself does not wait for it.
        name: of the Job; two of them ask side by side.
    """
    spec = QueriesSpec(
        namespace, "", clients, seconds(lasts), query, seconds(window), seconds(step), seconds(after), name
    )
    return Step(
        title=f"{clients} clients ask Prometheus too much for {spec.lasts_s:g} s"
        + (f", from {spec.after_s:g} s on" if spec.after_s else ""),
        module=_LOAD,
        function="heavy_queries",
        arguments={
            "namespace": namespace,
            "clients": clients,
            "lasts_s": spec.lasts_s,
            "query": query,
            "window_s": spec.window_s,
            "step_s": spec.step_s,
            "after_s": spec.after_s,
            "name": spec.name,
        },
    )


def reload(file: str, new: str, *, instead_of: str = "") -> Step:
    """Change a configuration file of the run's own monitoring and have its server read it again.

    A file that the server refuses leaves the old one in force, and `…_config_last_reload_successful` at 0.

    Args:
        file: `prometheus.yml`, `rules.yaml` or `alertmanager.yml`.
        new: the text that comes in.
        instead_of: the text that it replaces; empty: `new` is added at the end.
    """
    return _change("reload", f"roll out a change of {file}", file, new, instead_of)


def restart(file: str, new: str, *, instead_of: str = "") -> Step:
    """Change a configuration file of the run's own monitoring and replace its server's pod.

    A server that refuses its file does not come up again.

    Args:
        file: `prometheus.yml`, `rules.yaml` or `alertmanager.yml`.
        new: the text that comes in.
        instead_of: the text that it replaces; empty: `new` is added at the end.
    """
    return _change("restart", f"roll out a change of {file} with a restart", file, new, instead_of)


def _change(function: str, title: str, file: str, new: str, instead_of: str) -> Step:
    if file not in SERVERS:
        raise ValueError(f"monitoring has no file {file}, but {', '.join(SERVERS)}")
    if new == instead_of:
        raise ValueError(f"the change of {file} changes nothing")
    return Step(
        title=title, module=_MONITORING, function=function, arguments={"file": file, "old": instead_of, "new": new}
    )
