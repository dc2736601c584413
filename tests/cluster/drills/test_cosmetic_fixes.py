"""One drill in which everything but the cause is done to the alert: each is refused, and then a fix is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.record.kinds import Verdict
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import ALERT, Playing, playing

pytestmark = pytest.mark.nightly

AMTOOL = "amtool --alertmanager.url=http://alertmanager.till-monitoring:9093"
BARE = (
    "jq 'del(.status, .metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, "
    ".metadata.managedFields, .spec.clusterIP, .spec.clusterIPs)'"
)
REDIS_READY = "kubectl rollout status deployment/redis --timeout=50s"
SERVED = (
    "timeout 30 bash -c 'until kubectl get endpoints redis -o jsonpath={.subsets[*].addresses[*].ip} | grep -q .; "
    "do sleep 0.3; done'"
)
UNSERVED = (
    "timeout 30 bash -c 'while kubectl get endpoints redis -o jsonpath={.subsets[*].addresses[*].ip} | grep -q .; "
    "do sleep 0.3; done'"
)


@dataclass(frozen=True)
class Cosmetic:
    """Something that quiets the alert, or looks like a fix, and is none.

    Args:
        id: what it is.
        does: the trainee's command.
        back: takes it back.
        found: kind and thing of every finding that refuses; empty: no look refuses it, the scenario's checks do.
        says: a part of the reason that the trainee reads.
    """

    id: str
    does: str
    back: str
    found: frozenset[tuple[str, str]]
    says: str


def cosmetic(id: str, does: str, back: str, says: str, *found: tuple[str, str]) -> Cosmetic:
    """A cosmetic fix, as the table below writes it."""
    return Cosmetic(id, does, back, frozenset(found), says)


COSMETICS = [
    cosmetic("nothing-at-all", "redis-cli -h redis ping", "true", "The system is not well"),
    cosmetic(
        "silence",
        f"{AMTOOL} silence add alertname={ALERT} --duration=1h --author=heron --comment=loud > ~/silence",
        f"{AMTOOL} silence expire $(cat ~/silence)",
        f"A silence is active for alertname={ALERT}",
        ("alert-silenced", f"silence of alertname={ALERT}"),
    ),
    cosmetic(
        "nobody-measures",
        'kubectl patch deployment redis --type=json -p \'[{"op": "remove", "path": '
        f'"/spec/template/spec/containers/1"}}]\' && {REDIS_READY}',
        f"kubectl rollout undo deployment/redis && {REDIS_READY}",
        "The system is not well",
    ),
    cosmetic(
        "scaled-to-nothing",
        "kubectl scale deployment redis --replicas=0",
        f"kubectl scale deployment redis --replicas=1 && {REDIS_READY} && {SERVED}",
        "The deployment till/redis has 0 replicas",
        ("workload-scaled-away", "deployment till/redis"),
    ),
    cosmetic(
        "traffic-led-nowhere",
        'kubectl patch service redis -p \'{"spec": {"selector": {"app.kubernetes.io/name": "nobody"}}}\' && '
        f"{UNSERVED}",
        'kubectl patch service redis -p \'{"spec": {"selector": {"app.kubernetes.io/name": "redis"}}}\' && '
        f"{SERVED}",
        "The service till/redis leads to no pod any more",
        ("traffic-gone", "service till/redis"),
    ),
    cosmetic(
        "service-deleted",
        f"kubectl get service redis -o json | {BARE} > ~/service.json && kubectl delete service redis",
        f"kubectl create -f ~/service.json && {SERVED}",
        "The service till/redis was deleted",
        ("traffic-gone", "service till/redis"),
    ),
    cosmetic(
        "policy-deleted",
        f"kubectl get networkpolicy ledger-tells-nobody -o json | {BARE} > ~/policy.json && "
        "kubectl delete networkpolicy ledger-tells-nobody",
        "kubectl create -f ~/policy.json",
        "now it is open to everybody",
        ("opened", "deployment till/ledger"),
    ),
    cosmetic(
        "pod-that-may-more",
        "kubectl run helper --image=firedrill/none --restart=Never",
        "kubectl delete pod helper --now",
        "The pod till/helper was given what it did not have",
        ("opened", "pod till/helper"),
    ),
    cosmetic(
        "second-service-broken",
        "kubectl set image deployment/ledger ledger=firedrill/none:none && "
        "kubectl wait --for=condition=Available=false deployment/ledger --timeout=40s",
        "kubectl rollout undo deployment/ledger && kubectl rollout status deployment/ledger --timeout=60s",
        "No replica of the deployment till/ledger is available",
        ("service-broken", "deployment till/ledger"),
    ),
    cosmetic(  # the last one: with the workload goes its history, and nothing of it can be rolled back any more
        "workload-deleted",
        f"kubectl get deployment redis -o json | {BARE} > ~/redis.json && "
        f"kubectl delete deployment redis --cascade=foreground --timeout=50s && {UNSERVED}",
        f"kubectl create -f ~/redis.json && {REDIS_READY} && {SERVED}",
        "The deployment till/redis was deleted",
        ("workload-gone", "deployment till/redis"),
        ("traffic-gone", "service till/redis"),
    ),
]


@pytest.fixture(scope="module")
def drill(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """A drill whose page has come."""
    with playing(lab, tmp_path_factory.mktemp("play"), limit="25m") as drill:
        assert drill.paged
        drill.move("acknowledge")
        yield drill


@pytest.mark.parametrize("one", COSMETICS, ids=[one.id for one in COSMETICS])
def test_what_only_looks_like_a_fix_is_refused(drill: Playing, one: Cosmetic) -> None:
    drill.shell(one.does)
    try:
        answer = drill.declare()
        assert answer.what == "refused", f"{one.id} was taken for a fix\n{drill.state()}"
        assert any(one.says in reason for reason in answer.reasons), answer.reasons
        look = drill.looked(answer.of)
        found = {(it.kind, it.thing) for it in look.findings if it.refuses} if look is not None else set()
        assert found == one.found, f"{look}\n{drill.state()}"
    finally:
        drill.shell(one.back)


def test_a_fix_that_the_runbook_does_not_know_is_accepted(drill: Playing) -> None:
    drill.shell(f"kubectl set env deployment/redis -c redis REDIS_PASSWORD= && {REDIS_READY}")
    assert "PONG" in drill.shell("redis-cli -h redis ping")
    answer = drill.declare()
    assert answer.what == "accepted", f"{answer.reasons}\n{drill.state()}"


def test_the_drill_passes_and_leaves_nothing(drill: Playing, handle: Handle) -> None:
    assert drill.ends() == 0, drill.state()
    verdict = drill.verdict()
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]
    score = drill.score()
    assert (score.outcome, score.refused) == ("fixed", len(COSMETICS))
    fix = next(line for line in score.lines if line.id == "fix")
    assert fix.points >= 12, fix
    assert left(handle, drill) == []
