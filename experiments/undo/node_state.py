"""The state of a node that no Kubernetes object shows: services, mounts, firewall tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core

_LOOK = r"""
for unit in kubelet containerd; do echo "service $unit=$(systemctl is-active $unit || true)"; done
systemctl list-units --all --plain --no-legend 'firedrill-*' | while read -r unit rest; do echo "unit $unit=there"; done
while read -r _ path type _; do
  case $path in /var/lib/kubelet/pods/*|/run/containerd/*|/var/lib/containerd/*|/run/netns/*) ;;
  /run/user/*|/run/credentials/*|/var/run/*|/sys/*|/proc/*|/dev/*) ;;
  *) echo "mount $path=$type";; esac
done < /proc/mounts
nft list tables | while read -r _ family name; do echo "firewall table $family $name=there"; done
"""
"""Mounts of pods and containers come and go with them; they are Kubernetes' to clean up."""


def node_state(handle: Handle) -> dict[str, str]:
    """Services, mounts and firewall tables of every node, by name.

    Raises:
        LabError: a node could not be asked.
    """
    names = [n.metadata.name for n in core(handle).list_node(_request_timeout=TIMEOUT_S).items]
    with ThreadPoolExecutor(max(1, len(names))) as pool:
        states = list(pool.map(lambda name: _look(handle, name), names))
    return {f"node {name} {what}": state for name, one in zip(names, states, strict=True) for what, state in one}


def _look(handle: Handle, name: str) -> list[tuple[str, str]]:
    exit_code, output = handle.node(name).exec_run(["bash", "-euo", "pipefail", "-c", _LOOK])
    text = output.decode(errors="replace")
    if exit_code:
        raise LabError(f"Node {name} could not be asked for its state: {text.strip()[-300:]}", "firedrill status")
    return [(what, state) for line in text.splitlines() for what, _, state in [line.partition("=")]]
