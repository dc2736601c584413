"""Processes inside containers of any image that are signalled from outside, as the kernel or an operator does it."""

from __future__ import annotations

import signal as signals

from experiments.model.actions import Step


def kill(
    namespace: str,
    selector: str,
    process: str,
    *,
    words: str = "",
    signal: str = "KILL",
    container: str = "",
    pods: int = 0,
) -> Step:
    """Send a signal to the processes of one name in a container.

    A container whose first process is killed is started again by the kubelet; STOP freezes a process that stays alive.
    The first process of a container takes only KILL, STOP and the signals that it handles.

    Args:
        namespace: one of the scenario's own.
        selector: the pods, as kubectl writes it: `app=shop`.
        process: the process's name or that of its program's file: `redis-server`.
        words: what its command line has to contain, to choose among several: `walwriter`.
        signal: its name without `SIG`: `KILL`, `TERM`, `STOP`.
        container: the container; the pod's first one if empty.
        pods: how many of the pods, in the order of their names; 0 for all.

    Raises:
        ValueError: there is no such signal, or no process is named.
    """
    if f"SIG{signal}" not in signals.Signals.__members__:
        raise ValueError(f"{signal!r} is no signal; write KILL, TERM, STOP, …")
    if not process or "/" in process:
        raise ValueError(f"{process!r} names no process; write its bare name, such as redis-server")
    return Step(
        title=f"send {signal} to {process} in the pods {selector} in {namespace}",
        module="experiments.actions.processes",
        function="kill",
        arguments={
            "namespace": namespace,
            "selector": selector,
            "process": process,
            "words": words,
            "signal": signal,
            "container": container,
            "pods": pods,
        },
    )
