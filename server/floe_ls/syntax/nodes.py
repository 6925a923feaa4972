"""The parts of a syntax tree: scalars, mappings, sequences, their entries, and documents.

Nothing here knows where in the text it stands: an entry's offset is kept by the collection that
holds it, and all that an entry owns is relative to that offset. An entry that an edit did not touch
is therefore the same object in the next tree. Nodes are not to be changed once they are made.
"""

from __future__ import annotations

from collections.abc import Sequence as Seq
from typing import TYPE_CHECKING

from floe_ls.syntax.scalars import resolve

if TYPE_CHECKING:
    from floe_ls.syntax.problems import Problem
    from floe_ls.syntax.scalars import ScalarValue


class Node:
    """A value or a key. `start` and `end` are relative to the entry that it belongs to."""

    __slots__ = ("anchor", "end", "start", "tag")

    start: int
    end: int
    tag: str | None
    anchor: str | None


class Scalar(Node):
    """`style` is '' (plain), '"', "'", '|', '>' or, for an alias of the anchor `text`, '*'."""

    __slots__ = ("style", "text")

    def __init__(
        self,
        start: int,
        end: int,
        text: str,
        style: str = "",
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.tag = tag
        self.anchor = anchor

    @property
    def value(self) -> ScalarValue:
        return resolve(self.text, self.style, self.tag)


class Collection(Node):
    """Its entries stand at the offsets `at`, relative to the entry that this node belongs to.

    `column` is where the entries of a block collection stand, -1 in brackets. A `flawed` one has
    problems below it; those of a collection in brackets are kept by the entry that it belongs to.
    """

    __slots__ = ("at", "column", "entries", "flawed", "flow")

    def __init__(
        self,
        start: int,
        end: int,
        entries: list[Entry],
        at: list[int],
        column: int,
        flow: bool,
        flawed: bool,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.entries = entries
        self.at = at
        self.column = column
        self.flow = flow
        self.flawed = flawed
        self.tag = tag
        self.anchor = anchor


class Mapping(Collection):
    __slots__ = ()


class Sequence(Collection):
    __slots__ = ()


class Entry:
    """A key with its value, or an item.

    `colon` is where the colon or dash ends, -1 without one; `rest` is what follows the value and
    should not. A `flawed` entry has `errors`, or there are some below it.
    """

    __slots__ = ("colon", "errors", "flawed", "key", "rest", "value")

    def __init__(
        self,
        key: Node | None,
        value: Node | None,
        colon: int,
        rest: Node | None = None,
        errors: Seq[Problem] = (),
        flawed: bool = False,
    ) -> None:
        self.key = key
        self.value = value
        self.colon = colon
        self.rest = rest
        self.errors = errors
        self.flawed = flawed

    @property
    def start(self) -> int:
        """Where its first node starts."""
        return min((n.start for n in (self.key, self.value) if n is not None), default=0)

    @property
    def end(self) -> int:
        """Where its last node, its colon or dash ends."""
        ends = [n.end for n in (self.key, self.value, self.rest) if n is not None]
        return max(0, self.colon, *ends)


class Document:
    """One document of a stream: an entry, its offset, and the tag handles that it declares."""

    __slots__ = ("at", "entry", "handles")

    def __init__(self, at: int, entry: Entry, handles: frozenset[str]) -> None:
        self.at = at
        self.entry = entry
        self.handles = handles

    @property
    def root(self) -> Node | None:
        return self.entry.value
