"""What is secret in a run: the values of its Secrets, and what its files assign to passwords, tokens and keys."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from pydantic import JsonValue

from cluster import manifests
from cluster.errors import BrokenScenario, CommandFailed, LabError
from cluster.guard import Handle
from cluster.lab import Lab
from cluster.manifests import Manifest
from experiments.play.namespaces import placed
from experiments.play.played import Played
from experiments.play.session import Session
from experiments.record.redaction.forms import LONGEST
from experiments.record.redaction.patterns import is_reference, names_a_secret, values

PUBLIC_KEYS = frozenset(
    {"username", "user", "host", "hostname", "port", "database", "dbname", "namespace", "ca.crt", "tls.crt"}
)
"""Keys of Secrets whose values are public: who and where, and certificates. By the conventions of
kubernetes.io/basic-auth, kubernetes.io/tls, service account tokens, and database operators."""


_OBJECTS = frozenset({"secret", "credential", "credentials"})
"""Fields that hold the name of a Secret as often as a secret: redacted where they stand, not looked for elsewhere."""


def learn_written(lab: Lab, played: Played) -> list[Manifest]:
    """Learn what is secret in the scenario's files, before anything of them is written to the run folder.

    Returns:
        The objects of the scenario's system; the images of its pack count, wherever that is.

    Raises:
        BrokenScenario: its manifests do not build; nothing was touched.
    """
    found: set[str | bytes] = {*assigned(played.file.model_dump(mode="json")), *values(played.rules_yaml)}
    folder = played.source / played.system
    try:
        objects = manifests.render(lab, folder, [played.source])
    except CommandFailed as error:
        label = f"{played.source.name}/{folder.name}/kustomization.yaml"
        raise BrokenScenario(f"{label}:1: {error.happened}", f"kubectl kustomize {folder}") from error
    for one in objects:
        found.update(of_object(one))
    played.folder.redaction.learn(found)
    return objects


def learn_live(session: Session) -> bool:
    """Learn every Secret in the run's namespaces as it is now; those that were there before stay known.

    Returns:
        Whether one was new.

    Raises:
        LabError: the API server cannot be asked.
    """
    found = [of_namespaces(handle, namespaces) for handle, namespaces in placed(session)]
    return session.folder.redaction.learn(set[str | bytes]().union(*found))


def learn_again(session: Session) -> bool:
    """The same later in the run; if nobody answers then, what is known is redacted all the same."""
    try:
        return learn_live(session)
    except LabError as error:
        session.recorder.event("note", f"Secrets could not be read again: {error.happened}")
        return False


def of_namespaces(handle: Handle, namespaces: list[str]) -> set[str | bytes]:
    """The secret values of every Secret in `namespaces`.

    Raises:
        LabError: the API server cannot be asked.
    """
    return {
        value
        for namespace in namespaces
        for secret in handle.get(f"/api/v1/namespaces/{namespace}/secrets")["items"]
        for value in of_secret(secret)
    }


def of_object(found: Manifest) -> Iterator[str | bytes]:
    """What is secret in one Kubernetes object."""
    if found.get("kind") == "Secret":
        yield from of_secret(found)
    yield from assigned(found)


def of_secret(secret: Manifest) -> Iterator[str | bytes]:
    """The values of a Secret; of one that is a whole file, what it assigns."""
    plain = {**{k: base64.b64decode(v or "") for k, v in (secret.get("data") or {}).items()}}
    plain |= {key: str(value).encode() for key, value in (secret.get("stringData") or {}).items()}
    for key, value in plain.items():
        if key in PUBLIC_KEYS:
            continue
        if len(value) <= LONGEST:
            yield value
        yield from values(value.decode(errors="replace"))


def assigned(value: JsonValue, name: str = "") -> Iterator[str | bytes]:
    """What JSON assigns to secrets: under a name such as `password`, in `{"name": "PGPASSWORD", "value": …}`, and
    inside of texts, such as command lines and addresses; and what a fault's step writes to a Secret."""
    if isinstance(value, str):
        if names_a_secret(name) and name not in _OBJECTS and not is_reference(value):
            yield value
        yield from values(value)
    elif isinstance(value, list):
        for one in value:
            yield from assigned(one, name)
        yield from values(" ".join(one for one in value if isinstance(one, str)))  # ["--password", "x"]
    elif isinstance(value, dict):
        change = value.get("change")
        if isinstance(change, dict) and str(value.get("resource", "")).lower().startswith("secret"):
            yield from of_secret(change)
        for key, one in value.items():
            yield from assigned(one, str(value.get("name", "")) if key == "value" else key)
