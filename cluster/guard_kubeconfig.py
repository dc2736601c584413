"""Reads the lab's kubeconfig and refuses one that points anywhere but to this machine."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from cluster.errors import AnotherCluster, NotOurLab

_AGAIN = "make down, then make up"


@dataclass(frozen=True)
class Access:
    """How a kubeconfig reaches its API server.

    Args:
        port: on loopback.
        authority: PEM of the certificate authority, given in the file itself.
        config: the whole file.
        digest: SHA-256 of the file's bytes.
    """

    port: int
    authority: bytes
    config: dict[str, Any] = field(repr=False)
    digest: str


def read_access(file: Path) -> Access:
    """Reads a kubeconfig.

    Raises:
        NotOurLab: it is missing, unreadable or has several clusters.
        AnotherCluster: it points to an address that is not this machine's loopback, goes through a proxy, names no
            certificate authority of its own, or skips checking it.
    """
    try:
        text = file.read_bytes()
    except FileNotFoundError as absent:
        raise NotOurLab(f"{file} is missing: this checkout has no lab", "make up") from absent
    try:
        whole = yaml.safe_load(text)
        (entry,) = whole["clusters"]
        cluster = entry["cluster"]
        server = urlsplit(cluster["server"])
        address, port = ipaddress.ip_address(server.hostname or ""), server.port
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as wrong:
        raise NotOurLab(f"{file} is not the kubeconfig of one cluster at an IP address ({wrong})", _AGAIN) from wrong
    if server.scheme != "https" or not address.is_loopback or port is None:
        raise AnotherCluster(f"{file} points to {cluster['server']}, which is not on this machine's loopback", _AGAIN)
    if cluster.get("insecure-skip-tls-verify") or cluster.get("proxy-url") or cluster.get("tls-server-name"):
        raise AnotherCluster(f"{file} weakens how its API server is checked or reached", _AGAIN)
    if "certificate-authority-data" not in cluster:
        raise AnotherCluster(f"{file} holds no certificate authority of its own", _AGAIN)
    authority = base64.b64decode(cluster["certificate-authority-data"])
    return Access(port, authority, whole, hashlib.sha256(text).hexdigest())
