"""Exporters dark after an upgrade: a removed API version, Pod Security and lost rights stop what would have told."""

from firedrill import Scenario, Source, absorbs, fires, holds, kube, locust, refused_by, time_scale

from . import fault, series

WELL = [
    holds("an exporter answered on each of the 4 nodes", f"{series.ANSWERED} == 4"),
    holds("each node's memory is known for the last 10 s", f"{series.MEMORY} == 4"),
    holds("each node's processors are known for the last 10 s", f"{series.PROCESSORS} == 4"),
    holds("each node's disks are known for the last 10 s", f"{series.DISKS} == 4"),
    holds("kube-state-metrics tells of 4 nodes", f"{series.NODES} == 4"),
    holds("kube-state-metrics tells of the pods", f"{series.PODS} >= 5"),
    holds("no exporter's settings container restarts", f"{series.RESTARTS} == 0"),
    holds("the storefront serves more than half of what is offered", f"{series.SERVED} > 10"),
    holds("no client of the storefront gets an error", f"{series.ERRORS} == 0"),
]

SCENARIO = Scenario(
    title="An upgrade takes an API version, a right and a permission, and monitoring goes dark",
    sources=[
        Source(document="000_72b5b11479e3fb8e.txt", first=279, last=526),
        Source(document="004_054def7b8f0fef26.txt", first=1456, last=1467),
    ],
    namespaces=["telemetry", "storefront"],
    time_scale=time_scale(30),
    traffic=locust(rps=20, target="storefront-service.storefront:8080"),
    healthy=WELL,
    fault=[*fault.UPGRADE],
    bites=[
        holds("no exporter answers", f"{series.UP} == 0"),
        holds("no node's memory is known", f"{series.FIGURES} == 0"),
        holds("kube-state-metrics tells of no node", f"{series.NODES} == 0"),
    ],
    proof=[
        holds("no exporter is up, and none is down either: `up == 0` finds nothing", f"{series.TARGETS} == 0"),
        holds("Pod Security lets no exporter's pod in", f"{series.SCHEDULED} == 0"),
        holds("kube-state-metrics is refused what it asks for", f"{series.REFUSED} > 0"),
        kube(
            "v1beta1 is not served any more",
            "customresourcedefinition/exporterconfigs.telemetry.example.com",
            '.spec.versions[?(@.name=="v1beta1")].served',
            equals="false",
            namespace="telemetry",
        ),
    ],
    detects=[
        fires("NodeExporterDown", to="platform-oncall"),
        fires("KubeStateMetricsListErrors", to="platform-oncall"),
        fires("DaemonSetNotScheduled", to="platform-oncall"),
    ],
    silent=["KubeStateMetricsDown", "StorefrontDown", "StorefrontErrors"],
    recovers=WELL,
    recovery_hold="30s",
    invariants=[
        holds(
            "the storefront failed no request", 'sum(http_requests_total) - sum(http_requests_total{code="200"}) == 0'
        ),
        holds("the Watchdog fires all the while", 'count(ALERTS{alertname="Watchdog", alertstate="firing"}) == 1'),
    ],
    prevention=refused_by(
        "scan-deprecated-apis",
        "telemetry/node-exporter, written by kubectl: ExporterConfig telemetry.example.com/v1beta1 (managed-fields)",
        'existing pods in namespace "telemetry" violate the new PodSecurity enforce level',
        "DRY RUN    node-exporter-",
        arguments=("--target", "1.36", "--live", "--dry-run", "{change}"),
    ),
    second_prevention=absorbs(lasts="40s", trace=(f"{series.RELEASES} > 1",)),
)
