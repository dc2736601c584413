"""What stands in a mutant where the fault stood."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.actions import whole_objects
from experiments.model.actions import Step


def nothing() -> None:
    """Do nothing, as a fault that was never carried out."""


NOTHING = Step(title="nothing, where the fault stood", module=__name__, function=nothing.__name__, arguments={})


def harmless(namespace: str) -> Step:
    """An object that no gate has a reason to refuse: a ConfigMap that nobody reads."""
    manifest: dict[str, JsonValue] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "harmless"},
        "data": {"is": "read by nobody"},
    }
    return Step(
        title="a change without harm, where the fault stood",
        module=whole_objects.__name__,
        function=whole_objects.apply.__name__,
        arguments={"namespace": namespace, "manifest": manifest},
    )
