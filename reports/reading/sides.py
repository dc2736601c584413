"""A condition's expression cut at its comparison, for showing; nothing is judged by it."""

from __future__ import annotations


def sides(expr: str, op: str) -> tuple[str, str]:
    """The left side, and the comparison with its right side.

    The cut is at the last `op` outside of brackets and quotes; where there is none (SQL, an object's field), all of
    the expression is the left side.
    """
    depth, quote, cut = 0, "", None
    for index, letter in enumerate(expr):
        if quote:
            quote = "" if letter == quote and expr[index - 1] != "\\" else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif depth == 0 and op and expr.startswith(f" {op} ", index):
            cut = index
    return (expr, "") if cut is None else (expr[:cut].strip(), expr[cut:].strip())
