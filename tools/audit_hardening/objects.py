"""A namespace's objects, each with the place where it stands, and its workloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.validate_network_policy.objects import Manifest

Path = tuple[str | int, ...]
TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob")


@dataclass(frozen=True)
class Object:
    """One object.

    Args:
        data: as the API has it, with its namespace filled in where it has one.
        place: where something of it stands: `file:line`, or `cluster`.
    """

    data: Manifest
    place: Callable[[Path], str]

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.data["kind"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.data["metadata"]["name"])

    @property
    def title(self) -> str:
        """What the report calls it, `Deployment shop/web`."""
        namespace = self.data["metadata"].get("namespace")
        return f"{self.kind} {namespace}/{self.name}" if namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Workload:
    """An object that makes pods.

    Args:
        object: which.
        template: where its pod template stands in it; a Pod is its own.
    """

    object: Object
    template: Path

    @property
    def spec(self) -> Mapping[str, Any]:
        """The pods' spec."""
        return mapping(at(self.object.data, (*self.template, "spec")))

    @property
    def labels(self) -> Mapping[str, str]:
        """The pods' labels."""
        labels = mapping(at(self.object.data, (*self.template, "metadata", "labels")))
        return {str(key): str(value) for key, value in labels.items()}

    @property
    def containers(self) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
        """Every container, those that only initialize too: what it is called, where it stands, what it says."""
        for key, what in (("initContainers", "init container"), ("containers", "container")):
            for number, one in enumerate(self.spec.get(key) or []):
                yield f"{what} {one.get('name', number)}", (*self.template, "spec", key, number), one

    @property
    def place(self) -> str:
        """Where it begins."""
        return self.object.place(())


@dataclass(frozen=True)
class Namespace:
    """Everything that is known of one namespace.

    Args:
        name: of the namespace.
        objects: those in it, and those of the whole cluster that were read.
        complete: they are all there are, as in a cluster; manifests may be a part.
        bindings_known: who is bound to which role could be read.
    """

    name: str
    objects: tuple[Object, ...]
    complete: bool = False
    bindings_known: bool = True

    def of(self, *kinds: str) -> list[Object]:
        """Objects of these kinds."""
        return [one for one in self.objects if one.kind in kinds]

    @property
    def workloads(self) -> list[Workload]:
        """Every object that makes pods and is made by none of the others."""
        known = {(one.kind, one.name) for one in self.objects}
        found = []
        for one in self.of(*TEMPLATED, "Pod"):
            owners = one.data["metadata"].get("ownerReferences") or []
            if not any((owner.get("kind"), owner.get("name")) in known for owner in owners):
                found.append(Workload(one, _template(one.kind)))
        return found


def at(data: Any, path: Path) -> Any:
    """What stands at a path, or None."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def mapping(found: Any) -> Mapping[str, Any]:
    """A mapping that may be missing.

    Raises:
        BadInput: it is something else.
    """
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise BadInput(f"a mapping is expected where {str(found)[:60]!r} stands")
    return found


def _template(kind: str) -> Path:
    if kind == "Pod":
        return ()
    return ("spec", "jobTemplate", "spec", "template") if kind == "CronJob" else ("spec", "template")
