"""What is done to the host is written down, found wanting in words, and taken back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from cluster.binaries.catalog import BUILD_FLAGS
from cluster.errors import HostNotReady
from cluster.host import capabilities, checks, doctor, inotify, record, undo
from cluster.images.rootfs import mirrors, sources
from cluster.lab import Lab
from cluster.process import run
from cluster.progress import Progress

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
FULL = "CapBnd:\t000001ffffffffff\n"
WITHOUT_SYS_RESOURCE = "CapBnd:\t000001fffeffffff\n"


@pytest.fixture
def quiet(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "logs", Console(quiet=True))


def test_a_full_bounding_set_misses_nothing() -> None:
    assert capabilities.missing(FULL, 40) == []


def test_a_missing_capability_is_found_by_number() -> None:
    assert capabilities.missing(WITHOUT_SYS_RESOURCE, 40) == [24]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim, with the flags of every build of the lab: what they have compiled of Go's own library is there."""
    program = tmp_path_factory.mktemp("shim") / "shim"
    source = ROOT / "cluster/host/bounded-runc"
    run(["go", "build", *BUILD_FLAGS, "-o", program, "."], cwd=source, env={"CGO_ENABLED": "0"}, timeout_s=120)
    return program


@pytest.mark.parametrize("command", ["create", "exec"])
def test_the_shim_takes_from_a_container_what_the_host_lacks(tmp_path: Path, shim: Path, command: str) -> None:
    """Puts a stand-in for runc on PATH, and looks at the file that runc would get."""
    stand_in = tmp_path / "bin" / "runc"
    stand_in.parent.mkdir()
    stand_in.write_text("#!/bin/sh\necho became runc $*\n", encoding="utf-8")
    stand_in.chmod(0o755)
    # No kernel knows CAP_NONE: it stands for what this host lacks, CAP_CHOWN for what any root has.
    limit = 18446744073709551615
    process = {"capabilities": {"bounding": ["CAP_CHOWN", "CAP_NONE"]}, "rlimits": [{"hard": limit}]}
    file = tmp_path / ("config.json" if command == "create" else "process.json")
    file.write_text(json.dumps({"process": process} if command == "create" else process), encoding="utf-8")
    target = ["--bundle", str(tmp_path)] if command == "create" else [f"--process={file}"]
    said = run([shim, "--root", "/x", command, *target, "id"], env={"PATH": f"{stand_in.parent}:/usr/bin:/bin"})
    assert said.startswith(f"became runc --root /x {command}")
    left = json.loads(file.read_text(encoding="utf-8"))
    left = left.get("process", left)
    assert "CAP_NONE" not in left["capabilities"]["bounding"]
    assert left["rlimits"][0]["hard"] == limit


def test_undo_takes_back_files_and_its_own_record(tmp_path: Path, quiet: Progress) -> None:
    path, written = tmp_path / "firedrill" / "host.json", tmp_path / "written"
    written.write_text("x", encoding="utf-8")
    record.save(record.HostRecord(files=[str(written)]), path)
    undo.undo(quiet, path)
    assert not written.exists()
    assert not path.exists()


def test_undo_ends_the_recorded_daemon_only(tmp_path: Path, quiet: Progress) -> None:
    ours, strangers = (subprocess.Popen(["sleep", "60"]) for _ in range(2))
    try:
        begun = record.started_ticks(ours.pid)
        assert begun is not None
        path = tmp_path / "firedrill" / "host.json"
        # The second entry's number belongs to another process by now: its start differs.
        reused = record.Daemon(name="gone", pid=strangers.pid, started_ticks=1)
        mine = record.Daemon(name="sleep", pid=ours.pid, started_ticks=begun)
        record.save(record.HostRecord(daemons=[mine, reused]), path)
        reaper = subprocess.Popen(["true"])
        reaper.wait()
        undo_thread_safe(ours, quiet, path)
        assert strangers.poll() is None
    finally:
        for process in (ours, strangers):
            process.kill()
            process.wait()


def undo_thread_safe(child: subprocess.Popen[bytes], quiet: Progress, path: Path) -> None:
    """Undoes while somebody waits for the child, as the init process does for a real daemon."""
    import threading

    waiter = threading.Thread(target=child.wait)
    waiter.start()
    undo.undo(quiet, path)
    waiter.join(timeout=5)
    assert child.poll() is not None


def test_low_file_watch_limits_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "fs" / "inotify"
    folder.mkdir(parents=True)
    (folder / "max_user_instances").write_text("128\n", encoding="utf-8")
    (folder / "max_user_watches").write_text("524288\n", encoding="utf-8")
    low = inotify.short(tmp_path)
    assert low == {"fs.inotify.max_user_instances": 128}
    assert inotify.mend_command(low) == "sudo sysctl -w fs.inotify.max_user_instances=512"


def test_little_memory_and_disk_are_wrong_with_a_command(tmp_path: Path) -> None:
    lab = Lab("firedrill", tmp_path, tmp_path)
    found = [checks.memory("MemAvailable: 1048576 kB\n"), checks.disk(lab, free_bytes=2**30)]
    assert all(check.state == "wrong" and check.mend for check in found)
    with pytest.raises(HostNotReady, match=r"memory: 1.0 GiB available.*disk: 1 GiB free"):
        doctor.require(found)


def test_cgroups_of_both_versions(tmp_path: Path) -> None:
    two = tmp_path / "two"
    two.mkdir()
    (two / "cgroup.controllers").write_text("cpuset cpu io memory pids\n", encoding="utf-8")
    one = tmp_path / "one"
    for name in ("cpu", "cpuset", "memory"):
        (one / name).mkdir(parents=True)
    assert checks.cgroups(two).state == "ok"
    assert "version 1 without pids" in checks.cgroups(one).seen
    assert "without cpu" in checks.cgroups(tmp_path / "nothing").seen


TARGETS = """Tools main http://tools.test/apt
Debian main http://mirror.test/debian/
Debian contrib http://other.test/debian/
Debian-Security main http://mirror.test/debian-security/
"""


def test_mirrors_come_from_the_hosts_own_sources() -> None:
    lines = sources("trixie", mirrors(TARGETS))
    assert lines == [
        "deb http://mirror.test/debian trixie main",
        "deb http://mirror.test/debian trixie-updates main",
        "deb http://mirror.test/debian-security trixie-security main",
    ]


def test_no_mirror_of_debian_is_said() -> None:
    with pytest.raises(HostNotReady, match="no mirror of Debian"):
        sources("trixie", mirrors("Ubuntu main http://mirror.test/ubuntu/\n"))
