"""What Prometheus says of its rules: whether each evaluates, and why not."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cluster.errors import OracleUnavailable
from experiments.probes.proxy import Proxy


class EvaluatedRule(BaseModel):
    """One rule as `/api/v1/rules` shows it."""

    name: str
    health: str
    last_error: str = Field(default="", alias="lastError")


class _Group(BaseModel):
    rules: list[EvaluatedRule]


class _Groups(BaseModel):
    groups: list[_Group]


class _Answer(BaseModel):
    data: _Groups


def evaluated_rules(proxy: Proxy, namespace: str) -> dict[str, EvaluatedRule]:
    """The rules that the Prometheus of a namespace has loaded, by name.

    Raises:
        OracleUnavailable: it cannot be asked.
    """
    response = proxy.get(namespace, "prometheus", 9090, "/api/v1/rules")
    if response.status_code != 200:
        raise OracleUnavailable(f"Prometheus in {namespace} answers {response.status_code}: {response.text[:200]}")
    groups = _Answer.model_validate_json(response.content).data.groups
    return {rule.name: rule for group in groups for rule in group.rules}
