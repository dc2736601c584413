"""The policy is written three times: as the fault, as the runbook's fix, and as the template. They have to agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scenarios.networkpolicy_blocks_scrape import fault

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parents[3] / "scenarios" / "networkpolicy_blocks_scrape"
TEMPLATE = {
    one["metadata"]["name"]: one for one in yaml.safe_load_all((FOLDER / "guardrail/policies.yaml").read_text())
}


def fixed() -> dict[str, Any]:
    """What the runbook's fix applies, by name."""
    script = (FOLDER / "RUNBOOK.md").read_text()
    found = re.search(
        r"for service in ([a-z ]+); do\n  cat <<POLICY\n---\n(.*?)POLICY\ndone \| kubectl apply", script, re.DOTALL
    )
    assert found
    services, policy = found.groups()
    made = [yaml.safe_load(policy.replace("$service", service)) for service in services.split()]
    return {one["metadata"]["name"]: one for one in made}


def test_the_fix_is_the_template() -> None:
    assert fixed() == TEMPLATE


def test_the_fix_changes_the_policies_that_the_fault_applied_and_adds_one_rule() -> None:
    steps: list[Any] = [step.arguments for step in fault.POLICIES]
    applied = {one["manifest"]["metadata"]["name"]: one for one in steps}
    assert applied.keys() == TEMPLATE.keys()
    for name, arguments in applied.items():
        before, after = arguments["manifest"]["spec"], TEMPLATE[name]["spec"]
        assert arguments["namespace"] == TEMPLATE[name]["metadata"]["namespace"]
        assert after["podSelector"] == before["podSelector"]
        assert after["ingress"][:1] == before["ingress"] and len(after["ingress"]) == 2


def test_no_rule_opens_more_than_the_port_that_is_served() -> None:
    for policy in TEMPLATE.values():
        assert [rule["ports"] for rule in policy["spec"]["ingress"]] == [[{"protocol": "TCP", "port": 8080}]] * 2


def test_the_gate_asks_for_each_service_that_a_policy_closes() -> None:
    targets = {word.partition("/")[2].removesuffix("-service:8080") for word in fault.GATE if "/" in word}
    assert targets == set(fault.SERVICES)
