"""Which drill is played on this checkout's lab, and the way into its toolbox."""

from __future__ import annotations

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container
from pydantic import ValidationError

from cluster.errors import LabError, UsageError
from cluster.lab import LABEL_CHECKOUT, Lab
from experiments.play.lock import Holder, holder
from experiments.record.files import ScenarioFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind
from experiments.toolbox.shell import is_open
from experiments.toolbox.toolbox import anchor_name
from experiments.waiting import Seen, eventually

OPENS_WITHIN_S = 600.0
"""A cluster of the run's own takes minutes."""

_PLAY = "firedrill play NAME, in another terminal"
_WORDS = {"gone": "there is no toolbox yet", "shut": "the toolbox is being set up"}


def find(lab: Lab) -> Holder:
    """The drill that is played on this lab.

    Raises:
        UsageError: nothing is played, or something that is no drill.
    """
    found = holder(lab)
    if found is None:
        raise UsageError("No drill is being played on this lab.", _PLAY)
    if not _is_drill(lab, found):
        raise UsageError("What is being played on this lab is no drill, so it has no shell.", _PLAY)
    return found


def anchor(engine: docker.DockerClient, lab: Lab, drill: Holder) -> Container:
    """The drill's toolbox, once it is open; until then this waits.

    Raises:
        UsageError: the drill ended before.
        ConditionTimedOut: it did not open in time.
        LabError: the Docker engine does not answer.
    """
    name = anchor_name(lab, drill.run_id)

    def look() -> Seen[Container]:
        if holder(lab) != drill:
            raise UsageError("The drill has ended before its toolbox was open.", _PLAY)
        return _opened(engine, lab, name)

    return eventually(
        look, what="the toolbox opens", within_s=OPENS_WITHIN_S, next_step="look at the terminal of firedrill play"
    )


def is_opened(engine: docker.DockerClient, lab: Lab, drill: Holder) -> bool:
    """Whether nobody has to wait for the toolbox."""
    return _opened(engine, lab, anchor_name(lab, drill.run_id)).value is not None


def engine() -> docker.DockerClient:
    """The Docker engine of the lab.

    Raises:
        LabError: it does not answer.
    """
    try:
        return docker.from_env()
    except DockerException as error:
        raise LabError(f"The Docker engine does not answer: {error}", "firedrill doctor") from error


def scenario_file(drill: Holder) -> ScenarioFile | None:
    """What is played; None where it is not written yet."""
    try:
        return RunFolder(drill.path).read("scenario.json", ScenarioFile)
    except (FileNotFoundError, ValidationError):
        return None


def _opened(engine: docker.DockerClient, lab: Lab, name: str) -> Seen[Container]:
    try:
        found = engine.containers.get(name)
        if found.labels.get(LABEL_CHECKOUT) != lab.labels[LABEL_CHECKOUT]:
            return Seen(None, f"{name} is not of this checkout")
        open_ = found.exec_run(is_open()).exit_code == 0
    except NotFound:
        return Seen(None, _WORDS["gone"])
    except APIError as error:
        return Seen(None, str(error.explanation))
    return Seen(found if open_ else None, _WORDS["shut"])


def _is_drill(lab: Lab, found: Holder) -> bool:
    """A run that has only just taken the lab has not said what it is; healing, which holds it too, has no folder."""
    played = scenario_file(found)
    return found.path != lab.state if played is None else played.kind is RunKind.DRILL
