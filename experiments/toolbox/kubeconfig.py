"""The on-call engineer's kubeconfig."""

from __future__ import annotations

import base64

import yaml


def kubeconfig(*, server: str, authority: bytes, token: str, namespace: str) -> str:
    """A kubeconfig with one context.

    Args:
        server: URL of the API server as the toolbox reaches it.
        authority: the cluster's CA certificate, PEM.
        token: the service account's token.
        namespace: where commands without `-n` go.

    Returns:
        The file's text, YAML.
    """
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "lab",
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": base64.b64encode(authority).decode(),
                    },
                }
            ],
            "users": [{"name": "oncall", "user": {"token": token}}],
            "contexts": [{"name": "oncall", "context": {"cluster": "lab", "user": "oncall", "namespace": namespace}}],
            "current-context": "oncall",
        },
        sort_keys=False,
    )
