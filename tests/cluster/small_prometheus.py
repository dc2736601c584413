"""A small Prometheus of one's own, with its data on a volume."""

from __future__ import annotations

import json
from typing import Any

from tests.cluster.workshop import Workshop

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "200Mi"}}},
}


def prometheus(room: Workshop, *, claim: bool = True) -> list[dict[str, Any]]:
    """A StatefulSet `prometheus` that scrapes itself, its data on a claim of its own or in an emptyDir."""
    system = ("get", "deployment/prometheus", "-n", "firedrill-system", "-o", "jsonpath={..image}")
    image = room.handle.kubectl(*system).split()[0]
    labels = {"app": "prometheus"}
    container = {
        "name": "prometheus",
        "image": image,
        "command": ["prometheus"],
        "args": ["--config.file=/etc/config/prometheus.yml", "--storage.tsdb.path=/data"],
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": 9090}, "periodSeconds": 1},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "config", "mountPath": "/etc/config"}],
    }
    config = json.dumps(
        {
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "self", "static_configs": [{"targets": ["localhost:9090"]}]}],
        }
    )
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "prometheus"},
            "data": {"prometheus.yml": config},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "prometheus"},
            "spec": {
                "replicas": 1,
                "serviceName": "prometheus",
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "terminationGracePeriodSeconds": 5,
                        "securityContext": {"runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001},
                        "containers": [container],
                        "volumes": [
                            {"name": "config", "configMap": {"name": "prometheus"}},
                            *([] if claim else [{"name": "data", "emptyDir": {}}]),
                        ],
                    },
                },
                "volumeClaimTemplates": [CLAIM] if claim else [],
            },
        },
    ]
