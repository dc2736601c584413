"""Small file systems on a node: ext4 in a sparse file, so that one can be full without touching the host's disk."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_commands import on_node
from experiments.actions.node_revert import Revert, arm
from experiments.model.nodes import LARGEST_VOLUME_MIB
from experiments.play.played import Configuration
from experiments.play.session import session_of

MIB = 2**20
SPARED_MIB = 2048
"""What has to stay free on the host's disk beside the whole volume."""

_TOP_UP = MIB
"""The end of the filling is written byte by byte: allocating the last blocks at once fails where they are scattered."""


@dataclass(frozen=True)
class Volume:
    """A file system of `size_mib` MiB that is mounted over `path` of a node."""

    path: str
    size_mib: int

    @property
    def slug(self) -> str:
        """What its file and its timer are called."""
        return self.path.strip("/").replace("/", "-")

    @property
    def image(self) -> str:
        """The sparse file on the node."""
        return f"/var/lib/firedrill-{self.slug}.img"

    @property
    def made(self) -> str:
        """The trace of a mount point that was not there before."""
        return f"/var/lib/firedrill-{self.slug}.made"

    @property
    def create(self) -> str:
        """Bash: make the file system, and `mount_at FOLDER`, which mounts it. Refused if the host's disk is short."""
        return f"""
free=$(df --output=avail -BM /var/lib | tail -n 1 | tr -dc 0-9)
(( free >= {self.size_mib + SPARED_MIB} )) || {{ echo "only $free MiB are free on the host's disk" >&2; exit 1; }}
truncate -s {self.size_mib}M {self.image}
mkfs.ext4 -q -m 0 -E lazy_itable_init=1 {self.image}
mount_at() {{
  # A node's /dev was filled when it started; the kernel may hand out a device that came later.
  local next; next=$(losetup --find)
  [ -e "$next" ] || mknod "$next" b 7 "${{next#/dev/loop}}"
  mount -o loop {self.image} "$1"
}}
"""

    @property
    def mount(self) -> str:
        """Bash, after `create`: mount it over the path, for the same users as before."""
        return f"""
[ -d {self.path} ] || {{ touch {self.made}; mkdir -p {self.path}; }}
mode=$(stat -c %a {self.path}) owner=$(stat -c %u:%g {self.path})
mount_at {self.path}
chmod "$mode" {self.path}
chown "$owner" {self.path}
"""

    @property
    def only_here(self) -> str:
        """Bash: `device`, behind the path; ends unless that is this volume's own loop device."""
        return f"""
device=$(findmnt --noheadings --output SOURCE --target {self.path} | tail -n 1)
losetup --noheadings --output NAME --associated {self.image} 2>/dev/null | grep -qx "$device" ||
  {{ echo "{self.path} is on $device, not on a volume of the lab's" >&2; exit 1; }}
"""

    def fill(self, file: str, leave_mib: int) -> str:
        """Bash: allocate all but `leave_mib` MiB in `file`; with 0 the next write fails with ENOSPC."""
        return f"""
{self.only_here}
file={self.path}/{file}
[ ! -e "$file" ] || {{ echo "$file is there already" >&2; exit 1; }}
left=$(df --output=avail -B1 {self.path} | tail -n 1)
bulk=$(( left - {leave_mib * MIB + _TOP_UP} ))
(( bulk > 0 )) || {{ echo "only $left bytes are left on {self.path}" >&2; exit 1; }}
fallocate --length "$bulk" "$file"
head -c {_TOP_UP if leave_mib else 4 * _TOP_UP} /dev/zero >>"$file" || (( {leave_mib} == 0 ))
sync -f "$file"
df --output=avail,size -BM {self.path} | tail -n 1
"""

    @property
    def remove(self) -> str:
        """Bash: unmount and remove the volume; nothing to do is no error."""
        return f"""
for device in $(losetup --noheadings --output NAME --associated {self.image} 2>/dev/null); do
  # Whoever still has a file open there keeps the device until he ends; nobody finds the volume any more.
  {{ findmnt --noheadings --output TARGET --source "$device" || true; }} | while read -r target; do
    umount "$target" 2>/dev/null || umount --lazy "$target"
  done
done
[ ! -e {self.made} ] || {{ rmdir --ignore-fail-on-non-empty {self.path}; rm -f {self.made}; }}
rm -f {self.image}
"""


def fill(
    where: Where, path: str, size_mib: int, leave_mib: int, file: str, limit_s: float, configuration: Configuration
) -> str:
    """Mount a small file system over a folder of a node and fill it.

    What was in the folder is hidden meanwhile; pods that mounted it before keep the old one.

    Args:
        where: which node.
        path: the folder; it is made where it does not exist.
        size_mib: size of the file system (MiB).
        leave_mib: what stays free (MiB).
        file: name of the file that fills it, in the folder: deleting it is the fix.
        limit_s: seconds until the node takes the file system away by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, the volume would endanger the host's disk, or it stands there already.
    """
    session = session_of(configuration)
    if size_mib > LARGEST_VOLUME_MIB:
        raise LabError(f"A volume of {size_mib} MiB is refused: it could take that much of the host's disk.")
    node = resolve(session, where)
    volume = Volume(path, size_mib)
    _refuse_mounted(session.handle, node, volume)
    undo = Revert(
        f"remove the volume at {path} of {node}", node, node, f"firedrill-volume-{volume.slug}", volume.remove
    )
    arm(session, undo, limit_s)
    on_node(session.handle, node, volume.create + volume.mount + volume.fill(file, leave_mib))
    return node


def _refuse_mounted(handle: Handle, node: str, volume: Volume) -> None:
    found = on_node(handle, node, f"mountpoint -q {volume.path} && echo mounted || true")
    if found:
        raise LabError(f"{volume.path} of {node} is a mount point already.", "choose a folder of the node's own")
