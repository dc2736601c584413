"""A finished drill on top of the sample run: the same stampede, but a person is paged and takes some time.

Times are told in seconds since the page; `PAGED` is its moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from experiments.record.drill import (
    FOLDER,
    CardFile,
    Cause,
    Command,
    Finding,
    LiveFile,
    Look,
    Move,
    Said,
    Sample,
    Signal,
)
from experiments.record.files import ConditionSamples, SignalsFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Mode, RunKind, Verdict
from tests.unit.reports import sample_run
from tests.unit.reports.sample_signals import END, SPIKE, START
from tests.unit.reports.sample_story import RUNBOOK

PAGED = SPIKE + 5.3
MITIGATED, RECOVERED = 60.0, 70.0
"""From when on the samples say that users were served, and that the system had recovered."""
NAME = "20251121T090000-cache-stampede-drill"
REFERENCE = "20251120T080000-cache-stampede-incident"
PLAYER = "heron"


def said(after: float, what: str, text: str = "", *, of: str = "", reasons: Sequence[str] = (), id: str = "") -> Said:
    """One line of desk.jsonl."""
    fields = {"id": id or f"s{after:g}-{what}", "at": PAGED + after, "what": what, "text": text, "of": of}
    return Said.model_validate({**fields, "reasons": list(reasons)})


def move(after: float, what: str, text: str = "", *, of: str = "", id: str = "", role: str = "trainee") -> Move:
    """One line of moves.jsonl."""
    fields = {"id": id or f"m{after:g}-{what}", "at": PAGED + after, "by": PLAYER, "role": role, "what": what}
    return Move.model_validate({**fields, "text": text, "of": of})


def ran(after: float, command: str, exit_code: int = 0, took_s: float = 0.4) -> Command:
    """One line of commands.jsonl."""
    return Command(at=PAGED + after, command=command, exit_code=exit_code, took_s=took_s)


SILENCED = Finding(
    kind="alert-silenced", thing="alert DbPoolNearlyExhausted", text="is silenced until 09:40 by heron", refuses=True
)
LITTER = Finding(kind="collateral", thing="deployment shop/worker", text="1 replica, deployed were 2", refuses=False)

BEFORE = [
    said(-109, "deploying"),
    said(-84, "baseline"),
    said(-71, "waiting"),
    said(-5.3, "bitten"),
    said(0, "paged", "DbPoolNearlyExhausted"),
]
DESK = [
    *BEFORE,
    said(20, "asks", "How long until customers can pay again?", id="q1"),
    said(54, "judging", of="d1"),
    said(56, "refused", of="d1", reasons=["alert DbPoolNearlyExhausted: is silenced until 09:40 by heron"]),
    said(75, "judging", of="d2"),
    said(85, "accepted", of="d2"),
    said(85.1, "ended", "accepted"),
    said(94, "closed"),
]
MOVES = [
    move(8.2, "acknowledge"),
    move(12, "severity", "SEV2"),
    move(20, "hypothesis", "the database is too small"),
    move(25, "diagnosis", "2"),
    move(40, "answer", "We see it, next news in ten minutes.", of="q1"),
    move(48, "hint", "1"),
    move(53, "declare", id="d1"),
    move(58, "diagnosis", "0"),
    move(62, "mitigated"),
    move(64, "status", "Customers can pay again, we look for what is left."),
    move(68, "note", "keys have lifetimes of their own now"),
    move(74, "declare", id="d2"),
]
LOOKS = [
    Look(at=PAGED + 55, of="d1", findings=[SILENCED]),
    Look(at=PAGED + 84, of="d2", findings=[LITTER]),
    Look(at=PAGED + 86, of="", findings=[LITTER]),
]
COMMANDS = [
    ran(14, "kubectl -n shop get pods"),
    ran(22, "psql -h postgres.shop -c 'select count(*) from pg_stat_activity'", 2, 3.1),
    ran(44, "redis-cli -h redis.shop -a [redacted] ttl product:17"),
    ran(59, "kubectl -n shop set env deploy/shop CACHE_TTL=14400 CACHE_JITTER=1800", took_s=0.9),
    ran(60.2, "kubectl -n shop rollout status deploy/shop", took_s=9.3),
]


def card(*, mode: Mode = Mode.GUIDED, player: str = PLAYER, limit_s: float = 900.0, run_id: str = NAME) -> CardFile:
    """card.json; the true cause has the id 0."""
    return CardFile(
        run_id=run_id,
        scenario="cache-stampede",
        title="Every cache key expires in the same minute",
        mode=mode,
        player=player,
        namespaces=["shop"],
        symptoms="- Paying takes seconds, now and then it fails.",
        hints=["What do all the slow requests share?", "Look at lifetimes.", "Compare two keys."],
        causes=[
            Cause(id=0, text="Every key of the cache expires at the same moment", true=True),
            Cause(id=1, text="The database has lost an index", true=False),
            Cause(id=2, text="The pool is too small for the load", true=False),
        ],
        debrief="Every key got the *same* lifetime in one roll-out. Jitter spreads them.",
        runbook=RUNBOOK if mode is Mode.GUIDED else None,
        limit_s=limit_s,
        signals=[Signal(id="recovers.0", title="p95 under 200 ms", unit="s", limit=0.2)],
    )


def write(
    root: Path,
    *,
    name: str = NAME,
    desk: Sequence[Said] = DESK,
    moves: Sequence[Move] = MOVES,
    looks: Sequence[Look] = LOOKS,
    commands: Sequence[Command] = COMMANDS,
    card_file: CardFile | None = None,
    mitigated: float | None = MITIGATED,
    recovered: float | None = RECOVERED,
    verdict: Verdict = Verdict.PASSED,
    failed: str = "",
) -> Path:
    """Put a finished drill below `root`/runs, and return its folder.

    Args:
        root: a folder, as for the sample run.
        name: of the run folder.
        desk, moves, looks, commands: the lines of the drill's files.
        card_file: None for `card()`.
        mitigated, recovered: seconds after the page from which on the samples say so; None where they never do.
        verdict, failed: of the run, and the check that did not hold.
    """
    path = sample_run.write(root, name=name, kind=RunKind.DRILL, verdict=verdict, failed=failed)
    for block in (path / "runbook").iterdir():
        block.unlink()
    (path / "runbook").rmdir()
    folder = RunFolder(path)
    folder.write("signals.json", _signals(folder, mitigated, recovered))
    folder.write(f"{FOLDER}/card.json", card_file or card(run_id=name))
    live = LiveFile(at=END)
    folder.write(f"{FOLDER}/live.json", live)
    samples = [Sample(at=START + n, values={"recovers.0": 0.04}) for n in range(0, int(END - START), 10)]
    files: dict[str, Sequence[BaseModel]] = {
        "desk": desk, "moves": moves, "looks": looks, "commands": commands, "samples": samples
    }  # fmt: skip
    for stem, lines in files.items():
        text = "".join(f"{line.model_dump_json()}\n" for line in lines)
        (path / FOLDER / f"{stem}.jsonl").write_text(text, encoding="utf-8")
    return path


def write_reference(root: Path, name: str = REFERENCE) -> Path:
    """Put the run that the drill is compared with beside it: paged 65.3 s after the injection, fixed 22.1 s later."""
    return sample_run.write(root, name=name)


def _signals(folder: RunFolder, mitigated: float | None, recovered: float | None) -> SignalsFile:
    """The sample run's signals, with a harm that lasts until somebody ends it."""
    signals = folder.read("signals.json", SignalsFile)
    conditions = [
        one.model_copy(update={"left": _harmed(one, recovered)})
        if one.group in ("healthy", "bites", "recovers")
        else one
        for one in signals.conditions
    ]
    waiting = _harmed(next(one for one in conditions if one.group == "recovers"), mitigated)
    conditions.append(
        ConditionSamples(
            id="mitigated.0",
            group="mitigated",
            title="no request waits for a connection",
            expr="sum(db_pool_waiting) < 1",
            op="<",
            left=[(at, value * 10) for at, value in waiting],
            right=[(at, 1.0) for at, _ in waiting],
        )
    )
    return signals.model_copy(update={"conditions": conditions})


def _harmed(condition: ConditionSamples, until: float | None) -> list[tuple[float, float]]:
    """A harmed left side between the spike and `until` (seconds after the page), a quiet one before and after."""
    end = END + 1 if until is None else PAGED + until
    ill, well = (0.99, 0.05) if condition.group == "bites" else (3.6, 0.04)
    return [(at, ill if SPIKE + 1 <= at < end else well) for at, _ in condition.left]
