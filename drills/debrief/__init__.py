"""After a drill: the draft of a postmortem, the report's part, and the comparison with past drills."""

from drills.debrief.conclude import Concluded, conclude_drill
from drills.debrief.delete import delete
from drills.debrief.past import Past, Record, past

__all__ = ["Concluded", "Past", "Record", "conclude_drill", "delete", "past"]
