"""Gives a new cluster its identity: a UID that the cluster and this checkout's state both hold."""

from __future__ import annotations

import uuid

import stamina
import urllib3
from kubernetes import client as kube

from cluster.guard import IDENTITY, NAMESPACE, check_machine, connect
from cluster.lab import Lab


def claim(lab: Lab) -> None:
    """Writes a fresh UID into the cluster that was just created, then to disk.

    Every check of the guard but the UID itself is made before.

    Raises:
        NotOurLab: the cluster is not the one that this checkout's kind made.
    """
    uid = str(uuid.uuid4())
    api = connect(check_machine(lab))
    try:
        core = kube.CoreV1Api(api)
        for attempt in stamina.retry_context(on=urllib3.exceptions.HTTPError, timeout=30, wait_max=1.0):
            with attempt:
                _create_namespace(core)
        body = kube.V1ConfigMap(metadata=kube.V1ObjectMeta(name=IDENTITY), data={"uid": uid, "lab": lab.name})
        core.create_namespaced_config_map(NAMESPACE, body)
    finally:
        api.close()
    lab.identity.write_text(uid, encoding="utf-8")


def _create_namespace(core: kube.CoreV1Api) -> None:
    try:
        core.create_namespace(kube.V1Namespace(metadata=kube.V1ObjectMeta(name=NAMESPACE)))
    except kube.ApiException as refused:
        if refused.status != 409:  # it exists
            raise
