"""Where the arguments of a call stand in an author's Python file."""

from __future__ import annotations

import ast
from collections.abc import Sequence


class FieldLines:
    """The lines of the keyword arguments of one call."""

    def __init__(self, call: ast.Call | None, line: int) -> None:
        self._line = line
        self._arguments = {k.arg: k.value for k in call.keywords if k.arg} if call else {}

    @classmethod
    def of_call_on(cls, text: str, line: int) -> FieldLines:
        """Of the outermost call that begins on a line of valid Python."""
        calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and n.lineno == line]
        return cls(calls[0] if calls else None, line)

    @classmethod
    def of_scenario(cls, text: str) -> FieldLines:
        """Of the call that is assigned to SCENARIO in valid Python."""
        for node in ast.parse(text).body:
            if isinstance(node, ast.AnnAssign):
                targets: list[ast.expr] = [node.target]
            elif isinstance(node, ast.Assign):
                targets = node.targets
            else:
                continue
            if any(isinstance(target, ast.Name) and target.id == "SCENARIO" for target in targets):
                return cls(node.value if isinstance(node.value, ast.Call) else None, node.lineno)
        return cls(None, 1)

    def line(self, location: Sequence[str | int]) -> int:
        """The line of a field, or of the element of a list in it; the call's own where it is not written there."""
        if not location or location[0] not in self._arguments:
            return self._line
        value = self._arguments[str(location[0])]
        if isinstance(value, ast.List | ast.Tuple) and len(location) > 1 and isinstance(location[1], int):
            return value.elts[location[1]].lineno if location[1] < len(value.elts) else value.lineno
        return value.lineno
