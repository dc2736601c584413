"""Every exception Firedrill raises on purpose, in one tree.

FiredrillError
├── UsageError                 2   what was typed cannot be done as it stands
│   ├── UnknownScenario            no scenario of that name; the nearest names are said
│   ├── BrokenScenario             a scenario folder that does not load or check; file and line
│   ├── HostNotReady               no Docker engine, too little disk or memory, a port taken
│   ├── NotOurLab                  the cluster, kubeconfig or container is not this checkout's lab
│   │   └── AnotherCluster             one of its name shows that it is another: nothing replaces it
│   └── LabBusy                    another run, or one kept with --keep, holds the lab
├── LabError                   3   the lab could not do or ask what it had to
│   ├── BuildFailed                a binary or image could not be built
│   ├── CommandFailed              a command of the lab's own ended non-zero or ran out of time
│   ├── NotWritten                 a file of a run could not be written: disk full, no right to
│   ├── NotRead                    a file of a run could not be read: a line is damaged, no right to
│   ├── ConditionTimedOut          a condition did not come true before its deadline
│   └── OracleUnavailable          a condition could not be asked: unreachable, several series, none, NaN
├── CleanupFailed              9   the lab differs from what it was before the run
└── Interrupted              130   the user or the system stopped the run

The number is the exit code of the `firedrill` command. A message says what happened, the last state
seen, and what to do next. Verdicts of a run (4 to 8 and 10) are results, not exceptions: they stand in
`experiments/judge`; 11 says that a mutant survived (`firedrill/cli/proving.py`).
"""

from __future__ import annotations


class FiredrillError(Exception):
    """Root of the tree.

    Args:
        happened: what happened and the last state seen, one sentence.
        next_step: what the reader can do about it; a command where there is one.
    """

    exit_code = 3

    def __init__(self, happened: str, next_step: str = "") -> None:
        self.happened = happened
        self.next_step = next_step
        super().__init__(f"{happened}\n  next: {next_step}" if next_step else happened)


class UsageError(FiredrillError):
    """What was typed or written cannot be done as it stands; nothing was touched."""

    exit_code = 2


class UnknownScenario(UsageError):
    """No scenario has that name."""


class BrokenScenario(UsageError):
    """A scenario folder does not load or does not pass its checks; the message names file and line."""


class HostNotReady(UsageError):
    """The host lacks something the lab needs: engine, disk, memory, a free port."""


class NotOurLab(UsageError):
    """The cluster, kubeconfig, container or state folder is not the lab of this checkout."""


class AnotherCluster(NotOurLab):
    """A cluster of the lab's name shows that it is not the one that this checkout made."""


class LabBusy(UsageError):
    """Another run holds the lab, or one was kept with --keep and waits for `firedrill heal`."""


class LabError(FiredrillError):
    """The lab could not do, or could not ask, what it had to."""

    exit_code = 3


class BuildFailed(LabError):
    """A binary or an image could not be built; the message names the log file."""


class CommandFailed(LabError):
    """A command of the lab's own ended non-zero or ran out of its time."""


class NotWritten(LabError):
    """A file of a run, or an undo that had to be on disk first, could not be written."""


class NotRead(LabError):
    """A file of a run that is there could not be read; the message names it, and the line where one is damaged."""


class ConditionTimedOut(LabError):
    """A condition did not come true before its deadline; the message says the last state seen."""


class OracleUnavailable(LabError):
    """A condition could not be asked: unreachable, no series, several series, NaN."""


class CleanupFailed(FiredrillError):
    """The lab differs from the snapshot taken before the run; the message names every difference."""

    exit_code = 9


class Interrupted(FiredrillError):
    """The run was stopped from outside; undo ran and the report was written."""

    exit_code = 130
