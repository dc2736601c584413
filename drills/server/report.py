"""The run's report, read only, once the drill is over."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse, PlainTextResponse, Response

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups"
)
"""report.html is one file with its styles inside; it runs nothing."""

_PLAIN = frozenset({".json", ".jsonl", ".md", ".out", ".txt", ".xml", ".yaml"})
_FOLDERS = frozenset({".", "runbook"})


def report_file(run: Path, name: str, *, over: bool) -> Response:
    """A file of the run folder that the report names; 404 for everything else, and for all before the end.

    Args:
        run: the run folder.
        name: relative to it; empty: report.html.
        over: whether the drill has ended.
    """
    wanted = Path(name or "report.html")
    path = run / wanted
    fits = (
        over
        and not wanted.is_absolute()
        and str(wanted.parent) in _FOLDERS
        and not wanted.name.startswith(".")
        and (wanted.suffix in _PLAIN or str(wanted) == "report.html")
        and path.is_file()
        and not path.is_symlink()
    )
    if not fits:
        return PlainTextResponse("There is no such page, or not yet.", 404)
    html = wanted.suffix == ".html"
    return FileResponse(
        path,
        media_type="text/html; charset=utf-8" if html else "text/plain; charset=utf-8",
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"},
    )
