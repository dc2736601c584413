"""Configuration changes, rolled out the way a release does it."""

from __future__ import annotations

import json

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.actions.objects import FROM_STDIN, refuse_outside
from experiments.kube_api import TIMEOUT_S, apps
from experiments.play.deploy import rollout
from experiments.play.played import Configuration
from experiments.play.session import session_of
from experiments.waiting import Seen, eventually


def roll_out(
    namespace: str, deployment: str, env: dict[str, str], container: str, within_s: float, configuration: Configuration
) -> str:
    """Set environment variables of a Deployment's container and wait until every replica runs with them.

    Args:
        namespace: one of the run's own.
        deployment: name of the Deployment.
        env: variable -> value; variables that are not named stay.
        container: name of the container; empty for the first one.
        within_s: seconds until the roll-out has to be complete.

    Returns:
        How long it took, in words.

    Raises:
        LabError: the namespace is not the run's own, or the container does not exist.
        ConditionTimedOut: the roll-out is not complete in time; the message says what it waits for.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    api = apps(session.handle)
    found = api.read_namespaced_deployment(deployment, namespace, _request_timeout=TIMEOUT_S)
    names = [one.name for one in found.spec.template.spec.containers]
    if container and container not in names:
        raise LabError(f"Deployment {deployment} has no container {container}, but {', '.join(names)}.")
    variables = [{"name": name, "value": value} for name, value in env.items()]
    patch = {"spec": {"template": {"spec": {"containers": [{"name": container or names[0], "env": variables}]}}}}
    session.handle.kubectl(
        "patch",
        f"deployment/{deployment}",
        "-n",
        namespace,
        "--type",
        "strategic",
        *FROM_STDIN,
        stdin=json.dumps(patch),
    )
    settings = ", ".join(f"{name}={value}" for name, value in env.items())
    return rolled_out(session.handle, namespace, deployment, f"with {settings}", within_s)


def rolled_out(handle: Handle, namespace: str, deployment: str, change: str, within_s: float) -> str:
    """Wait until every replica of a Deployment is the newest one and available.

    Args:
        handle: the guarded lab.
        namespace: the Deployment's.
        deployment: its name.
        change: what is rolled out, in words.
        within_s: seconds until it has to be complete.

    Returns:
        `rolled out`.

    Raises:
        ConditionTimedOut: it is not complete in time; the message says what it waits for.
    """

    def look() -> Seen[str]:
        state = rollout(apps(handle).read_namespaced_deployment(deployment, namespace, _request_timeout=TIMEOUT_S))
        return Seen(None if state else "rolled out", state)

    return eventually(look, what=f"deployment/{deployment} {change} is rolled out", within_s=within_s)
