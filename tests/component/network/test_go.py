"""The pod network's Go module: its format, its own tests, and its table in a kernel."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from cluster.binaries.catalog import BUILD_FLAGS
from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress

pytestmark = pytest.mark.component

LAB = Lab.of_checkout()
MODULE = LAB.root / "cluster" / "network"
IMAGE = "network-agent"


def go(*args: str) -> str:
    """Runs the Go command in the module, with the flags of the build, so that both share what is compiled."""
    env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    done = subprocess.run(["go", *args], cwd=MODULE, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sources_are_formatted() -> None:
    gofmt = shutil.which("gofmt") or str(Path(go("env", "GOROOT").strip()) / "bin" / "gofmt")
    done = subprocess.run([gofmt, "-l", str(MODULE)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""


def test_vet_finds_nothing() -> None:
    go("vet", *BUILD_FLAGS, "./...")


def test_go_tests_pass() -> None:
    go("test", "-vet=off", *BUILD_FLAGS, "-short", "./...")  # the test above has vetted all of it, with every analyzer


@pytest.fixture(scope="module")
def kernel_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tests of the table, as a program."""
    program = tmp_path_factory.mktemp("network") / "datapath.test"
    go("test", *BUILD_FLAGS, "-c", "-o", str(program), "./internal/datapath")
    yield program


def test_packets_in_a_kernel_go_where_the_table_says(kernel_test: Path, tmp_path: Path) -> None:
    image = ensure(LAB, [IMAGE], Progress(tmp_path))[IMAGE]
    engine = docker.from_env(timeout=60)
    container = engine.containers.create(
        image,
        entrypoint=["/test/datapath.test", "-test.v"],
        network_mode="none",
        # It makes network namespaces and switches on forwarding in them; the lab's nodes need the same.
        privileged=True,
        volumes={str(kernel_test.parent): {"bind": "/test", "mode": "ro"}},
        labels=LAB.labels,
    )
    try:
        container.start()
        code = container.wait(timeout=120)["StatusCode"]
        said = container.logs().decode()
    finally:
        container.remove(force=True)
        engine.close()
    assert code == 0, said
    assert "--- PASS" in said
    assert "--- SKIP" not in said, said
