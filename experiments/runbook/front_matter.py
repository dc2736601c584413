"""What a runbook needs beyond the on-call's usual rights, as typed YAML between two lines of `---`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from experiments.model.base import Frozen, Seconds
from experiments.source.front_matter import split
from experiments.source.problem import Problem

LONGEST_LIMIT_S = 600.0


def _bounded(limit_s: float) -> float:
    if not 0 < limit_s <= LONGEST_LIMIT_S:
        raise ValueError(f"a block's limit is more than 0 s and at most {LONGEST_LIMIT_S:g} s")
    return limit_s


Limit = Annotated[Seconds, AfterValidator(_bounded)]


class FrontMatter(Frozen):
    """Rights that are granted to this runbook's blocks and to nobody else.

    Args:
        nodes: `read` lets it see nodes, `cordon` also cordon and drain them; None: it does not know that there are any.
        workloads: `read` lets it see the pods and workloads of every namespace.
        namespaces: namespaces besides the scenario's own, each `read` or `write`.
        own_namespaces: `label` lets it read and change the scenario's Namespace objects themselves, their Pod Security
            labels among them: it may then let pods in that own their node.
        cluster_roles: ClusterRoles of the scenario's system that it may read and change. The API server lets it write
            no right into one that it has not itself, so it also needs the rights that the role is to have.
        accounts: service accounts of the scenario's own namespaces as which it may ask `kubectl auth can-i`.
        resources: kinds of the system's own that it may read and change in the scenario's namespaces, each
            `plural.group`. With `rolebindings.rbac.authorization.k8s.io` it takes rights away, and gives none that it
            has not itself: the API server sees to that.
        node_shell: nodes for which `node-shell NODE -- COMMAND` is answered.
        limit: after how long a block is killed, where it does not say so itself (seconds).
    """

    nodes: Literal["read", "cordon"] | None = None
    workloads: Literal["read"] | None = None
    namespaces: dict[str, Literal["read", "write"]] = Field(default_factory=dict)
    own_namespaces: Literal["label"] | None = None
    cluster_roles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    resources: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9-]+)+$")], ...] = ()
    node_shell: tuple[str, ...] = ()
    limit: Limit = 60.0


def split_front_matter(text: str, file: str) -> tuple[FrontMatter, str, list[Problem]]:
    """Take the front matter off a runbook; see `experiments.source.front_matter.split`."""
    return split(text, file, FrontMatter)
