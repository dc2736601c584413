"""What the upgrade applies, as one change: three things become stricter, and the exporters are released once more."""

from __future__ import annotations

from pydantic import JsonValue

from firedrill.faults import objects

NAMESPACE = "telemetry"
_COLLECTORS: dict[str, JsonValue] = {"type": "array", "items": {"type": "string"}}
_SPEC: dict[str, JsonValue] = {"type": "object", "required": ["collectors"], "properties": {"collectors": _COLLECTORS}}
_SCHEMA: dict[str, JsonValue] = {
    "openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {"spec": _SPEC}}
}

# The API server serves v1 alone: who asks in v1beta1 gets 404. It stands for policy/v1beta1, gone in 1.25.
OLD_VERSION_REMOVED = objects.apply(
    {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "exporterconfigs.telemetry.example.com"},
        "spec": {
            "group": "telemetry.example.com",
            "scope": "Namespaced",
            "names": {
                "kind": "ExporterConfig",
                "listKind": "ExporterConfigList",
                "plural": "exporterconfigs",
                "singular": "exporterconfig",
            },
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": _SCHEMA},
                {"name": "v1beta1", "served": False, "storage": False, "schema": _SCHEMA},
            ],
        },
    }
)

# Pods that want their node's network, processes or files are refused; those that run are left alone.
POD_SECURITY_ENFORCED = objects.apply(
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
    }
)

# kube-state-metrics may list workloads, but neither nodes nor pods. A watch that is open is not asked again.
RIGHTS_LOST = objects.apply(
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "telemetry-kube-state-metrics"},
        "rules": [{"apiGroups": ["apps"], "resources": ["daemonsets", "deployments"], "verbs": ["list", "watch"]}],
    }
)

# So each pod is made anew, as on a node that the upgrade replaced.
_RELEASE: dict[str, JsonValue] = {
    "template": {"metadata": {"annotations": {"telemetry.example.com/release": "after-the-upgrade"}}}
}
EXPORTERS_REPLACED = objects.apply(
    {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "node-exporter"}, "spec": _RELEASE},
    namespace=NAMESPACE,
)
STATE_METRICS_REPLACED = objects.apply(
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "kube-state-metrics"}, "spec": _RELEASE},
    namespace=NAMESPACE,
)

UPGRADE = (OLD_VERSION_REMOVED, POD_SECURITY_ENFORCED, RIGHTS_LOST, STATE_METRICS_REPLACED, EXPORTERS_REPLACED)
