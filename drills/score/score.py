"""From what a drill left behind to its score: nothing but the files is asked, so it is the same at any time."""

from __future__ import annotations

from drills.score import conduct
from drills.score.evidence import Drill
from drills.score.files import Outcome, ReferenceTimes, ScoreFile, Times
from drills.score.missed import missed
from drills.score.moments import Took, acknowledged, diagnosed, fixed, mitigated
from drills.score.timed import timed
from reports.units import seconds

_LAB = ("lab-error", "baseline-failed", "fault-had-no-effect", "interrupted")
"""Verdicts that say something of the lab and nothing of the person."""


def score(drill: Drill, reference: ReferenceTimes | None) -> ScoreFile:
    """The points of a drill, each explained.

    Args:
        drill: what it left behind.
        reference: the times of the newest proven run of the runbook; None where there is none, then the time limit
            takes its place.
    """
    remarks = list(drill.unread)
    ended = outcome(drill)
    acknowledge, diagnosis, mitigation, fix = _moments(drill, remarks)
    limit, than = drill.card.limit_s, reference or Times()
    served = fix.after is not None or mitigation.after is not None
    lines = [
        timed("acknowledge", "Acknowledge", acknowledge, than.acknowledge_s, limit),
        timed("diagnosis", "Right diagnosis", diagnosis, than.diagnose_s, limit),
        timed("mitigation", "Mitigation", mitigation, than.mitigate_s, limit),
        timed("fix", "Fix", fix, than.fix_s, limit),
        conduct.hints(drill, earned=fix.after is not None or diagnosis.after is not None),
        conduct.refused(drill, earned=fix.after is not None),
        conduct.collateral(drill, earned=served),
        conduct.answers(drill, earned=acknowledge.after is not None),
        conduct.updates(drill),
    ]
    why_not = _why_not(drill, ended)
    paused = drill.paused_between(drill.paged, drill.ended) if drill.paged is not None and drill.ended else 0.0
    if paused:
        remarks.append(f"the drill was paused for {seconds(paused)}, which no time includes")
    return ScoreFile(
        run_id=drill.card.run_id,
        scenario=drill.card.scenario,
        title=drill.card.title,
        player=drill.card.player,
        mode=drill.card.mode,
        counts=not why_not,
        why_not=why_not,
        outcome=ended,
        points=sum(line.points for line in lines),
        lines=lines,
        times=Times(
            acknowledge_s=acknowledge.after,
            diagnose_s=diagnosis.after,
            mitigate_s=mitigation.after,
            fix_s=fix.after,
        ),
        reference=reference,
        hints=int(lines[4].measured or 0),
        refused=len(conduct.refusals(drill)),
        missed=missed(drill),
        remarks=list(dict.fromkeys(remarks)),
    )


def outcome(drill: Drill) -> Outcome:
    """How a drill ended, by what the desk said last of it."""
    if drill.paged is None:
        return "never paged"
    if drill.said("accepted") is not None:
        return "fixed"
    ended = drill.said("ended")
    if ended is None:
        return "unfinished"
    text = ended.text.lower()
    # Whatever else ended it was nobody at the keyboard: a signal, or the facilitator.
    if "given up" in text:
        return "given up"
    return "out of time" if "out of time" in text else "interrupted"


def _moments(drill: Drill, remarks: list[str]) -> tuple[Took, Took, Took, Took]:
    if drill.paged is None:
        nothing = Took(None, "nobody was paged")
        return nothing, nothing, nothing, nothing
    fix = fixed(drill, remarks)
    return acknowledged(drill, remarks), diagnosed(drill, remarks), mitigated(drill, fix, remarks), fix


def _why_not(drill: Drill, ended: Outcome) -> str:
    if ended == "never paged":
        return "Nobody was paged, so there was nothing to do."
    if ended in ("interrupted", "unfinished"):
        return "The drill was cut short."
    if drill.verdict is not None and drill.verdict.verdict.value in _LAB:
        return f"The lab failed ({drill.verdict.verdict.value}), which says nothing of the player."
    return ""
