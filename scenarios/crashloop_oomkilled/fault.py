"""The release with the smaller limit, as `kubectl set resources` makes it; nothing waits for its roll-out."""

from pydantic import JsonValue

from firedrill.faults import objects

MEMORY: dict[str, JsonValue] = {"memory": "112Mi"}

SMALLER_LIMIT = objects.apply(
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "fingerprint-api"},
        "spec": {
            "template": {
                "spec": {
                    "containers": [{"name": "fingerprint-api", "resources": {"limits": MEMORY, "requests": MEMORY}}]
                }
            }
        },
    },
    namespace="fingerprints",
)
