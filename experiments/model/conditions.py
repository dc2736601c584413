"""Conditions: what a user or an engineer would look at, as typed values.

Each kind knows nothing of how it is asked; `experiments/probes` does that.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from experiments.model.base import Frozen


class PromCondition(Frozen):
    """A PromQL comparison, `LEFT op RIGHT`, whose sides yield exactly one finite series each."""

    kind: Literal["promql"] = "promql"
    title: str
    expr: str


class SqlCondition(Frozen):
    """A SQL query whose single value, as text, equals `equals`."""

    kind: Literal["sql"] = "sql"
    title: str
    query: str
    equals: str
    namespace: str
    service: str = "postgres"
    database: str = "shop"


class KubeCondition(Frozen):
    """A field of a Kubernetes object, found by JSONPath, whose text equals `equals`."""

    kind: Literal["kube"] = "kube"
    title: str
    namespace: str
    resource: str = Field(description="type/name, as kubectl writes it: deployment/shop")
    path: str = Field(description="JSONPath as kubectl writes it, without braces: .status.readyReplicas")
    equals: str


class HttpCondition(Frozen):
    """A GET through the API server's service proxy that answers with `status`."""

    kind: Literal["http"] = "http"
    title: str
    namespace: str
    service: str
    port: int
    path: str = "/"
    status: int = 200


Condition = Annotated[PromCondition | SqlCondition | KubeCondition | HttpCondition, Field(discriminator="kind")]


def holds(title: str, expr: str) -> PromCondition:
    """A PromQL comparison that has to hold, `sum(up) == 2`."""
    return PromCondition(title=title, expr=expr)


def sql(
    title: str, query: str, *, equals: str, namespace: str, service: str = "postgres", database: str = "shop"
) -> SqlCondition:
    """A SQL query whose one value has to equal `equals`, compared as text."""
    return SqlCondition(
        title=title, query=query, equals=equals, namespace=namespace, service=service, database=database
    )


def kube(title: str, resource: str, path: str, *, equals: str, namespace: str) -> KubeCondition:
    """A field of a Kubernetes object that has to equal `equals`, compared as text."""
    return KubeCondition(title=title, resource=resource, path=path, equals=equals, namespace=namespace)


def answers(title: str, service: str, path: str, *, port: int, namespace: str, status: int = 200) -> HttpCondition:
    """A service that has to answer a GET with `status`."""
    return HttpCondition(title=title, service=service, path=path, port=port, namespace=namespace, status=status)
