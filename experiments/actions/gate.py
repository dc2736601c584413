"""A gate in front of the cluster: a tool is shown the change, as a pipeline shows it, and lets it through or not."""

from __future__ import annotations

from experiments.actions import gate_change, gate_tool
from experiments.actions.gate_change import Change
from experiments.play.played import Configuration
from experiments.play.session import session_of

CHANGE = "{change}"
"""In the tool's arguments: the file with the objects that are to be applied."""
WITHIN_S = 60.0
SHOWN = 4000
"""Of what a gate said, the last characters."""


def submit(tool: str, arguments: list[str], change: Change, configuration: Configuration) -> int:
    """Show the fault to a gate; what the gate lets through is applied, as the pipeline behind it would.

    The tool runs on the host, as it does in CI, with the lab's kubectl and kubeconfig and nothing else of the lab's.
    What it said, and which of the change's objects differ afterwards, is in the timeline.

    Args:
        tool: a console script that is installed beside this Python.
        arguments: its arguments; `{change}` is the file with the objects.
        change: the fault's steps, each `namespace` and `manifest`.

    Returns:
        The tool's exit code.

    Raises:
        LabError: the tool is not installed, or does not end within 60 s.
    """
    session = session_of(configuration)
    file = gate_change.written(session, change)
    before = gate_change.versions(session, change)
    # Not yet injected, and by a good gate never; but from here on a page is one too many.
    session.marks.injected = session.recorder.event("inject", "the gate is shown the fault", fault=False)
    said: list[str] = []
    shown = [str(file) if one == CHANGE else one for one in arguments]
    code = gate_tool.run(session, tool, shown, WITHIN_S, said.append)
    if code == 0:
        gate_change.apply(change, configuration)
    session.recorder.event(
        "step",
        f"{tool} is shown the change",
        gate=tool,
        exit_code=code,
        output="".join(said)[-SHOWN:],
        changed=gate_change.differing(session, change, before),
    )
    return code
