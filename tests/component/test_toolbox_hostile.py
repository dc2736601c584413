"""Hostile blocks: each tries what a runbook must not be able to do; outside the toolbox the same try works."""

from __future__ import annotations

import itertools
import os
import re
import socket
import socketserver
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments.toolbox.blocks import OUTPUT_CAP
from experiments.toolbox.confinement import PIDS
from tests.component.toolbox_lab import NEIGHBOUR_PORT, ToolboxLab, toolbox_lab

pytestmark = pytest.mark.component

OUTSIDE = "198.51.100.7"  # RFC 5737; only asked of the kernel's routes, nothing is sent


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolboxLab]:
    with toolbox_lab(tmp_path_factory.mktemp("toolbox")) as opened:
        yield opened


class _Greeting(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"the host answers\n")


@pytest.fixture
def host_port(lab: ToolboxLab) -> Iterator[int]:
    """A listener of the host on its own address on the lab's network."""
    with socketserver.ThreadingTCPServer((lab.host_address, 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _connect(address: str, port: int) -> str:
    return f"socat -T2 - TCP4:{address}:{port},connect-timeout=3 </dev/null"


def test_a_neighbour_on_the_lab_is_reached(lab: ToolboxLab) -> None:
    assert "neighbour" in lab.run(_connect(lab.neighbour_address, NEIGHBOUR_PORT)).output
    assert "neighbour" in lab.run(_connect("neighbour", NEIGHBOUR_PORT)).output


def test_the_host_is_not_reached_on_the_labs_network(lab: ToolboxLab, host_port: int) -> None:
    script = _connect(lab.host_address, host_port)
    assert "the host answers" in lab.unconfined(script)
    played = lab.run(script)
    assert "the host answers" not in played.output
    assert played.exit_code not in (0, None)


def test_the_hosts_other_addresses_are_not_reached(lab: ToolboxLab) -> None:
    with socketserver.ThreadingTCPServer(("", 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        others = [address for address in _host_addresses() if address != lab.host_address]
        assert others
        assert "the host answers" in lab.unconfined(_connect(others[0], port))
        for address in others:
            assert "the host answers" not in lab.run(_connect(address, port)).output
        server.shutdown()


def test_there_is_no_route_out_of_the_lab(lab: ToolboxLab) -> None:
    assert "via" in lab.unconfined(f"ip route get {OUTSIDE}")
    played = lab.run(f"ip route get {OUTSIDE}")
    assert played.exit_code == 2 and "unreachable" in played.output
    assert lab.run("ip -6 route get 2001:db8::1").exit_code != 0


def test_no_name_is_asked_of_the_host(lab: ToolboxLab) -> None:
    name = str(lab.neighbour.name)
    at_53 = f"dig +short +tries=1 +time=2 @127.0.0.11 {name}"
    # Docker's resolver itself listens at another port of that address; 53 is only translated to it
    at_its_own = f"""port=$(awk '$2 ~ /^0B00007F:/ {{ split($2, part, ":"); print part[2]; exit }}' /proc/net/udp)
        port=$((16#$port)); echo "port $port"; dig +short +tries=1 +time=2 -p $port @127.0.0.11 {name}"""
    for ask in (at_53, at_its_own):
        assert lab.neighbour_address in lab.unconfined(ask)
        assert lab.neighbour_address not in lab.run(ask).output
    assert "port 0\n" not in lab.run(at_its_own).output  # it is there, and cannot be asked
    resolver = lab.run("grep nameserver /etc/resolv.conf").output.split()
    assert resolver == ["nameserver", "10.96.0.10"]


def test_the_network_cannot_be_opened_again(lab: ToolboxLab) -> None:
    for script in (
        f"ip route add default via {lab.host_address}",
        "nft flush ruleset",
        "unshare --user --map-root-user true",
        "unshare --net true",
        "echo nameserver 127.0.0.11 > /etc/resolv.conf",
    ):
        assert lab.run(script).exit_code not in (0, None), script
    assert lab.run(f"ip route get {OUTSIDE}").exit_code == 2


def test_no_file_of_the_host_is_read(lab: ToolboxLab, tmp_path: Path) -> None:
    secret = tmp_path / "host-secret"
    secret.write_text("a secret of the host")
    tmp_path.chmod(0o755)
    played = lab.run(
        f"cat {secret} /proc/1/root{secret} /proc/1/cwd{secret} || true; find / -name {secret.name} || true"
    )
    assert "a secret of the host" not in played.output
    mounted = lab.run("awk '{print $5}' /proc/self/mountinfo").output.split()
    expected = re.compile(r"/|/(dev|proc|sys)(/.*)?|/tmp|/home/oncall|/etc/(resolv\.conf|hostname|hosts)")
    assert [place for place in mounted if not expected.fullmatch(place)] == []
    assert {"/home/oncall", "/etc/hosts"} <= set(mounted)
    assert lab.run("awk '$5 ~ \"^/(tmp|home)\" {print $9}' /proc/self/mountinfo").output.split() == ["tmpfs", "tmpfs"]


def test_no_variable_of_the_host_is_seen(lab: ToolboxLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREDRILL_TEST_SECRET", "a secret of the host")
    seen = lab.run("env | cut -d= -f1; tr '\\0' '\\n' < /proc/1/environ").output
    assert "SECRET" not in seen
    names = set(lab.run("compgen -e").output.split())
    assert names <= {"HOME", "HOSTNAME", "KUBECONFIG", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "_"}


def test_the_docker_socket_is_not_reached(lab: ToolboxLab) -> None:
    assert Path("/var/run/docker.sock").is_socket()
    played = lab.run(
        "find / -name '*.sock' 2>/dev/null || true; curl -s --unix-socket /var/run/docker.sock http://d/version"
    )
    assert played.exit_code == 7 and played.output == ""


def test_it_is_nobody_and_cannot_become_somebody(lab: ToolboxLab) -> None:
    status = lab.run("grep -E '^(Uid|Cap|NoNewPrivs)' /proc/self/status").output
    values = {line.split(":")[0]: line.split(":")[1].split() for line in status.splitlines()}
    assert values["Uid"] == ["1000"] * 4 and values["NoNewPrivs"] == ["1"]
    assert {int(values[name][0], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert lab.run("find / -xdev -perm /6000 -type f 2>/dev/null | grep .").exit_code != 0


def test_only_home_and_tmp_are_written_and_home_lasts(lab: ToolboxLab) -> None:
    assert "Read-only" in lab.run("touch /etc/mine || touch /usr/bin/mine || touch /var/mine").output
    assert lab.run("echo kept > ~/note; echo lost > /tmp/note").exit_code == 0
    assert lab.run("cat ~/note").output == "kept\n"
    assert lab.run("cat /tmp/note").exit_code == 1


def test_a_block_is_killed_with_its_children_at_its_limit(lab: ToolboxLab) -> None:
    mark = str(70_000 + os.getpid() % 9_000)
    script = f"setsid sleep {mark} & (setsid nohup sleep {mark} &) ; echo begun; trap '' TERM INT; sleep {mark}"
    began = time.monotonic()
    with _counted(lambda: len(_host_processes(mark))) as counts:
        played = lab.run(script, limit_s=4)
    assert played.exit_code is None and played.output == "begun\n"
    assert time.monotonic() - began < 15
    assert max(counts) == 3
    assert _host_processes(mark) == []


def test_what_a_block_leaves_behind_ends_with_it(lab: ToolboxLab) -> None:
    mark = str(80_000 + os.getpid() % 9_000)
    played = lab.run(f"(setsid sleep {mark} &); until pgrep sleep > /dev/null; do :; done; pgrep -c sleep")
    assert (played.exit_code, played.output) == (0, "1\n")
    assert _host_processes(mark) == []


def test_a_fork_bomb_is_bounded(lab: ToolboxLab) -> None:
    name = f"{lab.place.name}-block-7"
    with _counted(lambda: len(_processes_of(lab, name))) as counts:
        played = lab.run("bomb() { bomb | bomb & }; bomb; while true; do :; done", limit_s=5, index=7)
    assert played.exit_code is None
    assert PIDS / 4 < max(counts) <= PIDS
    assert lab.run("echo the next one works").exit_code == 0


def test_a_hundred_megabytes_of_output_are_bounded(lab: ToolboxLab) -> None:
    tracemalloc.start()
    played = lab.run("head -c 104857600 /dev/zero | tr '\\0' x", limit_s=60)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert played.exit_code == 0
    assert played.result.output_bytes == 104857600 and played.result.truncated
    assert len(played.output) == OUTPUT_CAP
    assert peak < 16 * OUTPUT_CAP


def test_memory_and_home_are_bounded(lab: ToolboxLab) -> None:
    assert lab.run("head -c 900M /dev/zero | tail -c 899M > /dev/null", limit_s=60).exit_code == 137
    full = lab.run("head -c 200M /dev/zero > ~/big", index=1)
    assert full.exit_code == 1 and "No space left" in full.output
    assert lab.run("rm ~/big").exit_code == 0


@contextmanager
def _counted(count: Callable[[], int]) -> Iterator[list[int]]:
    """What was counted while the body ran, again and again: a single look may come too early."""
    counts: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.3):
            counts.append(count())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield counts
    finally:
        stop.set()
        watcher.join()


def _host_addresses() -> list[str]:
    """The machine's own IPv4 addresses, loopback left out, the one of the way out first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        asks.connect((OUTSIDE, 9))  # connecting a datagram socket sends nothing
        main = str(asks.getsockname()[0])
    trie = Path("/proc/net/fib_trie").read_text().split("Local:")[-1].splitlines()
    local = {line.split()[-1] for line, nxt in itertools.pairwise(trie) if "/32 host LOCAL" in nxt}
    return [main, *sorted(address for address in local if not address.startswith("127.") and address != main)]


def _host_processes(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:  # it ended while we looked
            continue
        if words[:2] == [b"sleep", mark.encode()]:
            found.append(path.parent.name)
    return found


def _processes_of(lab: ToolboxLab, name: str) -> list[str]:
    found = lab.docker.containers.list(filters={"name": name})
    if not found:
        return []
    pids = Path(f"/proc/{found[0].attrs['State']['Pid']}/ns/pid")
    try:
        own = pids.readlink()
    except OSError:
        return []
    return [path.name for path in Path("/proc").glob("[0-9]*") if _pid_namespace(path) == own]


def _pid_namespace(process: Path) -> Path | None:
    try:
        return (process / "ns" / "pid").readlink()
    except OSError:
        return None
