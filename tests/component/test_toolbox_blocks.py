"""How blocks are run: as strict bash, with their output, evidence and end on record."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from cluster.errors import LabError
from experiments.toolbox.confinement import HOME_OPTIONS, Place, create_oncall
from experiments.toolbox.files import HomeFile, put
from experiments.toolbox.shell import shell
from experiments.toolbox.sweep import remove_labelled
from tests.component.toolbox_lab import ToolboxLab, toolbox_lab

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolboxLab]:
    with toolbox_lab(tmp_path_factory.mktemp("toolbox")) as opened:
        yield opened


def test_both_streams_are_kept_and_the_exit_code_is_the_scripts(lab: ToolboxLab) -> None:
    played = lab.run("echo out; echo err >&2; exit 3")
    assert sorted(played.output.split()) == ["err", "out"]
    assert (played.exit_code, played.result.output_bytes, played.result.truncated) == (3, 8, False)
    assert 0 < played.result.ended - played.result.started < 20


@pytest.mark.parametrize("script", ["false; echo on", "false | cat; echo on", "echo $unset; echo on"])
def test_bash_is_strict(lab: ToolboxLab, script: str) -> None:
    played = lab.run(script)
    assert played.exit_code == 1 and "on\n" not in played.output


def test_evidence_is_a_regular_expression_on_any_line(lab: ToolboxLab) -> None:
    assert lab.run("printf 'a\\nb 12\\n'", expect=r"^b \d+$").result.matched is True
    assert lab.run("printf 'a\\nb 12\\n'", expect=r"^12").result.matched is False
    assert lab.run("true").result.matched is None


def test_standard_input_is_empty(lab: ToolboxLab) -> None:
    assert lab.run("cat; echo end", limit_s=10).output == "end\n"


def test_a_script_is_taken_as_it_is(lab: ToolboxLab) -> None:
    script = "cat <<'EOF'\n$HOME `id` \"quoted\" 'single' \\\\ äöü\nEOF\n"
    assert lab.run(script).output == "$HOME `id` \"quoted\" 'single' \\\\ äöü\n"


def test_nothing_of_a_block_is_left(lab: ToolboxLab) -> None:
    lab.run("true", index=5)
    lab.run("tail -f /dev/null", index=6, limit_s=1)
    labels = [f"{key}={value}" for key, value in lab.place.labels.items()]
    left = {container.name for container in lab.docker.containers.list(all=True, filters={"label": labels})}
    assert left == {lab.place.name, f"{lab.place.name}-neighbour"}


def test_a_block_that_starts_during_a_sweep_leaves_a_volume_that_the_next_sweep_finds(lab: ToolboxLab) -> None:
    swept = Place(f"{lab.place.name}-swept", lab.place.image, lab.place.labels | {"firedrill.run": "swept"})
    create_oncall(lab.docker, swept, "-block-0", ["true"], network=lab.network)  # its home is gone already
    volume = lab.docker.volumes.get(swept.home).attrs
    assert volume["Labels"] == swept.labels
    assert volume["Options"]["o"] == HOME_OPTIONS
    remove_labelled(lab.docker, swept.labels)
    assert swept.home not in [one.name for one in lab.docker.volumes.list()]


def test_an_ended_anchor_is_a_lab_error(lab: ToolboxLab, tmp_path_factory: pytest.TempPathFactory) -> None:
    with toolbox_lab(tmp_path_factory.mktemp("ended")) as other:
        other.holder.kill()
        other.holder.wait()
        with pytest.raises(LabError, match="Block 0 could not be run"):
            other.run("true")


def test_files_are_put_for_the_oncall_alone(lab: ToolboxLab) -> None:
    put(
        lab.holder,
        [
            HomeFile(PurePosixPath(".kube/config"), "text\n"),
            HomeFile(PurePosixPath("bin/tool"), "#!/bin/bash\necho tool\n", 0o500),
        ],
    )
    played = lab.run("cat $KUBECONFIG; stat -c '%a %u' ~/.kube ~/.kube/config; tool")
    assert played.output == "text\n700 1000\n600 1000\ntool\n"


def test_the_trainees_shell_is_the_same_place(lab: ToolboxLab) -> None:
    lab.run("echo from a block > ~/trace")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(shell(lab.place.name), stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"cat ~/trace; id -u; echo $KUBECONFIG $PATH; grep CapBnd /proc/self/status; exit\n")
    seen = _read_until_end(ours)
    process.wait(timeout=20)
    assert "from a block" in seen and "1000" in seen
    assert "/home/oncall/.kube/config /home/oncall/bin:" in seen and "CapBnd:\t0000000000000000" in seen


def test_the_sweep_leaves_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    with toolbox_lab(tmp_path_factory.mktemp("swept")) as other:
        wanted = {"label": [f"{key}={value}" for key, value in other.place.labels.items()]}
        assert other.docker.containers.list(all=True, filters=wanted) and other.docker.volumes.list(filters=wanted)
        remove_labelled(other.docker, other.place.labels)
        assert not other.docker.containers.list(all=True, filters=wanted)
        assert not other.docker.volumes.list(filters=wanted)
        remove_labelled(other.docker, other.place.labels)


def _read_until_end(terminal: int) -> str:
    seen = b""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and select.select([terminal], [], [], 1.0)[0]:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # the other side closed the terminal
            break
    return seen.decode(errors="replace")
