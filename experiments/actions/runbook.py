"""One block of the runbook, run as the on-call engineer in the toolbox."""

from __future__ import annotations

from chaoslib.exceptions import ActivityFailed

from cluster.errors import LabError
from experiments.play.played import Configuration
from experiments.play.secrets import learn_again
from experiments.play.session import session_of
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.kinds import RunKind


def run_block(index: int, configuration: Configuration) -> None:
    """Run block `index` of RUNBOOK.md; its result and output are in the run folder when this returns.

    Raises:
        ActivityFailed: it ended non-zero or at its limit, or the evidence it expects was not in its output; in a
            no-fault run that the evidence was there.
        LabError: the toolbox could not run it.
    """
    session = session_of(configuration)
    block = _block(session.file.blocks, index)
    title = f"{block.kind}: {block.section}"
    session.recorder.event("block", title, mark="begin", index=index, kind=block.kind)
    stem = f"runbook/{index:02d}-{block.kind}"
    learn_again(session)  # the fault may have made or rotated a Secret
    following = next((one for one in session.file.blocks if one.index > index), None)
    result = session.toolbox.run(block, block.limit_s, session.folder.path / f"{stem}.out", following)
    if learn_again(session):  # and so may the block itself
        session.folder.redact_again(f"{stem}.out")
    session.folder.write(f"{stem}.json", result)
    problem = failure(result)
    session.recorder.event(
        "block", title, mark="end", held=not problem,
        index=index, kind=block.kind, exit_code=result.exit_code, matched=result.matched,
    )  # fmt: skip
    if block.kind in ("mitigate", "fix"):
        session.marks.fixed = result.ended
    if session.file.kind is RunKind.NO_FAULT:
        problem = "its evidence is there without the fault" if result.matched and not block.context else ""
    if problem:
        session.failed = f"{title} (RUNBOOK.md:{block.line}): {problem}"
        raise ActivityFailed(session.failed)


def failure(result: BlockResult) -> str:
    """Why a block counts as failed, in words; empty where it does not."""
    if result.exit_code is None:
        return "killed at its limit"
    if result.exit_code != 0:
        return f"exit code {result.exit_code}"
    if result.matched is False:
        return f"its output does not match {result.expect!r}"
    return ""


def _block(blocks: list[RunbookBlock], index: int) -> RunbookBlock:
    found = next((block for block in blocks if block.index == index), None)
    if found is None:
        raise LabError(f"RUNBOOK.md has no block {index}; was it edited after the experiment was exported?")
    return found
