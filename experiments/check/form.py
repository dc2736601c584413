"""scenario.py as a value: short, and nothing in it that decides or repeats."""

from __future__ import annotations

import ast

from experiments.source.problem import Problem

LONGEST = 70
_LOGIC: tuple[tuple[type[ast.AST], str], ...] = (
    (ast.FunctionDef, "a function"),
    (ast.AsyncFunctionDef, "a function"),
    (ast.ClassDef, "a class"),
    (ast.Lambda, "a lambda"),
    (ast.If, "an if"),
    (ast.IfExp, "an if"),
    (ast.Match, "a match"),
    (ast.For, "a loop"),
    (ast.While, "a loop"),
    (ast.ListComp, "a comprehension"),
    (ast.SetComp, "a comprehension"),
    (ast.DictComp, "a comprehension"),
    (ast.GeneratorExp, "a comprehension"),
    (ast.Try, "a try"),
    (ast.With, "a with"),
    (ast.NamedExpr, "an assignment inside an expression"),
    (ast.AugAssign, "an assignment that changes a name"),
    (ast.Delete, "a del"),
)


def form_problems(text: str, file: str) -> list[Problem]:
    """A scenario.py that is too long, holds logic, or does more at its top than import and assign.

    Args:
        text: valid Python.
        file: its name in problems.
    """
    length = len(text.splitlines())
    problems = (
        [Problem(file, LONGEST + 1, f"{length} lines; a scenario is at most {LONGEST}")] if length > LONGEST else []
    )
    tree = ast.parse(text)
    logic = {id(node): what for node in ast.walk(tree) for kind, what in _LOGIC if isinstance(node, kind)}
    for node in ast.walk(tree):
        if id(node) in logic and isinstance(node, ast.stmt | ast.expr):
            problems.append(Problem(file, node.lineno, f"{logic[id(node)]}: scenario.py is a value and holds no logic"))
    for n, statement in enumerate(tree.body):
        plain = isinstance(statement, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign)
        if not plain and id(statement) not in logic and not (n == 0 and _is_docstring(statement)):
            problems.append(Problem(file, statement.lineno, "only imports and assignments stand here"))
    return problems


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
