"""How the members of an etcd cluster are: sizes, quota, who leads, which alarms are raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.etcd_maintain.etcdctl import Etcdctl

NOSPACE = "NOSPACE"
_ALARMS = {1: NOSPACE, 2: "CORRUPT"}
"""etcdserverpb.AlarmType, which etcdctl prints as a number."""


@dataclass(frozen=True)
class Member:
    """One member at one moment.

    Args:
        endpoint: where its clients reach it.
        number: its id.
        leads: whether it is the leader, in its own words.
        revision: of the newest write it has applied.
        size: bytes of its database file; what the quota counts.
        in_use: bytes of it that hold data or history; the rest are holes that only a defragmentation gives back.
        quota: bytes that the file may have before etcd refuses writes.
        alarms: raised for it.
    """

    endpoint: str
    number: int
    leads: bool
    revision: int
    size: int
    in_use: int
    quota: int
    alarms: tuple[str, ...] = ()

    @property
    def full(self) -> float:
        """The file's share of the quota."""
        return self.size / self.quota


def look(etcdctl: Etcdctl, quota: int | None) -> list[Member]:
    """Every member of the cluster, in the order of their endpoints.

    Args:
        etcdctl: reaches at least one member.
        quota: bytes, where etcd does not tell (before 3.6).

    Raises:
        BadInput: one of them does not answer, none or several of them lead, or no quota is known. Nobody who does not
            see all of them defragments one: the one that is missing may be what the quorum lacks next.
    """
    raised = _alarms(etcdctl)
    answers = etcdctl.json("endpoint", "status", "--cluster")
    try:
        members = [_member(one["Endpoint"], one["Status"], quota, raised) for one in answers]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"`etcdctl endpoint status` answered in a form that is not known: {error!r}") from error
    unknown = [one.endpoint for one in members if one.quota <= 0]
    if unknown:
        raise BadInput(f"{', '.join(unknown)} tells no quota (etcd does since 3.6): give it with --quota BYTES")
    leaders = [one.endpoint for one in members if one.leads]
    if len(leaders) != 1:
        raise BadInput(f"{', '.join(leaders) or 'no member'} leads: a cluster has one leader while it can work")
    strange = raised.keys() - {one.number for one in members}
    if strange:
        raise BadInput(f"an alarm is raised for member {min(strange):x}, which did not answer")
    return sorted(members, key=lambda one: one.endpoint)


def _member(endpoint: str, status: dict[str, Any], quota: int | None, raised: dict[int, tuple[str, ...]]) -> Member:
    number = status["header"]["member_id"]
    return Member(
        endpoint=endpoint,
        number=number,
        leads=status.get("leader") == number,
        revision=status["header"]["revision"],
        size=status["dbSize"],
        in_use=status["dbSizeInUse"],
        # A field that is 0 is left out of the answer.
        quota=quota if quota is not None else status.get("dbSizeQuota", 0),
        alarms=raised.get(number, ()),
    )


def _alarms(etcdctl: Etcdctl) -> dict[int, tuple[str, ...]]:
    answer = etcdctl.json("alarm", "list")
    raised: dict[int, tuple[str, ...]] = {}
    try:
        for one in answer.get("alarms") or []:
            kind = _ALARMS.get(one["alarm"], f"alarm {one['alarm']}")
            raised[one["memberID"]] = (*raised.get(one["memberID"], ()), kind)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"`etcdctl alarm list` answered in a form that is not known: {error!r}") from error
    return raised
