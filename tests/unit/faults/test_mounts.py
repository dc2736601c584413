"""Which volumes may be filled, read from mountinfo as kernels write it."""

from __future__ import annotations

import pytest

from cluster.errors import LabError
from experiments.mounts import place_on_node, read_mounts, size_limited

pytestmark = pytest.mark.unit

POD = "/var/lib/kubelet/pods/1b-2c/volumes/kubernetes.io~empty-dir"
NODE = read_mounts(
    f"""\
600 500 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/l
601 600 8:1 /var/lib/docker/volumes/9a/_data /var rw,relatime - ext4 /dev/sda1 rw
602 601 0:71 / {POD}/small rw,relatime shared:9 - tmpfs tmpfs rw,size=16384k
603 601 7:3 / /mnt/a\\040disk rw,relatime - ext4 /dev/loop3 rw
604 601 0:72 / /dev/shm rw - tmpfs shm rw
"""
)
INSIDE = read_mounts(
    f"""\
900 800 0:90 / / ro,relatime - overlay overlay rw,lowerdir=/m
901 900 0:71 / /small rw,relatime - tmpfs tmpfs rw,size=16384k
902 900 7:3 /data/x /disk rw,relatime - ext4 /dev/loop3 rw
903 900 8:1 /var/lib/docker/volumes/9a/_data{POD[4:]}/large /large rw,relatime - ext4 /dev/sda1 rw
904 900 0:72 / /shm rw - tmpfs shm rw
905 900 8:1 /x /over rw - ext4 /dev/sda1 rw
906 905 0:71 / /over rw - tmpfs tmpfs rw,size=16384k
"""
)


@pytest.mark.parametrize(
    ("point", "place"),
    [("/small", f"{POD}/small"), ("/disk", "/mnt/a disk/data/x"), ("/over", f"{POD}/small")],
)
def test_a_small_volume_of_its_own_is_found_on_the_node(point: str, place: str) -> None:
    assert str(place_on_node(size_limited(INSIDE, NODE, point), NODE)) == place


@pytest.mark.parametrize(
    ("point", "why"),
    [
        ("/large", "the host's disk"),
        ("/shm", "the host's disk"),
        ("/", "the host's disk"),
        ("/small/folder", "No volume is mounted"),
    ],
)
def test_anything_else_is_refused(point: str, why: str) -> None:
    with pytest.raises(LabError, match=why):
        size_limited(INSIDE, NODE, point)


def test_a_host_that_is_itself_on_a_loop_device_is_no_small_volume() -> None:
    node = read_mounts("601 600 7:1 /n /var rw - ext4 /dev/loop1 rw\n")
    inside = read_mounts("902 900 7:1 /n/lib /data rw - ext4 /dev/loop1 rw\n")
    with pytest.raises(LabError, match="the host's disk"):
        size_limited(inside, node, "/data")
