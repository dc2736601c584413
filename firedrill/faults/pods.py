"""Pods that end without warning."""

from __future__ import annotations

from experiments.model.actions import Step
from experiments.model.base import seconds

LATEST_S = 600.0


def kill(namespace: str, selector: str, *, after: str | float = 0) -> Step:
    """Delete every pod that a label selector matches, without a grace period.

    Args:
        namespace: one of the scenario's own.
        selector: as kubectl writes it: `app=shop`.
        after: seconds from the injection until it happens, at most ten minutes; the pods are those of that moment. A
            timer of the cluster's own does it, so the time belongs to the incident's onset.

    Raises:
        ValueError: `after` is out of bounds.
    """
    after_s = seconds(after)
    if not 0 <= after_s <= LATEST_S:
        raise ValueError(f"{after} is out of bounds: 0 to {LATEST_S:g} s after the injection")
    title = f"kill the pods {selector} in {namespace}"
    if after_s:
        return Step(
            title=f"{title} after {after_s:g} s",
            module="experiments.actions.pods_later",
            function="kill_later",
            arguments={"namespace": namespace, "selector": selector, "after_s": after_s},
        )
    return Step(
        title=title,
        module="experiments.actions.pods",
        function="kill",
        arguments={"namespace": namespace, "selector": selector},
    )
