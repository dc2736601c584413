"""A sample run folder, written with the engine's own models, so that writer and reader are held together."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

from experiments.record.files import (
    AlertClock,
    BlockResult,
    Check,
    CleanupFile,
    Delivery,
    Event,
    NotificationsFile,
    PhaseTime,
    RunbookBlock,
    ScaledRule,
    ScenarioFile,
    VerdictFile,
)
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase, RunKind, Verdict
from experiments.record.writing import write_text
from tests.unit.reports.sample_signals import EPOCH, FIXED, INJECTED, SPIKE, signals
from tests.unit.reports.sample_story import P95, POOL, RUNBOOK, SCENARIO, STORY

HOSTILE = '\x1b[31m<script>alert("from the cluster")</script>\x1b[0m <img src=x onerror=alert(1)> \u202egnp.exe'
VERSIONS = {
    "engine": "0123456789ab",
    "machine": "AMD EPYC, 2 cores, 24 GiB",
    "image shop": "1111aaaa2222",
    "kubernetes": "1.36.3",
    "prometheus": "3.4.1",
    "python": "3.11.7",
}

PHASES = [
    (Phase.DEPLOY, 0.0, 24.6, 0.0),
    (Phase.BASELINE, 24.6, 38.2, 10.0),
    (Phase.FAULT, 38.2, 44.0, 0.0),
    (Phase.BITES, 44.0, 106.0, 60.0),
    (Phase.DETECT, 106.0, 114.8, 8.0),
    (Phase.RUNBOOK, 114.8, 131.6, 0.0),
    (Phase.RECOVER, 131.6, 203.0, 70.0),
    (Phase.UNDO, 203.0, 205.4, 0.0),
    (Phase.CLEANUP, 205.4, 212.3, 0.0),
]

BLOCKS = [
    RunbookBlock(
        index=1,
        section="Diagnosis",
        kind="diagnose",
        line=21,
        script="for key in $(redis-cli -h redis.shop --scan --pattern 'product:*' | head -20); do\n"
        '  redis-cli -h redis.shop ttl "$key"\ndone | sort -n | uniq -c\n',
        expect=r"^ *(1[0-9]|20) \d+$",
    ),
    RunbookBlock(
        index=2,
        section="Diagnosis",
        kind="diagnose",
        line=31,
        script="kubectl -n shop logs deploy/shop --since=60s | grep -c 'connection pool exhausted'\n",
        expect=r"^\d{2,}$",
        context=True,
    ),
    RunbookBlock(
        index=3,
        section="Fix",
        kind="fix",
        line=48,
        script="kubectl -n shop set env deploy/shop CACHE_TTL=14400 CACHE_JITTER=1800\n"
        "kubectl -n shop rollout status deploy/shop --timeout=60s\n",
    ),
    RunbookBlock(
        index=4,
        section="Verification",
        kind="verify",
        line=57,
        script="curl -fsS http://prometheus.shop-monitoring:9090/api/v1/alerts"
        " | jq -r '.data.alerts[].labels.alertname'\n",
        expect="^$",
    ),
]

OUTPUTS = {
    1: (f"     17 12\n      3 13\n{HOSTILE}\n", 115.2, 117.9, 0, True),
    2: ("214\n", 118.0, 119.1, 0, True),
    3: ('deployment.apps/shop env updated\ndeployment "shop" successfully rolled out\n', 119.3, 131.4, 0, None),
    4: ("\n", 198.2, 199.0, 0, True),
}


def rules() -> list[ScaledRule]:
    """A rule of each class, and one that has to stay silent."""
    return [
        ScaledRule(
            name="DbPoolNearlyExhausted",
            line=6,
            form="exact",
            production_expr=f"max_over_time(({POOL})[15m:1m]) > 0.8",
            lab_expr=f"max_over_time(({POOL})[15s:1s]) > 0.8",
            production_for_s=180,
            lab_for_s=3,
            window_s=15,
            labels={"severity": "warning", "team": "database"},
        ),
        ScaledRule(
            name="LatencyAnomalyDetected",
            line=18,
            form="transformed",
            production_expr=f"{P95.replace('5s', '5m')} > 4 * {P95.replace('5s', '1h').replace(']', '] offset 1d')}",
            lab_expr=f"{P95.replace('5s', '15s')} > 4 * {P95.replace('5s', '15s').replace(']', '] offset 30s')}",
            production_for_s=120,
            lab_for_s=5,
            window_s=15,
            labels={"severity": "critical"},
            note="the baseline window is 15s where the factor says 60s: the story needs it",
        ),
        ScaledRule(
            name="PodCrashLoop",
            line=31,
            form="unscalable",
            production_expr="increase(kube_pod_container_status_restarts_total[15m]) > 3",
            lab_expr="increase(kube_pod_container_status_restarts_total[15m]) > 3",
            production_for_s=0,
            lab_for_s=0,
            window_s=900,
            labels={"severity": "critical"},
            note="restart back-off is Kubernetes' own clock",
        ),
    ]


def scenario_file(kind: RunKind) -> ScenarioFile:
    """scenario.json."""
    return ScenarioFile(
        name="cache-stampede",
        kind=kind,
        run_id="20251121T080000-cache-stampede",
        folder="scenarios/cache_stampede",
        content_hash="3f2a9c117de0",
        scenario=SCENARIO,
        story=STORY,
        runbook=RUNBOOK,
        blocks=BLOCKS,
        rules=rules(),
        clock=AlertClock(scrape_s=1, evaluation_s=1, group_wait_s=1, group_interval_s=5),
        versions=VERSIONS,
        lines={"healthy.0": 24, "bites.0": 31, "bites.1": 32, "proof.0": 34, "recovers.0": 41, "prevention": 50},
    )


def notifications() -> NotificationsFile:
    """notifications.json: both alerts arrive, and arrive again as resolved."""

    def one(after: float, status: Literal["firing", "resolved"], alert: str, receiver: str) -> Delivery:
        return Delivery(
            at=SPIKE + after,
            receiver=receiver,
            status=status,
            alert=alert,
            labels={"alertname": alert},
            starts_at=SPIKE,
        )

    return NotificationsFile(
        deliveries=[
            one(5.3, "firing", "DbPoolNearlyExhausted", "database-oncall"),
            one(9.4, "firing", "LatencyAnomalyDetected", "api-oncall"),
            one(29.1, "resolved", "LatencyAnomalyDetected", "api-oncall"),
            one(32.2, "resolved", "DbPoolNearlyExhausted", "database-oncall"),
        ],
        watchdog_at=EPOCH + 35,
    )


def events() -> list[Event]:
    """timeline.jsonl."""
    found = []
    for phase, begin, end, _ in PHASES:
        found.append(Event(at=EPOCH + begin, what="phase", phase=phase, mark="begin", title=phase.value))
        if phase is Phase.FAULT:
            found.append(Event(at=INJECTED, what="inject", phase=phase, title="warm every key"))
        found.append(Event(at=EPOCH + end, what="phase", phase=phase, mark="end", title=phase.value))
    return found


def checks(failed: str = "") -> list[Check]:
    """The judge's checks; the one named `failed` did not hold."""

    def one(name: str, group: str, verdict: Verdict, evidence: str, at: float | None = None) -> Check:
        return Check(name=name, group=group, held=name != failed, verdict=verdict, evidence=evidence, at=at)

    return [
        one("p95 under 50 ms", "healthy", Verdict.BASELINE_FAILED, "0.036 to 0.047 < 0.05 in all 12 samples"),
        one("the pool is exhausted", "bites", Verdict.NO_EFFECT, "1 > 0.95 first held", SPIKE + 1),
        one("Redis itself expired the keys", "proof", Verdict.NO_EFFECT, "300 > 200 first held", SPIKE),
        one("DbPoolNearlyExhausted fires", "detects", Verdict.NOT_DETECTED, "fired for 22 s", SPIKE + 4),
        one("DbPoolNearlyExhausted reaches database-oncall", "detects", Verdict.NOT_DETECTED, "delivered", SPIKE + 5.3),
        one("ApiDown stays inactive", "silent", Verdict.FALSE_ALARM, "no sample of ALERTS"),
        one("p95 under 200 ms", "recovers", Verdict.NOT_FIXED, "3.61 < 0.2 did not hold for 9 s, first", SPIKE + 64),
        one("nothing left over", "cleanup", Verdict.CLEANUP_FAILED, "no difference from the snapshot"),
    ]


