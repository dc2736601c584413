"""One real change of every kind that a snapshot has to name, each with how it is taken back."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from cluster.guard import Handle
from cluster.images.tags import references
from cluster.lab import LABEL_LAB

NODE_CHANGES = {
    "service kubelet": ("systemctl stop kubelet", "systemctl start kubelet"),
    "unit firedrill-left.timer": (
        "systemd-run --quiet --on-active=1h --unit=firedrill-left true",
        "systemctl stop firedrill-left.timer",
    ),
    "file /etc/systemd/system/kubelet.service.d/99-left.conf": (
        "touch /etc/systemd/system/kubelet.service.d/99-left.conf",
        "rm /etc/systemd/system/kubelet.service.d/99-left.conf",
    ),
    "large file /left.img": ("truncate --size 8M /left.img", "rm /left.img"),
    "loop device": ("losetup --find /left.img", "losetup --detach $(losetup --noheadings --output NAME -j /left.img)"),
    "mount /mnt": ("mount -t tmpfs tmpfs /mnt", "umount /mnt"),
    "route blackhole": ("ip route add blackhole 192.0.2.0/24", "ip route del blackhole 192.0.2.0/24"),
    "routing rule 1000": ("ip rule add from 192.0.2.1 priority 1000", "ip rule del priority 1000"),
    "link eth0": ("ip link set eth0 mtu 1400", "ip link set eth0 mtu 1500"),
    "qdisc eth0": ("tc qdisc add dev eth0 root handle 1: htb", "tc qdisc del dev eth0 root"),
    "sysctl ip_forward": ("sysctl -qw net.ipv4.ip_forward=0", "sysctl -qw net.ipv4.ip_forward=1"),
    "firewall table inet left": ("nft add table inet left", "nft delete table inet left"),
    "process sleep": (
        "sleep 987654 </dev/null >/dev/null 2>&1 & until grep -q sleep /proc/$!/comm; do :; done; kill -STOP $!",
        "pkill -KILL -f 'sleep 98765[4]'",
    ),
}
"""What is said of the node -> the command inside it that changes it, and the one that takes that back."""

OBJECTS: list[dict[str, Any]] = [
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": []},
    {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": 1},
    {"apiVersion": "v1", "kind": "Namespace"},
    {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "webhooks": []},
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "spec": {"podSelector": {"matchLabels": {"a": "b"}}},
    },
    {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
    {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "b"}},
    {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 1}]}},
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"schedulerName": "nobody", "containers": [{"name": "a", "image": "a"}]},
    },
]
NAMESPACED = ("NetworkPolicy", "ConfigMap", "Secret", "Service", "Pod")
CUSTOM: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "lefts.example.org"},
    "spec": {
        "group": "example.org",
        "scope": "Cluster",
        "names": {"plural": "lefts", "singular": "left", "kind": "Left"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
            }
        ],
    },
}


@dataclass
class Changes:
    """Changes the lab; each change registers how it is taken back before it is made.

    Args:
        handle: the lab.
        back: takes everything back when it is closed.
    """

    handle: Handle
    back: ExitStack

    def in_node(self, node: str) -> list[str]:
        """Changes the inside of a node; what has to be named."""
        for change, back in NODE_CHANGES.values():
            self.back.callback(self._inside, node, back)
            self._inside(node, change)
        return [f"on {node} {what}" for what in NODE_CHANGES]

    def nodes_object(self, node: str) -> list[str]:
        """Changes a node as the API server shows it."""
        self._kubectl(["cordon", node], back=["uncordon", node])
        self._kubectl(["taint", "node", node, "left=1:PreferNoSchedule"], back=["taint", "node", node, "left-"])
        self._kubectl(["label", "node", node, "left=1"], back=["label", "node", node, "left-"])
        self._kubectl(["annotate", "node", node, "left=1"], back=["annotate", "node", node, "left-"])
        return [f"node {node} {what}" for what in ("cordon was", "taints was", "labels was", "spec was")]

    def objects(self) -> list[str]:
        """Makes objects of many kinds, and changes two that are there."""
        items = [one | {"metadata": {"name": "left"}} for one in OBJECTS] + [CUSTOM]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        self.back.callback(self.handle.kubectl, "delete", "--now", "-f", "-", stdin=text, timeout_s=90)
        self.handle.kubectl("create", "-n", "default", "-f", "-", stdin=text)
        patch = ["patch", "deployment/coredns", "-n", "kube-system", "--type=json", "-p"]
        limit = "/spec/revisionHistoryLimit"
        was = json.loads(self.handle.kubectl("get", "deployment/coredns", "-n", "kube-system", "-o", "json"))
        value = was["spec"]["revisionHistoryLimit"]
        self._kubectl(
            [*patch, json.dumps([{"op": "replace", "path": limit, "value": value + 1}])],
            back=[*patch, json.dumps([{"op": "replace", "path": limit, "value": value}])],
        )
        self._kubectl(
            ["annotate", "storageclass", "standard", "left=1"], back=["annotate", "storageclass", "standard", "left-"]
        )
        made = [(one["kind"].lower(), "default/" if one["kind"] in NAMESPACED else "") for one in OBJECTS]
        return [
            *(f"{kind} {where}left is new" for kind, where in made),
            "customresourcedefinition lefts.example.org is new",
            "apiservice v1.example.org is new",
            "deployment kube-system/coredns was",
            "storageclass standard was",
        ]

    def host(self, node: str) -> list[str]:
        """Leaves a container, volumes and networks, and limits a node."""
        docker, lab = self.handle.docker, self.handle.lab
        image = references(lab.root)["firedrill/toolbox"]
        self.back.callback(docker.containers.create(image, labels=lab.labels, name=f"{lab.name}-left").remove)
        self.back.callback(docker.volumes.create(f"{lab.name}-left-unlabelled").remove)
        self.back.callback(docker.volumes.create("left-labelled", labels=lab.labels).remove)
        network = docker.networks.create(f"{lab.name}-left", labels={LABEL_LAB: lab.name}, internal=True)
        self.back.callback(network.remove)
        container = self.handle.node(node)
        # the engine adds a line to /etc/hosts and leaves it there
        self.back.callback(self._inside, node, "cat /run/hosts.left >/etc/hosts && rm /run/hosts.left")
        self._inside(node, "cp /etc/hosts /run/hosts.left")
        network.connect(container)
        self.back.callback(network.disconnect, container)
        container.update(cpu_quota=150000)
        self.back.callback(container.update, cpu_quota=-1)
        return [
            f"container {lab.name}-left is new: created",
            f"volume {lab.name}-left-unlabelled is new",
            "volume left-labelled is new",
            f"network {lab.name}-left is new",
            f"networks of {node} was",
            f"limits of {node} was none, is CpuQuota 150000",
        ]

    def freeze(self, node: str) -> list[str]:
        """Freezes a node."""
        container = self.handle.node(node)
        self.back.callback(container.unpause)
        container.pause()
        return [f"container {node} was running, is paused"]

    def toxic(self, namespace: str) -> list[str]:
        """Adds a toxic to a proxy of the Toxiproxy in `namespace`."""
        (pod,) = self.handle.get(f"/api/v1/namespaces/{namespace}/pods")["items"]
        root = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}:8474/proxy/proxies/left/toxics"
        body = json.dumps({"name": "slow", "type": "latency", "attributes": {"latency": 100}})
        self._kubectl(["create", "--raw", root, "-f", "-"], back=["delete", "--raw", f"{root}/slow"], stdin=body)
        return [f"toxiproxy {namespace} proxy left was enabled, no toxics, is enabled, slow"]

    def _inside(self, node: str, command: str) -> None:
        exit_code, output = self.handle.node(node).exec_run(["bash", "-euc", command])
        assert exit_code == 0, f"{command}: {output.decode()}"

    def _kubectl(self, change: list[str], *, back: list[str], stdin: str | None = None) -> None:
        self.back.callback(self.handle.kubectl, *back)
        self.handle.kubectl(*change, stdin=stdin)
