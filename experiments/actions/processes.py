"""Signals to processes inside containers, sent from their node."""

from __future__ import annotations

from cluster.errors import LabError
from experiments.actions.node_commands import at_once
from experiments.actions.objects import refuse_outside
from experiments.containers import victims
from experiments.play.played import Configuration
from experiments.play.session import session_of

# A process is known by its name (`comm`), its program's file or its own first word; `grep -s` and `|| continue` pass
# over processes that end meanwhile.
_KILL = r"""
id=$1 name=$2 words=$3 signal=$4
for cgroup in $(grep -ls -- "$id" /proc/[0-9]*/cgroup || true); do
  place=${cgroup%/cgroup}
  line=$(tr '\0' ' ' 2>/dev/null < "$place/cmdline") || continue
  comm=$(cat "$place/comm" 2>/dev/null) || continue
  file=$(readlink "$place/exe") || continue
  first=${line%% *}
  if [[ $name == "$comm" || $name == "${file##*/}" || $name == "${first##*/}" ]] && [[ $line == *"$words"* ]]; then
    kill -s "$signal" "${place#/proc/}" 2>/dev/null || continue
    echo "$comm"
  fi
done
"""


def kill(
    namespace: str,
    selector: str,
    process: str,
    words: str,
    signal: str,
    container: str,
    pods: int,
    configuration: Configuration,
) -> int:
    """Send a signal to the processes of one name in every container that is aimed at.

    The first process of a container takes only KILL, STOP and what it handles: so the kernel protects every init.

    Args:
        namespace: one of the run's own.
        selector: the pods, as kubectl writes it.
        process: the name of the process or of its program's file.
        words: what its command line has to contain; empty for anything.
        signal: without `SIG`: `KILL`, `TERM`, `STOP`.
        container: the container's name; the pod's first one if empty.
        pods: how many pods, in the order of their names; 0 for all.

    Returns:
        How many processes got it.

    Raises:
        LabError: the namespace is not the run's own, or a container has no such process.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    struck = 0
    for victim in victims(session.handle, namespace, selector, container, pods):
        names = at_once(session.handle, victim.node, _KILL, victim.id, process, words, signal).split()
        if not names:
            raise LabError(f"The {victim.name} has no process {process} {words}".rstrip() + ".")
        struck += len(names)
    return struck
