"""An alert that fires before etcd's database reaches its quota, above which it refuses every write.

An alert says something else as soon as more stands beside the comparison, so only expressions that are the comparison
count, and what cannot be read is unknown. PromQL is not parsed here: the tool runs on the standard library and YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from tools import manifest_files
from tools.audit_hardening.finding import OK, OPEN, UNKNOWN, Finding
from tools.audit_hardening.objects import mapping

CHECK = "etcd-alert"
LATEST = 0.8
"""Share of the quota by which an alert has to fire; later there is no time left to find who writes."""
SIZE, QUOTA = "etcd_mvcc_db_total_size_in_bytes", "etcd_server_quota_backend_bytes"
_COMMENT = re.compile(r"#[^\n]*")
_LABELS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_WRAPS = re.compile(
    r"\b(?:(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)|(?:max|min|avg|last)_over_time)"
)
_MOST = re.compile(r"\b(?:max|min|avg|sum)\b")
_NUMBER = r"(?P<share>\d*\.?\d+)"
_FORMS = (
    (re.compile(rf"{SIZE}/{QUOTA}>=?{_NUMBER}"), 1.0),
    (re.compile(rf"(?:100\*{SIZE}/{QUOTA}|{SIZE}/{QUOTA}\*100|{SIZE}\*100/{QUOTA})>=?{_NUMBER}"), 100.0),
    (re.compile(rf"{SIZE}>=?(?:{_NUMBER}\*{QUOTA}|{QUOTA}\*(?P<behind>\d*\.?\d+))"), 1.0),
)


def check(paths: list[str], title: str) -> list[Finding]:
    """Whether the given rules hold such an alert.

    Args:
        paths: Prometheus rule files or PrometheusRule manifests, and folders of them.
        title: what the finding is about.

    Raises:
        tools.bad_input.BadInput: a path does not exist or is no YAML.
    """
    do = f"alert on {SIZE} / {QUOTA} > 0.7"
    if not paths:
        return [Finding(CHECK, UNKNOWN, title, "", "no alert rules were given", "name them with --rules")]
    alerts = list(_alerts(manifest_files.texts(paths)))
    about = [one for one in alerts if SIZE in one[2] and QUOTA in one[2]]
    shares = [(share(expression), place, name) for place, name, expression in about]
    timely = [one for one in shares if one[0] is not None and 0 < one[0] <= LATEST]
    if timely:
        at, place, name = timely[0]
        return [Finding(CHECK, OK, f"alert {name}", place, f"it fires at {at:.0%} of the quota")]
    late = [one for one in shares if one[0] is not None]
    if late:
        at, place, name = late[0]
        return [Finding(CHECK, OPEN, f"alert {name}", place, f"it fires at {at:.0%} of the quota, which is late", do)]
    if shares:
        _, place, name = shares[0]
        said = "it is about size and quota, and when it fires cannot be read from its expression"
        return [Finding(CHECK, UNKNOWN, f"alert {name}", place, said, do)]
    return [Finding(CHECK, OPEN, title, "", f"none of {len(alerts)} alerts compares etcd's size with its quota", do)]


def share(expression: str) -> float | None:
    """The share of the quota above which an expression holds, or None where it is not that comparison alone."""
    bare = _COMMENT.sub("", expression)
    for pattern in (_LABELS, _WRAPS, _MOST):
        bare = pattern.sub("", bare)
    bare = re.sub(r"[\s()]", "", bare)
    for form, whole in _FORMS:
        found = form.fullmatch(bare)
        if found:
            return float(next(one for one in found.groups() if one is not None)) / whole
    return None


def _alerts(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for name, text in texts:
        try:
            documents = list(yaml.safe_load_all(text))
            lines = text.splitlines()
        except yaml.YAMLError as error:
            raise manifest_files.no_yaml(name, error) from error
        for rule in (rule for one in documents if isinstance(one, dict) for rule in _rules(one)):
            if rule.get("alert"):
                yield _place(name, lines, str(rule["alert"])), str(rule["alert"]), str(rule.get("expr", ""))


def _rules(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rules of a rule file, of a PrometheusRule, and of each in a list."""
    for item in document.get("items") or []:
        if isinstance(item, dict):
            yield from _rules(item)
    holder = mapping(document.get("spec")) if document.get("kind") == "PrometheusRule" else document
    for group in holder.get("groups") or []:
        yield from (one for one in mapping(group).get("rules") or [] if isinstance(one, dict))


def _place(name: str, lines: list[str], alert: str) -> str:
    """The line that names the alert."""
    wanted = re.compile(rf"""\s*(?:-\s+)?\{{?\s*"?alert"?:\s*["']?{re.escape(alert)}["']?\s*[,}}]?.*""")
    return f"{name}:{next((n for n, line in enumerate(lines, 1) if wanted.fullmatch(line)), 1)}"
