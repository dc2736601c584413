"""A configuration change, as a release makes it."""

from __future__ import annotations

from experiments.model.actions import Step
from experiments.model.base import seconds


def roll_out(
    namespace: str, deployment: str = "", *, container: str = "", within: str | float = 60.0, **env: str
) -> Step:
    """Set environment variables of a Deployment and wait until every replica runs with them.

    Args:
        namespace: one of the scenario's own.
        deployment: the Deployment; named like its namespace if empty.
        container: the container whose environment changes; the first one if empty.
        within: seconds until the roll-out has to be complete.
        env: variable -> value.
    """
    name = deployment or namespace
    settings = ", ".join(f"{variable}={value}" for variable, value in env.items())
    return Step(
        title=f"roll out {settings} to {name}",
        module="experiments.actions.config",
        function="roll_out",
        arguments={
            "namespace": namespace,
            "deployment": name,
            "env": dict(env),
            "container": container,
            "within_s": seconds(within),
        },
    )
