"""`firedrill shell`, from the drill that is found to the exit code that is passed on."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass

from docker.models.containers import Container

from cluster.errors import LabError
from cluster.lab import Lab
from drills.shell import clock
from drills.shell.commands import INTERRUPTED, Commands
from drills.shell.finding import scenario_file
from drills.shell.marks import Marks, fresh_nonce
from drills.shell.proxy import converse
from drills.shell.secrets import Learner, of_run
from experiments.play.lock import Holder, holder
from experiments.record.redaction import Redaction
from experiments.toolbox.shell import command, shell


@dataclass(frozen=True)
class Open:
    """A drill's toolbox that is open.

    Args:
        lab: the lab of this checkout.
        drill: the drill that is played there.
        anchor: its toolbox.
    """

    lab: Lab
    drill: Holder
    anchor: Container

    def interactive(self) -> int:
        """A shell on this process's terminal, until the person leaves it or the drill is cleaned up; its exit code.

        Raises:
            NotWritten: a command could not be recorded.
        """
        nonce, code = fresh_nonce(), INTERRUPTED
        teller = clock.Clock(self.drill.path, clock.tell_toolbox(self.anchor))
        commands = self._record()
        teller.start()
        try:
            code = converse(shell(self._name, nonce), Marks(nonce), commands.heard)
        finally:
            teller.stop()
            commands.close(time.time(), code)
        return code

    def one(self, script: str) -> int:
        """Run one command with this process's input and output; its exit code.

        Raises:
            NotWritten: it could not be recorded.
        """
        commands, began, code = self._record(), time.time(), INTERRUPTED
        try:
            code = subprocess.run(command(self._name, script), check=False).returncode
        finally:
            commands.ended(script, began, time.time(), code)
            commands.close(time.time())
        return code

    @property
    def is_over(self) -> bool:
        """Whether the drill has ended meanwhile, and taken the toolbox with it."""
        return holder(self.lab) != self.drill

    @property
    def _name(self) -> str:
        return str(self.anchor.name)

    def _record(self) -> Commands:
        played = scenario_file(self.drill)
        if played is None:
            raise LabError("The drill's scenario.json cannot be read.", "start the drill again")
        redaction = Redaction()
        learner = Learner(lambda: of_run(self.lab, played.scenario), redaction)
        commands = Commands(self.drill.path, redaction, learner.learn)
        commands.start()
        return commands
