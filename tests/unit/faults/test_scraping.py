"""How a release hides its pods from discovery, and nothing else of them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.actions.scraping import PORT, hide, scraped

pytestmark = pytest.mark.unit

FIXTURES = Path(__file__).parents[3] / "fixtures"


def template(file: str) -> dict[str, Any]:
    objects = yaml.safe_load_all((FIXTURES / file).read_text(encoding="utf-8"))
    found: dict[str, Any] = next(one for one in objects if one["kind"] == "Deployment")["spec"]["template"]
    return found


@pytest.mark.parametrize("file", ["redis/deployment.yaml", "shop/deployment.yaml"])
def test_a_hidden_pod_is_no_target_and_its_probes_still_work(file: str) -> None:
    before = template(file)
    assert scraped(before)
    after = copy.deepcopy(before)
    hide(after)
    assert not scraped(after)
    names = {port["name"] for one in after["spec"]["containers"] for port in one.get("ports", [])}
    for one in after["spec"]["containers"]:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            checks = [one.get(probe, {}).get(kind) for kind in ("tcpSocket", "httpGet")]
            assert all(c["port"] in names or isinstance(c["port"], int) for c in checks if c)
    assert PORT not in names
    numbers = [[p["containerPort"] for p in one.get("ports", [])] for one in before["spec"]["containers"]]
    assert numbers == [[p["containerPort"] for p in one.get("ports", [])] for one in after["spec"]["containers"]]
