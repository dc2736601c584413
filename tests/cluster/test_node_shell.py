"""`node-shell` in real blocks, on real nodes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from cluster.guard import Handle
from experiments.runbook.front_matter import FrontMatter
from tests.cluster.toolbox_run import OnCall, namespaces, on_call

pytestmark = pytest.mark.cluster

DECLARED, OTHER = "worker3", "worker2"


@pytest.fixture(scope="module")
def oncall(handle: Handle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCall]:
    with (
        namespaces(handle),
        on_call(handle, tmp_path_factory.mktemp("blocks"), FrontMatter(node_shell=(DECLARED,))) as opened,
    ):
        yield opened


def test_a_command_runs_on_the_declared_node_as_root(oncall: OnCall) -> None:
    name = f"{oncall.handle.lab.name}-{DECLARED}"
    assert oncall.output(f"node-shell {DECLARED} -- hostname; node-shell {name} -- id -u").split() == [name, "0"]
    assert oncall.output(f"node-shell {DECLARED} -- systemctl is-active kubelet").strip() == "active"


def test_streams_exit_code_and_input_are_those_of_the_command(oncall: OnCall) -> None:
    result, output = oncall.run(f"node-shell {DECLARED} -- 'echo out; echo err >&2; exit 7' 2>/dev/null")
    assert (result.exit_code, output) == (7, "out\n")
    result, output = oncall.run(f"node-shell {DECLARED} -- 'echo out; echo err >&2; exit 7' >/dev/null")
    assert (result.exit_code, output) == (7, "err\n")
    assert oncall.output(f"printf 'a\\0b\\n' | node-shell {DECLARED} -- cat | od -An -c").split() == [
        "a",
        "\\0",
        "b",
        "\\n",
    ]
    lines = oncall.output(
        f"node-shell {DECLARED} -- seq 1 50000 | tail -1; node-shell {DECLARED} -- 'seq 1 50000' | wc -l"
    )
    assert lines.split() == ["50000", "50000"]


def test_several_at_once_all_get_their_answer(oncall: OnCall) -> None:
    script = f"for n in 1 2 3 4; do node-shell {DECLARED} -- 'sleep 4; echo answer' $n & done; wait"
    assert sorted(oncall.output(script).splitlines()) == [f"answer {n}" for n in (1, 2, 3, 4)]


def test_other_nodes_are_refused(oncall: OnCall) -> None:
    for node in (
        OTHER,
        f"{oncall.handle.lab.name}-{OTHER}",
        oncall.handle.lab.control_plane,
        "no-such",
        "",
        f"../{DECLARED}",
    ):
        result, output = oncall.run(f"node-shell '{node}' -- hostname")
        assert result.exit_code == 255 and "is not declared" in output, output


def test_without_front_matter_nothing_answers(oncall: OnCall, tmp_path_factory: pytest.TempPathFactory) -> None:
    with on_call(oncall.handle, tmp_path_factory.mktemp("blocks")) as usual:
        result, output = usual.run(f"node-shell {DECLARED} -- hostname")
        assert result.exit_code == 255 and "was not reached" in output


def test_it_works_when_the_kubelet_does_not(oncall: OnCall) -> None:
    try:
        oncall.output(f"node-shell {DECLARED} -- systemctl stop kubelet")
        _, output = oncall.run(f"node-shell {DECLARED} -- systemctl is-active kubelet")
        assert output.strip() == "inactive"
        oncall.output(f"node-shell {DECLARED} -- systemctl start kubelet")
        assert oncall.output(f"node-shell {DECLARED} -- systemctl is-active kubelet").strip() == "active"
    finally:
        oncall.handle.node(f"{oncall.handle.lab.name}-{DECLARED}").exec_run("systemctl start kubelet")


def test_a_command_on_a_node_ends_with_its_block(oncall: OnCall) -> None:
    result, _ = oncall.run(f"node-shell {DECLARED} -- sleep 97531", limit_s=3)
    assert result.exit_code is None
    node = oncall.handle.node(f"{oncall.handle.lab.name}-{DECLARED}")
    deadline = time.monotonic() + 10
    while node.exec_run(["pgrep", "-fx", "sleep 97531"]).exit_code == 0:
        assert time.monotonic() < deadline, "it still runs on the node"
    assert oncall.output(f"node-shell {DECLARED} -- echo the next one works") == "the next one works\n"
