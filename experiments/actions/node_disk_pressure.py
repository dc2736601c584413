"""A node whose kubelet runs out of disk: real DiskPressure, on a small volume under /var/lib/kubelet."""

from __future__ import annotations

from cluster.errors import LabError
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_commands import on_node
from experiments.actions.node_ready import await_ready
from experiments.actions.node_revert import Revert, arm
from experiments.actions.node_volume import Volume
from experiments.model.nodes import LARGEST_VOLUME_MIB
from experiments.play.played import Configuration
from experiments.play.session import session_of

KUBELET = "/var/lib/kubelet"
EVICTION_PERCENT = 10
"""The kubelet's `nodefs.available` on the volume; the lab's own, 1 GiB, is more than the volume has."""

_STAGE = "/run/firedrill-stage"


def press(where: Where, size_mib: int, leave_mib: int, file: str, limit_s: float, configuration: Configuration) -> str:
    """Give a node's kubelet a small disk of its own, wait until the node is Ready with it, and fill it.

    The kubelet starts anew on a volume that holds its configuration and certificates; running containers go on. Below
    10 % of free space it says DiskPressure and evicts pods, the lab's own daemons never.

    Args:
        where: which node.
        size_mib: size of the volume (MiB).
        leave_mib: what stays free (MiB); less than a tenth of the volume.
        file: name of the file that fills it, in /var/lib/kubelet: deleting it is the fix.
        limit_s: seconds until the node gives its kubelet the old disk back by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, the volume would endanger the host's disk, or the kubelet has one already.
        ConditionTimedOut: the kubelet does not come back on the volume.
    """
    session = session_of(configuration)
    if size_mib > LARGEST_VOLUME_MIB:
        raise LabError(f"A volume of {size_mib} MiB is refused: it could take that much of the host's disk.")
    node = resolve(session, where)
    volume = Volume(KUBELET, size_mib)
    undo = Revert(f"give the kubelet of {node} its disk back", node, node, "firedrill-disk-pressure", _back(volume))
    arm(session, undo, limit_s)
    on_node(session.handle, node, _start_on(volume))
    await_ready(session.handle, node)
    on_node(session.handle, node, volume.fill(file, leave_mib))
    return node


def _start_on(volume: Volume) -> str:
    return f"""
{volume.create}
mkdir {_STAGE}
mount_at {_STAGE}
cp -a {KUBELET}/config.yaml {KUBELET}/kubeadm-flags.env {KUBELET}/pki {_STAGE}/
sed -i 's/^  nodefs.available: .*/  nodefs.available: {EVICTION_PERCENT}%/' {_STAGE}/config.yaml
grep -qx '  nodefs.available: {EVICTION_PERCENT}%' {_STAGE}/config.yaml
umount {_STAGE}
rmdir {_STAGE}
systemctl stop kubelet
mount_at {KUBELET}
systemctl start kubelet
"""


def _back(volume: Volume) -> str:
    """What was started on the volume ends with it: its containers would hold the loop device for as long as they run.

    The kubelet starts them again on the old disk.
    """
    return f"""
if [ -e {volume.image} ]; then
  systemctl stop kubelet
  for device in $(losetup --noheadings --output NAME --associated {volume.image}); do
    number=$(mountpoint -x "$device")
    {{ findmnt --noheadings --output TARGET --source "$device" || true; }} | while read -r target; do
      mountpoint -q "$target" || continue  # it went with the one above it
      umount --recursive "$target" 2>/dev/null || umount --lazy --recursive "$target"
    done
    for process in $(grep -ls " $number " /proc/[0-9]*/mountinfo); do
      kill -KILL "$(tr -dc 0-9 <<<"$process")" 2>/dev/null || true
    done
  done
  for (( look = 0; look < 100; look++ )); do
    held=$(losetup --noheadings --output NAME --associated {volume.image})
    [ -n "$held" ] || break
    sleep 0.1
  done
  [ -z "$held" ] || {{ systemctl start kubelet; echo "something still holds $held" >&2; exit 1; }}
  rm -f {volume.image}
  [ ! -d {_STAGE} ] || rmdir {_STAGE}
fi
systemctl start kubelet
"""