def verdict_file(kind: RunKind, verdict: Verdict, failed: str) -> VerdictFile:
    """verdict.json."""
    return VerdictFile(
        scenario="cache-stampede",
        kind=kind,
        run_id="20251121T080000-cache-stampede",
        verdict=verdict,
        checks=checks(failed),
        phases=[PhaseTime(phase=p, floor_s=floor, actual_s=round(end - begin, 1)) for p, begin, end, floor in PHASES],
        wall_s=212.3,
        floor_s=170.2,
        overhead_s=42.1,
        ratio=1.247,
        onset_s=61.0,
        detect_s=64.0,
        notify_s=65.3,
        recover_s=71.6,
        resolve_s=SPIKE + 32.2 - FIXED,
        versions=VERSIONS,
    )


def write(
    root: Path,
    *,
    name: str = "20251121T080000-cache-stampede-incident",
    kind: RunKind = RunKind.INCIDENT,
    verdict: Verdict = Verdict.PASSED,
    failed: str = "",
) -> Path:
    """Put a whole run folder below `root`/runs, in place of an earlier one of that name, and return it."""
    path = root / "runs" / name
    shutil.rmtree(path, ignore_errors=True)
    return Path(shutil.copytree(_written(kind, verdict, failed), path))


@cache
def _written(kind: RunKind, verdict: Verdict, failed: str) -> Path:
    """Write a run folder once; writing each file through to the disk for every test would take minutes."""
    folder = RunFolder(Path(tempfile.mkdtemp(prefix="firedrill-sample-")))
    atexit.register(shutil.rmtree, folder.path, ignore_errors=True)
    folder.write("scenario.json", scenario_file(kind))
    folder.write("signals.json", signals(fault=kind is not RunKind.NO_FAULT))
    folder.write("notifications.json", notifications())
    folder.write("verdict.json", verdict_file(kind, verdict, failed))
    folder.write("cleanup.json", CleanupFile(undone=["delete namespace shop"], failed=[], differences=[]))
    for event in events():
        folder.append(event)
    for block in BLOCKS:
        output, begin, end, code, matched = OUTPUTS[block.index]
        stem = f"runbook/{block.index:02d}-{block.kind}"
        folder.write(
            f"{stem}.json",
            BlockResult(
                index=block.index,
                kind=block.kind,
                started=EPOCH + begin,
                ended=EPOCH + end,
                exit_code=code,
                expect=block.expect,
                matched=matched,
                context=block.context,
                output_bytes=len(output.encode()),
                truncated=False,
            ),
        )
        write_text(folder.path / f"{stem}.out", output)
    write_text(folder.path / "rules.scaled.yaml", "groups: []\n")
    write_text(folder.path / "journal.json", "{}\n")
    return folder.path
