"""What verdicts and groups of checks mean, in a sentence or a word."""

from __future__ import annotations

_PASSED = {
    "incident": "The fault did harm, the alerts fired and were delivered, the runbook fixed it, and it stayed fixed.",
    "no-fault": "Without the fault every alert of the scenario stayed silent and no evidence matched.",
    "no-fix": "Without the runbook the harm persisted or came back.",
    "prevention": "With the guard rail in place the same fault did no harm.",
    "second-prevention": "With the second guard rail in place the same fault did no harm.",
    "third-prevention": "With the third guard rail in place the same fault did no harm.",
    "drill": "A person fixed it, and it stayed fixed.",
}
_MEANING = {
    "passed": "Everything that was checked held.",
    "lab-error": "The lab could not do or ask what it had to, so the run says nothing about the scenario.",
    "baseline-failed": "The system was not healthy before the fault, so the run says nothing about the scenario.",
    "fault-had-no-effect": "The fault was injected, but its harm or its trace was never seen.",
    "not-detected": "The harm was there, but an expected alert did not fire or was not delivered.",
    "not-fixed": "The runbook was played, but the system did not recover or the harm came back.",
    "not-prevented": "The guard rail did not hold against the fault.",
    "cleanup-failed": "After cleaning up, the lab differs from what it was before the run.",
    "false-alarm": "An alert fired that had to stay silent.",
    "interrupted": "The run was stopped before its end.",
}
_DRILL = {
    "not-fixed": "Nobody brought the system back within the time limit, so the lab healed itself.",
    "not-detected": "The harm was there, but nobody was paged.",
}
_TONES = {"passed": "good", "lab-error": "unsure", "interrupted": "unsure"}
_GROUPS = {
    "healthy": "steady state",
    "bites": "harm",
    "proof": "proof",
    "mitigated": "mitigation",
    "recovers": "recovery",
    "invariants": "invariant",
    "trace": "fault's trace",
    "keeps": "what the guard rail keeps",
    "detects": "detection",
    "silent": "silence",
}

UNJUDGED = "The run ended before it was judged; below is what it left behind."


def meaning(verdict: str | None, kind: str) -> str:
    """A sentence on what a verdict (None: there is none) says about a run of that kind."""
    if verdict is None:
        return UNJUDGED
    if verdict == "passed" and kind in _PASSED:
        return _PASSED[kind]
    if kind == "drill" and verdict in _DRILL:
        return _DRILL[verdict]
    return _MEANING.get(verdict, "This report does not know this verdict.")


def tone(verdict: str | None) -> str:
    """`good`, `bad` or `unsure`: no verdict, or one that says nothing about the scenario, is unsure."""
    return "unsure" if verdict is None else _TONES.get(verdict, "bad")


def group(name: str) -> str:
    """A group of conditions or checks, in words."""
    return _GROUPS.get(name, name)
