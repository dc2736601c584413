"""What a trainee made of the system: what differs from what was deployed and is not the fault's own doing.

Three pictures are compared: what was deployed, what the fault had made of it, and what is now. A difference counts that
is one from both. What the fault closed, took or added may be opened, given back and removed: that is a fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.drill.looks.licence import Licence
from experiments.drill.looks.paging import on_the_way_to_the_pager
from experiments.drill.looks.picture import Picture
from experiments.record.drill import Finding

_LEVELS = {"privileged": 0, "baseline": 1, "restricted": 2}


def findings(deployed: Picture, faulty: Picture, now: Picture, allowed: Licence) -> list[Finding]:
    """Everything that differs, what refuses a fix first.

    Args:
        deployed: at the end of the baseline.
        faulty: right after the fault.
        now: now.
        allowed: what the scenario's own runbook changes.
    """
    found = [
        *_workloads(deployed, faulty, now, allowed),
        *_traffic(deployed, faulty, now, allowed),
        *_opened(deployed, faulty, now),
        *_claims(deployed, faulty, now, allowed),
        *on_the_way_to_the_pager(deployed, now),
        *_beside(deployed, faulty, now, allowed),
    ]
    return sorted(found, key=lambda one: not one.refuses)


def _workloads(deployed: Picture, faulty: Picture, now: Picture, allowed: Licence) -> Iterator[Finding]:
    for thing, before in deployed.workloads.items():
        fault, present = faulty.workloads.get(thing), now.workloads.get(thing)
        if present is None:
            if fault is not None and not allowed.removes(thing):
                text = f"The {thing} was deleted: it belongs to the system."
                yield Finding(kind="workload-gone", thing=thing, text=text, refuses=True)
            continue
        least = _least(thing, deployed, faulty, allowed)
        if present.replicas < least:
            text = f"The {thing} has {present.replicas} replicas; at least {least} belong to the system."
            yield Finding(kind="workload-scaled-away", thing=thing, text=text, refuses=True)
        elif present.replicas and before.available and not present.available:
            text = f"No replica of the {thing} is available; it was, before."
            yield Finding(kind="service-broken", thing=thing, text=text, refuses=True)
        elif present.available < min(before.available, present.replicas):
            text = f"Of the {thing}, {present.available} of {present.replicas} replicas are available."
            yield Finding(kind="collateral", thing=thing, text=text, refuses=False)


def _least(thing: str, deployed: Picture, faulty: Picture, allowed: Licence) -> int:
    """How many replicas belong to the system: as deployed, or what its autoscaler, the fault or the runbook leaves."""
    known = [one.replicas for picture in (deployed, faulty) if (one := picture.workloads.get(thing)) is not None]
    known += [one.least for one in deployed.scalers.values() if one.target == thing]
    left = allowed.leaves(thing)
    return min([*known, *([] if left is None else [left])])


def _traffic(deployed: Picture, faulty: Picture, now: Picture, allowed: Licence) -> Iterator[Finding]:
    for thing, before in deployed.services.items():
        fault, present = faulty.services.get(thing), now.services.get(thing)
        if present is None:
            if fault is not None:
                text = f"The {thing} was deleted: its clients reach nobody."
                yield Finding(kind="traffic-gone", thing=thing, text=text, refuses=True)
            continue
        if before.ready and not present.ready and not _leads_somewhere(thing, now):
            text = f"The {thing} leads to no pod any more: its clients reach nobody."
            yield Finding(kind="traffic-gone", thing=thing, text=text, refuses=True)
            continue
        said = (present.selector, present.ports)
        known = [(one.selector, one.ports) for one in (before, fault) if one is not None]
        if said not in known and not allowed.covers(thing):
            if before.ready and not present.ready:
                text = f"The {thing} was changed, and nobody answers behind it any more."
                yield Finding(kind="traffic-gone", thing=thing, text=text, refuses=True)
            else:
                text = f"The {thing} leads elsewhere than it did."
                yield Finding(kind="collateral", thing=thing, text=text, refuses=False)


def _leads_somewhere(thing: str, now: Picture) -> bool:
    """Whether any workload has the labels that a Service selects; one without a selector is led by somebody else."""
    wanted = now.services[thing].selector.items()
    namespace = _namespace(thing)
    if not wanted:
        return True
    return any(_namespace(name) == namespace and wanted <= one.labels.items() for name, one in now.workloads.items())


def _namespace(thing: str) -> str:
    return thing.rpartition(" ")[2].partition("/")[0]


def _opened(deployed: Picture, faulty: Picture, now: Picture) -> Iterator[Finding]:
    for closed in sorted((deployed.closed & faulty.closed) - now.closed):
        thing = closed.partition(" of ")[2]
        if thing in now.workloads:
            text = f"A network policy closed the {closed} in part, and now it is open to everybody."
            yield Finding(kind="opened", thing=thing, text=text, refuses=True)
    for namespace, level in now.levels.items():
        known = [one.levels.get(namespace, "privileged") for one in (deployed, faulty)]
        if all(_LEVELS.get(level, 0) < _LEVELS.get(before, 0) for before in known):
            text = f"The namespace {namespace} admits pods at the level {level}; it was {known[0]}."
            yield Finding(kind="opened", thing=f"namespace {namespace}", text=text, refuses=True)
    for thing, present in now.workloads.items():
        pictures = [one for picture in (deployed, faulty) if (one := picture.workloads.get(thing)) is not None]
        yield from _weaker(thing, present.weak.difference(*(one.weak for one in pictures)))
    for thing, weak in now.loose.items():
        yield from _weaker(thing, weak.difference(*(one.loose.get(thing, frozenset()) for one in (deployed, faulty))))


def _weaker(thing: str, weak: frozenset[str]) -> Iterator[Finding]:
    if weak:
        text = f"The {thing} was given what it did not have: {', '.join(sorted(weak))}."
        yield Finding(kind="opened", thing=thing, text=text, refuses=True)


def _claims(deployed: Picture, faulty: Picture, now: Picture, allowed: Licence) -> Iterator[Finding]:
    for thing, uid in deployed.claims.items():
        known = {uid, faulty.claims.get(thing)}
        present = now.claims.get(thing)
        if present in known or (present is not None and allowed.covers(thing)):
            continue
        what = "was deleted" if present is None else "was deleted and made anew"
        text = f"The {thing} {what}, and what was on its volume is lost."
        yield Finding(kind="data-lost", thing=thing, text=text, refuses=True)


def _beside(deployed: Picture, faulty: Picture, now: Picture, allowed: Licence) -> Iterator[Finding]:
    """What costs points and refuses nothing."""
    gone = (deployed.named & faulty.named) - now.named
    gone |= (deployed.scalers.keys() & faulty.scalers.keys()) - now.scalers.keys()
    gone |= (deployed.budgets.keys() & faulty.budgets.keys()) - now.budgets.keys()
    more = now.workloads.keys() - deployed.workloads.keys() - faulty.workloads.keys()
    more |= now.loose.keys() - deployed.loose.keys() - faulty.loose.keys()
    texts = {thing: f"The {thing} was deleted." for thing in gone}
    texts |= {thing: f"The {thing} was left behind." for thing in more}
    for thing, scaler in now.scalers.items():
        known = [one.scalers[thing] for one in (deployed, faulty) if thing in one.scalers]
        if known and all(scaler.least < one.least or scaler.most < one.most for one in known):
            texts[thing] = f"The {thing} may scale less than it could: {scaler.least} to {scaler.most} replicas."
    for thing, budget in now.budgets.items():
        if thing in deployed.budgets and budget not in (deployed.budgets[thing], faulty.budgets.get(thing)):
            texts[thing] = f"The {thing} says something else than it did."
    for thing in sorted(texts):
        if not allowed.covers(thing):
            yield Finding(kind="collateral", thing=thing, text=texts[thing], refuses=False)
