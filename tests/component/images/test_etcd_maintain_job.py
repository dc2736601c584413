"""etcd-maintain as a job: more is written than the quota holds, and etcd takes all of it."""

from __future__ import annotations

import pytest

from cluster.binaries import build as binaries
from cluster.progress import Progress
from tests.component.images.containers import Containers, eventually

pytestmark = pytest.mark.component

QUOTA = 16 * 1024 * 1024
WRITE = "head -c 400000 /dev/urandom | base64 -w0 | etcdctl put key && sleep 0.05"


def test_the_job_goes_on_until_etcd_is_there_and_keeps_it_below_its_quota(containers: Containers) -> None:
    etcd = binaries.ensure(containers.lab, ["etcd"], Progress(containers.lab.logs))["etcd"]
    with containers.start(
        "etcd-maintain",
        command=["--keep-revisions", "1", "--limit", "2"],
        writable=["/tmp"],  # noqa: S108 - the container's own
        files={etcd: "/usr/local/bin/etcd"},
        env={"EVERY_S": "0.5", "ETCDCTL_ENDPOINTS": "http://127.0.0.1:2379"},
    ) as job:

        def bash(line: str) -> tuple[int, str]:
            code, output = job.exec(["bash", "-uo", "pipefail", "-c", line])
            return int(code), str(output, "utf-8")

        eventually(lambda: b"etcd is not well" in job.get_logs()[0])
        bash(f"nohup etcd --data-dir /tmp/etcd --quota-backend-bytes {QUOTA} > /tmp/etcd.log 2>&1 &")
        eventually(lambda: b"too little history to compact" in job.get_logs()[0])
        code, said = bash(f"for n in $(seq 60); do {WRITE} || exit 1; done")
        assert code == 0, said
        assert bash("etcdctl alarm list") == (0, "")
        assert b"defragmented" in job.get_logs()[0]
