"""Bad input, as `docs/bad-input.md` lists it: a clear error, the right exit code, nothing touched, nothing left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import HostNotReady
from cluster.guard import Handle
from cluster.lab import Lab
from experiments.judge import judge
from experiments.play.folder import runs
from experiments.play.room import ROOM
from experiments.play.runner import run
from experiments.record.files import CleanupFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict
from experiments.toolbox.blocks import OUTPUT_CAP
from experiments.undo import namespaces
from experiments.undo.heal import heal
from experiments.waiting import Seen, eventually
from firedrill.faults import objects
from tests.cluster.faults.open_run import TINY, open_run
from tests.cluster.variants import fill, small_disk, unasked, variant

pytestmark = pytest.mark.nightly

FIRES = 1 + next(n for n, line in enumerate((TINY.path / "scenario.py").read_text().splitlines()) if 'fires("' in line)
REFUSED = [
    ("scenario", "scenario.py", 'fires("', 'fire("', f"scenario.py:{FIRES}: NameError: name 'fire' is not defined"),
    ("rule", "rules.yaml", "== 0", "==", "rules.yaml:5: RedisGone: not PromQL"),
    ("alert", "scenario.py", 'fires("RedisGone"', 'fires("RedisWent"', "detects: rules.yaml has no alert RedisWent"),
    ("runbook", "RUNBOOK.md", "```bash fix", "```bash", "RUNBOOK.md:25: a bash block says right after `bash` which"),
    ("front matter", "RUNBOOK.md", "# RedisGone", "---\nnodes: all\n---\n# RedisGone", "RUNBOOK.md:2: nodes: "),
    ("kustomization", "system/kustomization.yaml", "resources:", "resources:\n  - none.yaml",
     "tiny_outage/system/kustomization.yaml:1: "),
]  # fmt: skip


def cli(lab: Lab, *arguments: str) -> subprocess.Popen[str]:
    """`firedrill` as a person starts it."""
    program = Path(sys.executable).with_name("firedrill")
    return subprocess.Popen([program, *arguments], cwd=lab.root, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("file", "old", "new", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_broken_folder_is_refused(lab: Lab, tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    variant(tmp_path, (file, old, new))
    before = set(runs(lab).glob("*"))
    playing = cli(lab, "run", "tiny-outage", "--pack", str(tmp_path))
    errors = playing.communicate(timeout=120)[1]
    assert playing.returncode == 2, errors
    assert said in " ".join(errors.split()), errors
    assert set(runs(lab).glob("*")) == before


NOT_ASKED = [
    ("several series", "up > 9", "series"),
    ("NaN", "sum(up) / 0 * 0 > 9", "yields nan"),
    ("nothing", "sum(no_such_metric) > 9", "yields no series"),
    ("rejected", 'sum(label_replace(up, \\"a\\", \\"$1\\", \\"job\\", \\"(\\")) > 9', "invalid regular expression"),
]


@pytest.mark.parametrize(("expr", "said"), [row[1:] for row in NOT_ASKED], ids=[row[0] for row in NOT_ASKED])
def test_a_condition_without_an_answer_is_a_lab_error(
    lab: Lab, handle: Handle, tmp_path: Path, expr: str, said: str
) -> None:
    folder = variant(tmp_path, ("scenario.py", 'f"{AVAILABLE} == 0"', f'"{expr}"'))
    verdict = judge(run(lab, folder, RunKind.INCIDENT))
    assert (verdict.verdict, verdict.verdict.exit_code) == (Verdict.LAB_ERROR, 3)
    assert said in unasked(verdict)
    assert namespaces.of_runs(handle) == []


FIX = (
    "RUNBOOK.md",
    "```bash fix\nkubectl scale deployment redis --replicas=1",
    "```bash fix limit=3s\ntail -f /dev/null",
)
FLOOD = (
    "RUNBOOK.md",
    "## Mitigation",
    "```bash diagnose context\nhead -c 104857600 /dev/zero | tr '\\0' x\n```\n\n## Mitigation",
)


def test_a_block_that_floods_is_cut_and_one_that_hangs_is_killed(lab: Lab, handle: Handle, tmp_path: Path) -> None:
    folder = run(lab, variant(tmp_path, FIX, FLOOD), RunKind.INCIDENT)
    verdict = judge(folder)
    assert (verdict.verdict, verdict.verdict.exit_code) == (Verdict.NOT_FIXED, 7)
    flooded, fix = folder.blocks()[1], folder.blocks()[2]
    assert (flooded.exit_code, flooded.output_bytes, flooded.truncated) == (0, 104857600, True)
    assert (folder.path / "runbook" / "01-diagnose.out").stat().st_size == OUTPUT_CAP
    assert fix.exit_code is None and 3 <= fix.ended - fix.started < 15
    assert any("killed at its limit" in check.evidence for check in verdict.checks if not check.held)
    assert namespaces.of_runs(handle) == []


def test_without_its_pager_nothing_is_broken(lab: Lab, handle: Handle) -> None:
    scaled = ("scale", "deployment/pager", "-n", "firedrill-system")
    handle.kubectl(*scaled, "--replicas=0")
    try:
        folder = run(lab, TINY, RunKind.INCIDENT)
    finally:
        handle.kubectl(*scaled, "--replicas=1")
        handle.kubectl("rollout", "status", "deployment/pager", "-n", "firedrill-system", "--timeout=60s", timeout_s=70)
    verdict = judge(folder)
    assert (verdict.verdict, verdict.verdict.exit_code) == (Verdict.LAB_ERROR, 3)
    assert "The pager answers 503" in unasked(verdict)
    assert not any(event.what == "inject" for event in folder.events())
    assert namespaces.of_runs(handle) == []


@contextmanager
def struck(lab: Lab) -> Iterator[tuple[subprocess.Popen[str], RunFolder]]:
    """A run of the smallest incident that a person started, right after its injection."""
    before = set(runs(lab).glob("*"))
    playing = cli(lab, "run", "tiny-outage", "--pack", str(TINY.path.parent))

    def look() -> Seen[RunFolder]:
        fresh = [RunFolder(path) for path in set(runs(lab).glob("*-tiny-outage-*")) - before]
        injected = [one for one in fresh if any(event.what == "inject" for event in one.events())]
        assert playing.poll() is None, playing.communicate()[1]
        return Seen(injected[0] if injected else None, f"{len(fresh)} new")

    try:
        yield playing, eventually(look, what="the fault is injected", within_s=150)
    finally:
        if playing.poll() is None:
            playing.terminate()
            playing.communicate(timeout=200)


def test_a_prometheus_that_is_killed_for_its_memory_is_no_silent_one(lab: Lab, handle: Handle) -> None:
    with struck(lab) as (playing, folder):
        where = ("deployment/prometheus", "-n", "tiny-monitoring")
        handle.kubectl("set", "resources", *where, "--requests=memory=8Mi", "--limits=memory=8Mi")

        def look() -> Seen[bool]:
            pods = handle.kubectl("get", "pods", "-n", "tiny-monitoring", "-o", "json", timeout_s=10)
            return Seen(True if "OOMKilled" in pods else None, "not killed yet")

        eventually(look, what="Prometheus is OOM-killed", within_s=40)
        assert playing.wait(timeout=200) == 3
    verdict = judge(folder)
    assert "could not be asked" in unasked(verdict)
    assert namespaces.of_runs(handle) == []


def test_a_disk_that_is_full_is_refused_before_anything_is_touched(lab: Lab, handle: Handle) -> None:
    with small_disk(runs(lab), "8m"):
        with pytest.raises(HostNotReady, match=f"MiB free; a run needs {ROOM // 2**20} MiB") as refused:
            run(lab, TINY, RunKind.INCIDENT)
        assert refused.value.exit_code == 2
        assert list(runs(lab).iterdir()) == []


def test_a_disk_that_fills_up_ends_the_run_and_everything_is_undone(lab: Lab, handle: Handle) -> None:
    with small_disk(runs(lab), "64m"):
        with struck(lab) as (playing, folder):
            filler = fill(runs(lab))
            errors = playing.communicate(timeout=200)[1]
        assert playing.returncode == 3, errors
        assert "could not be written: No space left on device" in " ".join(errors.split())
        assert namespaces.of_runs(handle) == []
        assert not list((lab.state / "undo").glob("*"))
        filler.unlink()
        assert any(event.what == "inject" for event in folder.events())  # what was written is whole
        assert judge(folder).verdict in (Verdict.LAB_ERROR, Verdict.CLEANUP_FAILED)


def test_nothing_is_broken_before_its_undo_is_on_disk(lab: Lab, handle: Handle) -> None:
    replicas = ("get", "deployment/coredns", "-n", "kube-system", "-o", "jsonpath={.spec.replicas}")
    before = handle.kubectl(*replicas)
    with open_run(lab, handle) as opened, small_disk(lab.state / "undo", "64k"):
        fill(lab.state / "undo")
        with pytest.raises(ActivityFailed, match="could not be written: No space left on device"):
            opened.strike(objects.patch("deployment/coredns", {"spec": {"replicas": 3}}, namespace="kube-system"))
        assert handle.kubectl(*replicas) == before != "3"


def test_a_node_that_is_gone_for_good_is_named(lab: Lab, handle: Handle) -> None:
    with struck(lab) as (playing, folder):
        node = _worker(handle)
        handle.kubectl("cordon", node)  # so that nothing of the run waits for it
        container = handle.docker.containers.get(node)
        container.kill()
        try:
            errors = playing.communicate(timeout=300)[1]
            left = folder.read("cleanup.json", CleanupFile).differences
            standing = namespaces.of_runs(handle)
        finally:
            container.start()
            handle.kubectl("wait", "--for=condition=Ready", f"node/{node}", "--timeout=90s", timeout_s=100)
            handle.kubectl("uncordon", node)
    assert heal(lab).whole
    assert playing.returncode == 9, errors
    assert any(f"container {node} " in one for one in left), left
    assert standing == []


def _worker(handle: Handle) -> str:
    """The worker of a pod that goes right now, if there is one."""
    at = handle.kubectl("get", "pods", "-n", "tiny", "-o", "jsonpath={.items[*].spec.nodeName}").split()
    workers = [name for name in handle.nodes() if name != handle.lab.control_plane]
    return next((name for name in at if name in workers), workers[0])
