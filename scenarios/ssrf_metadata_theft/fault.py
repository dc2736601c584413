"""Somebody outside, where the other clients are: has the application fetch credentials, and reads with them."""

from pydantic import JsonValue

from firedrill.faults import objects

_LABELS: dict[str, JsonValue] = {"app.kubernetes.io/name": "elsewhere"}
_SETTINGS = {
    "VICTIM": "http://web-app.production:8080",
    "STORE": "http://objectstore.production:8080",
    "BUCKET": "applications",
    "METADATA": "http://169.254.169.254",
}

SOMEBODY = objects.apply(
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "elsewhere"},
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "template": {
                "metadata": {"labels": _LABELS},
                "spec": {
                    "automountServiceAccountToken": False,
                    "terminationGracePeriodSeconds": 1,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": 10001,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [
                        {
                            "name": "elsewhere",
                            "image": "firedrill/cloud",
                            "imagePullPolicy": "IfNotPresent",
                            "args": ["cloud.elsewhere"],
                            "ports": [{"name": "metrics", "containerPort": 8080}],
                            "env": [{"name": name, "value": value} for name, value in _SETTINGS.items()],
                            "resources": {"limits": {"cpu": "500m", "memory": "96Mi"}},
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "capabilities": {"drop": ["ALL"]},
                            },
                        }
                    ],
                },
            },
        },
    },
    namespace="production-clients",
)
