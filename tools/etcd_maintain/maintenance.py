"""What is done, in the order in which alone it helps: compact, defragment, disarm."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tools.etcd_maintain.etcdctl import Etcdctl, Refused
from tools.etcd_maintain.members import NOSPACE, Member, look

_COMPACTED = "required revision has been compacted"
"""etcd's answer where somebody has compacted as far already."""


@dataclass(frozen=True)
class Plan:
    """What was asked for.

    Args:
        keep_revisions: how much of the newest history stays: watchers that fell behind it have to list again.
        defrag_above: a member is defragmented where its file has more than this share of the quota.
        most: the share of the quota below which all files have to be in the end.
        quota: bytes, where etcd does not tell.
    """

    keep_revisions: int = 0
    defrag_above: float = 0.0
    most: float = 0.7
    quota: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What was found, done and left.

    Args:
        before: the members as they were.
        steps: what was done, in words.
        after: the members as they are.
        wrong: why this must not be called well; empty where it is.
    """

    before: list[Member]
    steps: tuple[str, ...]
    after: list[Member]
    wrong: tuple[str, ...]

    @property
    def given_back(self) -> float:
        """The share of all files' bytes that went back to the disk."""
        return 1 - sum(one.size for one in self.after) / sum(one.size for one in self.before)


def inspect(etcdctl: Etcdctl, plan: Plan) -> Outcome:
    """Look, and change nothing.

    Raises:
        BadInput: as `look`.
    """
    members = look(etcdctl, plan.quota)
    return Outcome(members, (), members, judge(members, plan.most))


def maintain(etcdctl: Etcdctl, plan: Plan) -> Outcome:
    """Compact, defragment the members one by one with the leader last, disarm.

    An alarm other than NOSPACE is touched by nobody but a person, and nothing else is then: `alarm disarm` takes all
    alarms back, and one that says CORRUPT has to stay until the member was made anew. NOSPACE is disarmed only where
    there is space again; etcd would raise it with the next write.

    Raises:
        BadInput: a member does not answer, before or in between; those that follow are left as they are.
    """
    before = look(etcdctl, plan.quota)
    if others := _other_alarms(before):
        return Outcome(before, (), before, (f"{', '.join(others)}: nothing was touched",))
    steps = [_compact(etcdctl, max(one.revision for one in before) - plan.keep_revisions)]
    steps += _defragment(etcdctl, before, plan)
    now = look(etcdctl, plan.quota)
    wrong = _too_large(now, plan.most)
    if any(one.alarms for one in now) and not wrong and not _other_alarms(now):
        etcdctl.run("alarm", "disarm")
        steps.append(f"disarmed {NOSPACE}")
        now = look(etcdctl, plan.quota)
    return Outcome(before, tuple(steps), now, judge(now, plan.most))


def judge(members: list[Member], most: float) -> tuple[str, ...]:
    """Why the members are not well, in words: an alarm is raised, or a file is larger than it should be."""
    raised = [f"{one.endpoint} has the alarm {alarm}" for one in members for alarm in one.alarms]
    return (*raised, *_too_large(members, most))


def _compact(etcdctl: Etcdctl, revision: int) -> str:
    if revision < 1:
        return "there is too little history to compact"
    try:
        # Physically: only then are the old revisions gone from the file when the call returns.
        etcdctl.run("compact", "--physical", str(revision))
    except Refused as refused:
        if _COMPACTED not in refused.said:
            raise
        return f"was compacted up to revision {revision} or beyond already"
    return f"compacted up to revision {revision}"


def _defragment(etcdctl: Etcdctl, members: list[Member], plan: Plan) -> list[str]:
    left = {one.endpoint for one in members if one.full > plan.defrag_above}
    steps = []
    while left:
        # Looked at anew each time: who leads may change while a member is busy, and it has to be back before the next.
        now = [one for one in look(etcdctl, plan.quota) if one.endpoint in left]
        one = min(now, key=lambda member: member.leads)
        began = time.monotonic()
        etcdctl.to(one.endpoint).run("defrag")
        role = "the leader, " if one.leads else ""
        steps.append(f"defragmented {one.endpoint}, {role}in {time.monotonic() - began:.1f} s")
        left.remove(one.endpoint)
    return steps


def _other_alarms(members: list[Member]) -> list[str]:
    return [f"{one.endpoint} has the alarm {kind}" for one in members for kind in one.alarms if kind != NOSPACE]


def _too_large(members: list[Member], most: float) -> tuple[str, ...]:
    return tuple(f"{one.endpoint} has {one.full:.0%} of its quota" for one in members if one.full > most)
