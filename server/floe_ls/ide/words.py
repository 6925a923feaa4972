"""How messages speak of shapes and values: what is there, what belongs there, and how much of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from floe_ls.forms.reading import loaded
from floe_ls.schema.meta import Dialect, Tier
from floe_ls.schema.shape import ANY_STEP, Shape
from floe_ls.syntax.nodes import Mapping, Node, Scalar, Sequence

TIER_WORDS = {
    Tier.ENTERPRISE: "an enterprise manifest",
    Tier.DOMAIN: "a domain manifest",
    Tier.PLATFORM: "a manifest without scope",
    Tier.PRODUCT: "a data product",
}
DIALECT_WORDS = {
    Dialect.ADR: "the ADR's short form",
    Dialect.DESIGN: "floe's design documents",
    Dialect.V1: "the released form",
}


def place(shape: Shape, tier: Tier) -> str:
    """An object, as the start of a sentence about what it needs."""
    if not shape.path:
        words = TIER_WORDS[tier]
        return words[0].upper() + words[1:]
    if shape.path[-1] == ANY_STEP:
        return f"Each entry of `{_below(shape.path[:-1])}`"
    return f"`{_below(shape.path)}`"


def inside(shape: Shape) -> str:
    """Where an object is, behind `key`: empty for the document itself."""
    if not shape.path:
        return ""
    if shape.path[-1] == ANY_STEP:
        return f" in an entry of `{_below(shape.path[:-1])}`"
    return f" in `{_below(shape.path)}`"


def _below(path: tuple[str, ...]) -> str:
    """A path as people call it: what follows the last list or map in it."""
    start = max((i + 1 for i, step in enumerate(path) if step == ANY_STEP), default=0)
    return ".".join(path[start:]) or ".".join(step for step in path if step != ANY_STEP)


def what(node: Node) -> str:
    """What a node is, as in: `compute` is …"""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    assert isinstance(node, Scalar)
    value = loaded(node)
    return f"the text {shown(value)}" if isinstance(value, str) and value else shown(value)


def shown(value: Any) -> str:
    """A scalar's value, with what it is taken for."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {number(value)}"
    if isinstance(value, datetime.datetime):
        return f"the moment {value.isoformat()}"
    if isinstance(value, datetime.date):
        return f"the date {value.isoformat()}"
    return f"`{short(str(value))}`" if value else "an empty text"


def must(shape: Shape, dialect: Dialect) -> str:
    """What a field must be, as in: `compute` is a list, but …"""
    if shape.category is not None:
        return "a plugin is written as its name, or as a mapping with `type`"
    names = [field.name for field in shape.fields.values() if dialect in field.dialects]
    if shape.kind == "object" and names:
        return f"must be a mapping with keys such as {every(names[:5])}"
    if shape.choices:
        return f"must be {one_of(shape.choices)}"
    return f"must be {article(shape)}{_limits(shape)}"


def wants(shape: Shape) -> str:
    """What a field is for, as a sentence that goes on after a colon."""
    if shape.choices:
        return f"{one_of(shape.choices)}."
    first = " ".join(shape.doc.split("\n\n")[0].split()).split(". ")[0].rstrip(".")
    if not first:
        return f"{article(shape)}."
    return f"{first if first[:2].isupper() else first[0].lower() + first[1:]}."


def article(shape: Shape) -> str:
    match shape.kind:
        case "list":
            return f"a list of {_plural(shape.item)}"
        case "object" | "map":
            return "a mapping"
        case "int":
            return "a whole number"
        case "float":
            return "a number"
        case "bool":
            return "true or false"
        case "date":
            return "a date such as 2030-12-31"
        case "datetime":
            return "a date and time such as 2030-12-31T12:00:00Z"
        case "union":
            return " or ".join(dict.fromkeys(article(option) for option in shape.options))
    return "a text"


_PLURALS = {
    "str": "texts",
    "int": "whole numbers",
    "float": "numbers",
    "object": "mappings",
    "map": "mappings",
    "list": "lists",
}


def _plural(shape: Shape | None) -> str:
    return _PLURALS.get(shape.kind, "values") if shape else "values"


def _limits(shape: Shape) -> str:
    if shape.kind not in ("int", "float") or (shape.minimum is None and shape.maximum is None):
        return ""
    return f", {interval(shape.minimum, shape.maximum)}"


def interval(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {number(low)} to {number(high)}"
    return f"{number(low)} or more" if low is not None else f"{number(high or 0)} or less"


def number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)


def every(words: Iterable[Any], last: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{word}`" for word in words]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)


def one_of(words: Iterable[Any]) -> str:
    """`a`, `b` or `c`."""
    return every(words, "or")


def count(size: int, noun: str) -> str:
    plural = "entries" if noun == "entry" else f"{noun}s"
    return f"one {noun}" if size == 1 else f"{size:,} {plural}"


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def ago(seconds: float) -> str:
    """How long something is past."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"
