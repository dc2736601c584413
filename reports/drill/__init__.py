"""A drill in the report: the player's timeline beside the runbook's, the score, what was run and what was missed."""

from reports.drill.view import DrillView, view

__all__ = ["DrillView", "view"]
