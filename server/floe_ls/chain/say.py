"""What one layer says about a field: in writing, or by writing a block and leaving the field out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from floe_ls.chain.layers import Layer
from floe_ls.forms.document import At
from floe_ls.forms.reading import reading
from floe_ls.forms.tree import is_null
from floe_ls.schema.meta import Merge
from floe_ls.schema.shape import Shape
from floe_ls.syntax import nodes
from floe_ls.text import Span


@dataclass(frozen=True)
class Origin:
    """One layer's say about a leaf. `implied` says that the layer wrote the block at `at` but not the field, so
    that the field's default speaks."""

    layer: Layer
    at: At = field(repr=False)
    value: Any
    implied: bool = False

    @property
    def span(self) -> Span:
        return self.at.key_span

    @property
    def line(self) -> int:
        """From 0."""
        return self.layer.document.lines.position(self.span.start)[0]


class Say(NamedTuple):
    """An origin whose value was not read yet. An implied one has its default, and the block that implies it."""

    layer: Layer
    at: At
    implied: bool = False
    default: Any = None

    @property
    def is_mapping(self) -> bool:
        if self.implied:
            return isinstance(self.default, Mapping)
        return isinstance(self.at.node, nodes.Mapping)

    @property
    def is_null(self) -> bool:
        return not self.implied and is_null(self.at.node)

    def origin(self, shape: Shape | None) -> Origin:
        value = self.default if self.implied else reading(shape, self.at.node)
        return Origin(self.layer, self.at, value, self.implied)


def block(shape: Shape) -> Shape:
    """The shape of a field's block, where the field may also be something else."""
    if shape.kind != "union":
        return shape
    return next((option for option in shape.options if option.kind == "object"), shape)


def written(shape: Shape | None, say: Say) -> dict[str, Say]:
    """What a layer writes in a mapping, by canonical key."""
    if not isinstance(say.at.node, nodes.Mapping) or say.implied:
        return {}
    return {
        shape.canonical(str(key)) if shape else str(key): Say(say.layer, child)
        for key, child in say.at.children()
    }


def implied(shape: Shape, say: Say, present: Iterable[str]) -> dict[str, Say]:
    """What a layer says in a block without writing it: the defaults of the strengthen-only fields that it leaves
    out count as if they were written (catalogue 3.3)."""
    if not say.implied and say.at.entry is None:
        return {}  # the document itself is no block that somebody chose to write
    out: dict[str, Say] = {}
    for name, child in shape.fields.items():
        default = say.default.get(name) if say.implied else child.default
        if default is not None and name not in present and _may_bind(child):
            out[name] = Say(say.layer, say.at, True, default)
    return out


def is_strengthened(shape: Shape) -> bool:
    """Whether a lower layer may make a value stricter, never looser: where keys are merged one by one, that is
    said of a value that stands in place of the block."""
    merge = shape.inherit.merge
    return merge is Merge.STRENGTHEN or (merge is Merge.DEEP and shape.inherit.ordered)


def _may_bind(shape: Shape) -> bool:
    merge = shape.inherit.merge
    return merge is Merge.STRENGTHEN or (merge is Merge.DEEP and bool(block(shape).fields))
