"""The parts that canonical trees are made of: the syntax tree's own nodes, arranged anew.

A canonical tree shares with the syntax tree every entry in which nothing is spelled differently. Where something
is, a `Folded` entry stands in, made of the author's own key and value nodes: positions stay the author's.
Positions are relative, as in the syntax tree: an entry's to `base`, the sum of the `at` on the way to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from floe_ls.schema.meta import By
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.text import Span


class Folded(Entry):
    """An entry that stands elsewhere, or otherwise, in the author's text: `written` is the path there."""

    __slots__ = ("written",)

    def __init__(
        self, key: Node | None, value: Node | None, colon: int, written: tuple[str, ...]
    ) -> None:
        super().__init__(key, value, colon)
        self.written = written


@dataclass(frozen=True)
class Note:
    """Something that folding noticed about how a value is spelled."""

    code: str
    severity: By
    span: Span
    message: str
    replacement: str | None = None
    """Text that mends it, in place of what stands at `edit` (or at `span`)."""
    title: str = ""
    edit: Span | None = None


def named(name: str, like: Node | None, start: int = 0) -> Scalar:
    """A key that nobody wrote, at the place of the node that implies it."""
    if like is None:
        return Scalar(start, start, name)
    return Scalar(like.start, like.end, name)


def mapping(pairs: list[tuple[int, Entry]], like: Node | None) -> Mapping:
    """A mapping of entries at offsets, in the place of `like`."""
    start, end = (like.start, like.end) if like is not None else (0, 0)
    entries = [entry for _, entry in pairs]
    return Mapping(start, end, entries, [at for at, _ in pairs], _column(like), True, False)


def sequence(nodes: list[tuple[int, Node]], like: Node) -> Sequence:
    entries = [Entry(None, node, -1) for _, node in nodes]
    return Sequence(
        like.start, like.end, entries, [at for at, _ in nodes], _column(like), True, False
    )


def _column(like: Node | None) -> int:
    return like.column if isinstance(like, Collection) else -1


def key_of(entry: Entry) -> str | None:
    return entry.key.text if isinstance(entry.key, Scalar) else None


def pairs(node: Node | None) -> Iterator[tuple[int, Entry]]:
    """The entries of a collection with their offsets."""
    if isinstance(node, Collection):
        yield from zip(node.at, node.entries, strict=True)


def find(node: Node | None, key: str) -> tuple[int, Entry] | None:
    """An entry of a mapping with its offset; the last one of that name, as floe's loader takes it."""
    if not isinstance(node, Mapping):
        return None
    number = len(node.entries)
    for entry in reversed(node.entries):
        number -= 1
        if isinstance(entry.key, Scalar) and entry.key.text == key:
            return node.at[number], entry
    return None


def text_of(node: Node | None) -> str | None:
    """The text of a scalar that is a string."""
    if isinstance(node, Scalar) and node.style != "*" and isinstance(node.value, str):
        return node.value
    return None


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def is_null(node: Node | None) -> bool:
    if node is None:
        return True
    if type(node) is not Scalar:
        return False
    if node.tag is not None:
        return node.value is None
    return node.style == "" and node.text in _NULLS


def moved(node: Node, by: int) -> Node:
    """The same node as seen from an entry that stands `by` before its own."""
    if not by:
        return node
    if isinstance(node, Scalar):
        return Scalar(node.start + by, node.end + by, node.text, node.style, node.tag, node.anchor)
    assert isinstance(node, Collection)
    return type(node)(
        node.start + by,
        node.end + by,
        node.entries,
        [at + by for at in node.at],
        node.column,
        node.flow,
        node.flawed,
        node.tag,
        node.anchor,
    )
