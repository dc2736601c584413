"""Pods that end without warning."""

from __future__ import annotations

from experiments.model.actions import Step


def kill(namespace: str, selector: str) -> Step:
    """Delete every pod that a label selector matches, without a grace period.

    Args:
        namespace: one of the scenario's own.
        selector: as kubectl writes it: `app=shop`.
    """
    return Step(
        title=f"kill the pods {selector} in {namespace}",
        module="experiments.actions.pods",
        function="kill",
        arguments={"namespace": namespace, "selector": selector},
    )
