"""What a drill is worth: a pure function of its folder, every point explained."""

from drills.score.evidence import Drill, read
from drills.score.files import NAME, Line, LineId, Outcome, ReferenceTimes, ScoreFile, Times
from drills.score.score import score

__all__ = ["NAME", "Drill", "Line", "LineId", "Outcome", "ReferenceTimes", "ScoreFile", "Times", "read", "score"]
