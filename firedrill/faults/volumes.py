"""A volume that runs full: only one that is limited in size, never the host's disk."""

from __future__ import annotations

from experiments.model.actions import Step


def fill(
    namespace: str,
    selector: str,
    path: str,
    *,
    percent: int = 100,
    file: str = "core",
    container: str = "",
    pods: int = 0,
) -> Step:
    """Write a file into a container's volume until it is `percent` full; the undo removes the file.

    Args:
        namespace: one of the scenario's own.
        selector: the pods, as kubectl writes it: `app=shop`.
        path: where the volume is mounted: an emptyDir with `medium: Memory` and a `sizeLimit`, or a loop-mounted
            file system. Anything else is refused: it would be the host's disk.
        percent: how full, as `df` says it; 1 to 100.
        file: the file's name; whoever looks into the volume sees it.
        container: the container; the pod's first one if empty.
        pods: how many of the pods, in the order of their names; 0 for all.

    Raises:
        ValueError: `percent`, `path` or `file` cannot be what is meant.
    """
    if not 1 <= percent <= 100:
        raise ValueError(f"{percent} % of a volume: write 1 to 100")
    if not path.startswith("/") or path == "/":
        raise ValueError(f"{path!r} is no mount path of a volume")
    if not file or "/" in file or file in (".", ".."):
        raise ValueError(f"{file!r} is no file's name")
    return Step(
        title=f"fill {path} of the pods {selector} in {namespace} to {percent} %",
        module="experiments.actions.volumes",
        function="fill",
        arguments={
            "namespace": namespace,
            "selector": selector,
            "path": path,
            "percent": percent,
            "file": file,
            "container": container,
            "pods": pods,
        },
    )
