"""A network and a volume for containers of the lab's infrastructure images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from testcontainers.core.network import Network

from cluster.lab import Lab
from tests.component.images.containers import Containers

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def containers() -> Iterator[Containers]:
    """Containers of this checkout's images on a network of one test module."""
    lab = Lab.of_checkout(ROOT)
    with Network(docker_network_kw={"labels": lab.labels}) as network:
        yield Containers(lab, network)


@pytest.fixture
def volume(containers: Containers) -> Iterator[str]:
    """An empty Docker volume."""
    engine = docker.from_env()
    made = engine.volumes.create(labels=containers.lab.labels)
    yield made.name
    made.remove(force=True)
    engine.close()
