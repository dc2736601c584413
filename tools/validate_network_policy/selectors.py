"""Label selectors, as the API defines them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.bad_input import BadInput


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector selects these labels; an empty one selects everything.

    Raises:
        BadInput: an operator that the API does not have.
    """
    selector = selector or {}
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != str(value) for key, value in wanted.items()):
        return False
    return all(_expression(one, labels) for one in selector.get("matchExpressions") or [])


def _expression(one: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = one.get("key", ""), [str(value) for value in one.get("values") or []]
    match one.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise BadInput(f"a selector has the operator {one.get('operator')!r}; there are In, NotIn, Exists, DoesNotExist")
