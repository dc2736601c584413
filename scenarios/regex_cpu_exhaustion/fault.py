"""The rule of that day, as its release applies it: to all replicas at once."""

from __future__ import annotations

from firedrill.faults import objects

NAME = "xss-100135"

# The group, and both `.*` behind it, take the same characters: there are many ways to divide a value among them.
# All are tried where no `=` follows, from each place on: the time grows with about the fourth power of the length.
RULE = (
    r"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|\`|\-|\+)+[)]*;?"
    r"((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"
)

RELEASE = objects.apply(
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "waf-rules"}, "data": {NAME: RULE}},
    namespace="edge",
)
