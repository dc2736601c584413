"""What audit-hardening is shown on the cluster: a workload that does all that it asks for, and two that do nothing."""

from __future__ import annotations

from typing import Any

import yaml

from tests.cluster.workshop import Workshop

ENFORCE = "pod-security.kubernetes.io/enforce"

HARDENED = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: hardened}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: hardened}
spec:
  replicas: 2
  serviceName: hardened
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: hardened}}
  template:
    metadata: {labels: {app: hardened}}
    spec:
      serviceAccountName: hardened
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: main
          image: IMAGE
          imagePullPolicy: IfNotPresent
          command: [tail, -f, /dev/null]
          resources: {limits: {cpu: 50m, memory: 32Mi}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: hardened}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: hardened}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: hardened}
spec:
  podSelector: {matchLabels: {app: hardened}}
  policyTypes: [Egress]
  egress:
    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]
    - to: [{namespaceSelector: {}}]
      ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
"""

# No node has the label that these pods ask for: they are to be seen by an audit, and need not run for that.
WEAK = """\
apiVersion: apps/v1
kind: KIND
metadata: {name: weak}
spec:
  replicas: 2
  selector: {matchLabels: {app: weak, of: KIND}}
  template:
    metadata: {labels: {app: weak, of: KIND}}
    spec:
      nodeSelector: {example.org/nowhere: ""}
      containers:
        - name: main
          image: IMAGE
          securityContext: {privileged: true}
          volumeMounts: [{name: host, mountPath: /host}]
      volumes:
        - name: host
          hostPath: {path: /}
"""
KINDS = ("Deployment", "StatefulSet")


def hardened(room: Workshop) -> list[dict[str, Any]]:
    """A StatefulSet that nothing is open of, as long as its evidence is shown."""
    return list(yaml.safe_load_all(HARDENED.replace("IMAGE", room.shell)))


def weak(room: Workshop) -> list[dict[str, Any]]:
    """A Deployment and a StatefulSet, privileged, with the node's disk, and with nothing that would hold them back."""
    return [yaml.safe_load(WEAK.replace("IMAGE", room.shell).replace("KIND", kind)) for kind in KINDS]
