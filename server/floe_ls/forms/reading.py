"""What a value means to floe, whose loader reads YAML 1.1 and whose models are lenient about types."""

from __future__ import annotations

from typing import Any

from floe_ls.forms.document import plain
from floe_ls.schema.shape import Shape
from floe_ls.schema.typed import WRONG, typed
from floe_ls.syntax.nodes import Node, Scalar
from floe_ls.syntax.scalars import yaml11

_LENIENT = frozenset({"bool", "int", "float", "str"})


def loaded(node: Scalar) -> Any:
    """A scalar as floe's loader reads it: PyYAML, YAML 1.1."""
    if node.style == "*":
        return None
    if node.style == "" and not node.tag:
        return yaml11(node.text)
    return node.value


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
