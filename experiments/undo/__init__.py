"""Undo: what is written down before a mutation, replayed after it, and verified against a snapshot.

The fix is the runbook's; the undo cleans the lab and always runs.
"""
