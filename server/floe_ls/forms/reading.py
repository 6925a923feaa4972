"""What a value means to floe, whose loader reads YAML 1.1 and whose models are lenient about types."""

from __future__ import annotations

from typing import Any

from floe_ls.forms.document import plain
from floe_ls.forms.tree import is_null
from floe_ls.schema.shape import Shape
from floe_ls.schema.typed import WRONG, typed
from floe_ls.syntax.nodes import Collection, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.scalars import tagged11, yaml11

_TAGS = frozenset({"!!null", "!!bool", "!!int", "!!float", "!!timestamp"})
_LENIENT = frozenset({"bool", "int", "float", "str"})


def loaded(node: Scalar) -> Any:
    """A scalar as floe's loader reads it: PyYAML, YAML 1.1."""
    if node.style == "*":
        return None
    if node.tag:
        return tagged11(node.text, node.tag) if node.tag in _TAGS else node.value
    return yaml11(node.text) if node.style == "" else node.value


def reading(shape: Shape | None, node: Node | None) -> Any:
    """A value as floe's models take it: `yes` and `"true"` are true where a truth value belongs. What floe
    would refuse is read as it was meant, by YAML 1.2."""
    if shape is None or not isinstance(node, Scalar) or shape.kind not in _LENIENT:
        return plain(node)
    for value in (loaded(node), node.value):
        read = typed(shape, value)
        if read is not WRONG and (not shape.choices or read in shape.choices):
            return read
    return plain(node)


def data(shape: Shape | None, node: Node | None) -> Any:
    """A node as the plain data that floe's loader makes of it. Keys that the shape knows in another spelling are
    canonical."""
    if isinstance(node, Scalar):
        return loaded(node)
    if isinstance(node, Sequence):
        item = shape.child(0) if shape else None
        return [data(item, entry.value) for entry in node.entries]
    out: dict[Any, Any] = {}
    for entry in node.entries if isinstance(node, Collection) else ():
        key = entry.key
        if isinstance(key, Scalar):
            child = shape.child(key.text) if shape else None
            out[shape.canonical(key.text) if child and shape else loaded(key)] = data(
                child, entry.value
            )
    return out if node is not None else None


def fits(shape: Shape, node: Node) -> bool:
    """Whether a node is of the sort that a shape wants."""
    match shape.kind:
        case "any":
            return True
        case "object" | "map":
            return isinstance(node, Mapping)
        case "list":
            return isinstance(node, Sequence)
        case "union":
            return any(fits(option, node) for option in shape.options)
    if is_null(node):
        return shape.nullable
    return isinstance(node, Scalar) and typed(shape, loaded(node)) is not WRONG
