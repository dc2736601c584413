"""What is left is told: by a run that was kept, and by `firedrill heal` until the last difference is mended."""

from __future__ import annotations

import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.waiting import Seen, eventually
from tests.cluster.stranger import Ended, firedrill
from tests.cluster.variants import TINY, variant

pytestmark = pytest.mark.nightly

NO_EFFECT, NOT_PREVENTED, CLEANUP_FAILED = 5, 8, 9


@pytest.fixture(scope="module")
def kept(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """What a run said that failed and was kept: its guard rail is none."""
    pack = tmp_path_factory.mktemp("pack")
    variant(pack, ("guardrail/kustomization.yaml", "  - standby\n", ""))
    yield firedrill(lab, "run", "tiny-outage", "--kind", "prevention", "--keep", "--pack", str(pack))
    firedrill(lab, "heal")


def looks(said: str) -> list[str]:
    """The commands that were told."""
    return [line.strip().removeprefix("look: ") for line in said.splitlines() if ".firedrill/" in line]


def test_a_kept_run_tells_what_stands_and_how_to_look(lab: Lab, kept: Ended) -> None:
    assert kept.exit_code == NOT_PREVENTED, kept.said
    assert "namespace tiny: no pods" in kept.said, kept.said  # the fault took them, and nobody brought them back
    assert re.search(r"namespace tiny-monitoring: .*prometheus-\S+ Running", kept.said), kept.said
    assert "owed: remove the toolbox of" in kept.said
    shown = [look for look in looks(kept.said) if "port-forward" not in look]
    assert any("-n tiny-monitoring" in look for look in shown), kept.said
    for look in shown:
        subprocess.run(["bash", "-c", look], cwd=lab.root, check=True, capture_output=True, timeout=30)


def test_its_prometheus_is_reached_by_the_url_that_was_told(lab: Lab, kept: Ended) -> None:
    (line,) = [look for look in looks(kept.said) if "port-forward" in look and "service/prometheus" in look]
    command, url = line.split("#")[0], re.findall(r"http://[0-9.:]+", line)[0]
    forward = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=lab.root, stdout=subprocess.DEVNULL)

    def look() -> Seen[bool]:
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=2) as answer:  # noqa: S310 - the lab's own
                return Seen(answer.status == 200 or None, str(answer.status))
        except URLError as silent:
            return Seen(None, str(silent))

    try:
        eventually(look, what=f"{url} answers", within_s=20)
    finally:
        forward.terminate()
        forward.wait(timeout=10)


def test_heal_names_a_difference_until_it_is_mended(lab: Lab, handle: Handle, kept: Ended) -> None:
    node = handle.nodes()[-1]
    handle.kubectl("cordon", node)
    try:
        first, again = firedrill(lab, "heal"), firedrill(lab, "heal")
    finally:
        handle.kubectl("uncordon", node)
    assert "removed: namespace tiny" in first.said and "undone: remove the toolbox" in first.said
    for said in (first, again):
        assert said.exit_code == CLEANUP_FAILED
        assert f"node {node} cordon was schedulable, is cordoned" in said.said
        assert [look for look in looks(said.said) if look.endswith(f"describe node {node}")], said.said
    mended = firedrill(lab, "heal")
    assert (mended.exit_code, "nothing was left behind" in mended.said) == (0, True), mended.said


def test_a_kept_cluster_of_a_run_is_told_with_its_own_kubeconfig(lab: Lab, tmp_path: Path) -> None:
    never = ("scenario.py", '"{FULL} > 0.9"', '"{FULL} > 9"')
    variant(tmp_path, never, ("scenario.py", 'onset="30s"', 'onset="3s"'), of=TINY.with_name("full_etcd"))
    try:
        kept = firedrill(lab, "run", "full-etcd", "--keep", "--pack", str(tmp_path))
        assert kept.exit_code == NO_EFFECT, kept.said
        assert re.search(rf"namespace hoard in {lab.victim().name}: .*redis-\S+ Running", kept.said), kept.said
        (look,) = [one for one in looks(kept.said) if "/victim/kubeconfig" in one and one.endswith("-n hoard")]
        shown = subprocess.run(["bash", "-c", look], cwd=lab.root, check=True, capture_output=True, timeout=30)
        assert b"deployment.apps/redis" in shown.stdout
    finally:
        healed = firedrill(lab, "heal")
    assert f"undone: remove the cluster {lab.victim().name}" in healed.said
