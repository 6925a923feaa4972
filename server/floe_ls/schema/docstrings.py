"""The docstrings under the fields of a class, which Python reads and forgets.

Pydantic can find them as well, class by class; once for each module takes a third of the time.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache


def field_docs(owner: type) -> Mapping[str, str]:
    """The docstring under each field of a class; empty where its source cannot be read."""
    return _module_docs(owner.__module__).get(owner.__qualname__, {})


@lru_cache(maxsize=64)
def _module_docs(name: str) -> Mapping[str, Mapping[str, str]]:
    """Those of all classes of a module, by the classes' qualified names."""
    module = sys.modules.get(name)
    try:
        tree = ast.parse(inspect.getsource(module)) if module else None
    except (OSError, TypeError, SyntaxError):
        return {}
    return dict(_classes(tree.body, "")) if tree else {}


def _classes(body: list[ast.stmt], above: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            name = above + statement.name
            yield name, dict(_fields(statement))
            yield from _classes(statement.body, f"{name}.")
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes(statement.body, f"{above}{statement.name}.<locals>.")


def _fields(owner: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(owner.body, owner.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            yield field.target.id, inspect.cleandoc(text.value.value)
