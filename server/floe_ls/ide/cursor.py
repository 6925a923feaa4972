"""Where the cursor is, in canonical terms: on which key or value of which field, or where a new one would go.

The tree's own `locate` says which keys lead to a place. This module adds what the fields know: that a word below an
empty `compute:` begins a key, that one behind it names a plugin, and which text a completion would replace.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from floe_ls.forms.document import At, Document
from floe_ls.forms.tree import Folded, is_null, key_of, pairs
from floe_ls.schema.meta import Dialect, Role
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax.comments import comment_at
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.text import Span

INDENT = 2
"""Columns by which a new block stands further in than its key."""


class Place(StrEnum):
    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True)
class Cursor:
    """What belongs where the cursor is."""

    document: Document = field(repr=False)
    offset: int
    place: Place
    path: Path
    """Canonical path: of the mapping where a key belongs, else of the value."""
    shapes: tuple[Shape, ...]
    """What may stand at `path`; several where it depends on what else is written."""
    word: Span
    """What a completion replaces: the word at the cursor; an empty span where there is none yet."""
    column: int
    """Where the keys of the mapping stand, or the value starts."""
    lead: str = ""
    """What must be written before a new word: a space behind a colon, a dash, a line break."""
    quote: str = ""
    """The quote in which the word stands; `word` has no quotes in it."""
    closed: bool = True
    """Whether that quote is closed behind the word."""
    flow: bool = False
    """Whether it is within brackets, where no new line begins a block."""
    colon: bool = False
    """Whether the word is a key that has its colon."""
    bracket: bool = False
    """Whether a list belongs here that the word is an item of, so that it needs its brackets."""

    @property
    def shape(self) -> Shape | None:
        return self.shapes[0] if self.shapes else None

    @property
    def typed(self) -> str:
        """What is written of the word before the cursor."""
        return self.document.text[self.word.start : self.offset]

    @cached_property
    def line_indent(self) -> int:
        """Columns of white space with which the cursor's line begins, up to the word."""
        start = self.document.lines.starts[_line(self.document, self.word.start)]
        before = self.document.text[start : self.word.start]
        return len(before) - len(before.lstrip(" "))

    @cached_property
    def at(self) -> At | None:
        """What is written at `path`, in the canonical tree."""
        return at_path(self.document, self.path, self.shapes[0] if self.shapes else None)

    @cached_property
    def present(self) -> frozenset[str]:
        """The canonical keys of the mapping, without the one at the cursor."""
        if self.at is None:
            return frozenset()
        shape = self.shape
        return frozenset(
            shape.canonical(str(key)) if shape else str(key)
            for key, child in self.at.children()
            if not (child.key_span.start <= self.offset <= child.key_span.end)
        )


@dataclass(frozen=True)
class Token:
    """The key or value that the cursor is on."""

    document: Document = field(repr=False)
    span: Span
    path: Path
    """Canonical path of the entry."""
    shapes: tuple[Shape, ...]
    on_key: bool
    text: str
    """The key, or the value, as written."""
    written: Path = ()
    """The author's path of the entry."""

    @property
    def shape(self) -> Shape | None:
        return self.shapes[0] if self.shapes else None


# --- from offsets


def cursor_at(document: Document, root: Shape, offset: int) -> Cursor | None:
    """Where the cursor is; None in comments, and where nothing can be added."""
    offset = max(0, min(offset, len(document.text)))
    if comment_at(document.tree, offset) is not None or not _in_first(document, offset):
        return None
    here = _here(document, offset)
    if here is None:
        return None
    if here.wants_key and (not isinstance(here.node, Scalar) or is_null(here.node)):
        return _key_place(document, root, here)
    return _value_place(document, root, here)


def token_at(document: Document, root: Shape, offset: int) -> Token | None:
    """The key or scalar value at an offset; None elsewhere."""
    offset = max(0, min(offset, len(document.text)))
    if comment_at(document.tree, offset) is not None or not _in_first(document, offset):
        return None
    here = _here(document, offset)
    if here is None:
        return None
    base, entry, steps = here.base, here.entry, here.steps
    if here.wants_key and not isinstance(here.node, Scalar):
        found = _entry_at(here.node, base, offset)
        if found is None:
            return None
        base, entry = found
        key = entry.key
        if not isinstance(key, Scalar) or not base + key.start <= offset <= base + key.end:
            return None
        written = (*steps, key.text)
        path = canonical_path(document, root, written)
        span = Span(base + key.start, base + key.end)
        return Token(document, span, path, shapes_at(document, root, path), True, key.text, written)
    value = here.node
    if not isinstance(value, Scalar) or is_null(value):
        return None
    span = Span(base + value.start, base + value.end)
    if not span.start <= offset <= span.end:
        return None
    path = canonical_path(document, root, steps, value=True)
    shapes = shapes_at(document, root, path)
    return Token(document, span, path, shapes, False, value.text, steps)


# --- in canonical terms


def canonical_path(document: Document, root: Shape, written: Path, *, value: bool = False) -> Path:
    """The canonical path of an author's one.

    A key such as the `compute` of `compute: duckdb` and its value stand for different fields: `value` asks for
    the value's.
    """
    folds = _folds(document)
    path = written
    for size in range(len(written), 0, -1):
        found = folds.get(written[:size])
        if found:
            whole = size == len(written)
            deep = max(len(p) for p in found)
            head = next(p for p in found if len(p) == deep) if value and whole else found[0]
            path = (*head, *written[size:])
            break
    out: list[str | int] = []
    shape: Shape | None = root
    for step in path:
        name = shape.canonical(step) if shape is not None and isinstance(step, str) else step
        out.append(name)
        shape = shape.child(name) if shape is not None else None
    return tuple(out)


def shapes_at(document: Document, root: Shape, path: Path) -> tuple[Shape, ...]:
    """What may stand at a canonical path. Where a field's form depends on another field, as that of a rule on its
    `type`, what is written there chooses."""
    shapes: tuple[Shape, ...] = (root,)
    here: At | None = document.root
    for step in path:
        found = [
            s
            for shape in shapes
            for option in _options(shape, here, step)
            if (s := option.child(step))
        ]
        shapes = tuple(dict.fromkeys(found))
        here = child_at(here, shapes, step)
    return tuple(o for shape in shapes for o in _options(shape, here, None))


def at_path(document: Document, path: Path, shape: Shape | None = None) -> At | None:
    """What stands at a canonical path, whatever the spelling of its keys."""
    here: At | None = document.root
    for step in path:
        here = child_at(here, (), step)
    if here is None and shape is not None and path:
        parent = document.at(path[:-1])
        here = child_at(parent, (shape,), path[-1])
    return here


def child_at(here: At | None, shapes: tuple[Shape, ...], step: str | int) -> At | None:
    """A child by its canonical key; `shapes`, the child's, know its other spellings."""
    if here is None:
        return None
    found = here.child(step)
    for shape in shapes:
        for name in shape.other_spellings if found is None else ():
            found = found or here.child(name)
    return found


def shorthand(shape: Shape) -> Shape | None:
    """The field for which a mere word stands in place of the whole mapping, as a plugin's name does."""
    return next((c for c in shape.children() if c.role is Role.PLUGIN_NAME), None)


def holds_keys(shape: Shape) -> bool:
    """Whether it is a mapping of which something is known."""
    return shape.kind in ("object", "map") or any(holds_keys(o) for o in shape.options)


def written_as(shape: Shape, dialect: Dialect) -> Shape:
    """Of a field that may be several blocks, the one that a dialect writes; the field itself where a mere value
    does as well."""
    options = [o for o in shape.options if dialect in o.dialects]
    if any(o.kind not in ("object", "map", "list", "any") for o in options):
        return shape
    return next((o for o in options if o.is_container), shape)


def list_item(shapes: tuple[Shape, ...]) -> Shape | None:
    """What the items of a list are, where a list may stand."""
    for shape in shapes:
        if shape.kind == "list":
            return shape.item
        for option in shape.options:
            if option.kind == "list":
                return option.item
    return None


def _options(shape: Shape, here: At | None, step: str | int | None) -> Iterator[Shape]:
    """The options of a union that fit what is written; the shape itself where it is none."""
    if shape.kind != "union":
        yield shape
        return
    if shape.discriminator and step != shape.discriminator and here is not None:
        said = here.child(shape.discriminator)
        chosen = [
            option
            for option in shape.options
            if said is not None
            and (field := option.fields.get(shape.discriminator)) is not None
            and said.value in field.choices
        ]
        if chosen:
            yield from chosen
            return
    if step is None and not shape.discriminator:
        yield shape
        return
    for option in shape.options:
        yield from _options(option, here, step)


def _folds(document: Document) -> dict[Path, list[Path]]:
    """The canonical paths that what stands at an author's path was folded into."""
    if "folds" not in document.facts:
        out: dict[Path, list[Path]] = {}
        _collect_folds(document, document.root.node, (), (), out)
        document.facts["folds"] = out
    folds: dict[Path, list[Path]] = document.facts["folds"]
    return folds


def _collect_folds(
    document: Document, node: Node | None, path: Path, written: Path, out: dict[Path, list[Path]]
) -> None:
    author: At | None = document.written
    for step in written:
        author = author.child(step) if author else None
    if author is not None and author.node is node:
        return
    shared = {id(entry) for _, entry in pairs(author.node)} if author else set()
    for _, entry in pairs(node):
        name = key_of(entry)
        if id(entry) in shared or name is None:
            continue
        there = entry.written if isinstance(entry, Folded) else (*written, name)
        out.setdefault(there, []).append((*path, name))
        if isinstance(entry.value, Mapping) and len(path) < 8:
            _collect_folds(document, entry.value, (*path, name), there, out)


# --- what the tree says


@dataclass(frozen=True)
class _Here:
    """Where `locate` led: what stands there, the entry that holds it, and the collection that holds the entry."""

    offset: int
    steps: Path
    wants_key: bool
    base: int
    node: Node | None
    entry: Entry | None
    around: Collection | None

    @property
    def colon(self) -> int:
        """Where the colon or dash ends; -1 without one."""
        return (
            self.base + self.entry.colon if self.entry is not None and self.entry.colon >= 0 else -1
        )

    @property
    def is_item(self) -> bool:
        return isinstance(self.around, Sequence)

    @property
    def flow(self) -> bool:
        return self.around is not None and self.around.flow


def _here(document: Document, offset: int) -> _Here | None:
    located, wants_key = document.tree.locate(offset)
    steps = [step for step in located if step is not None]
    if len(steps) < len(located):
        return None  # below a key that is no scalar, nothing is known
    start = _first_text(document, offset)
    syntax = document.tree.document_at(start)
    base, node = (syntax.at, syntax.root) if syntax else (0, None)
    entry: Entry | None = None
    around: Collection | None = None
    taken = 0
    while taken < len(steps) and isinstance(node, Collection):
        k = bisect_right(node.at, start - base) - 1
        if k < 0:
            return None
        held, base = node.entries[k], base + node.at[k]
        if held.rest is not None and base + held.rest.start <= start:
            node, entry, around = held.rest, None, None
            continue
        entry, around, node = held, node, held.value
        taken += 1
    # Below, or behind, an entry may stand what should be next to it.
    while (
        entry is not None
        and entry.rest is not None
        and base + entry.rest.start <= start
        and (isinstance(node, Scalar) or node is None)
    ):
        node, entry, around = entry.rest, None, None
    return _Here(offset, tuple(steps), wants_key, base, node, entry, around)


def _first_text(document: Document, offset: int) -> int:
    """The offset, or that of the first text of its line where it stands in the white space before."""
    line, _ = document.lines.position(offset)
    start, end = document.lines.starts[line], document.lines.end(line)
    text = document.text
    if text[start:offset].strip(" ") or not text[offset:end].strip(" \t"):
        return offset
    while text[offset] == " ":
        offset += 1
    return offset


def _in_first(document: Document, offset: int) -> bool:
    """Whether an offset belongs to the document that is read, of several in one file."""
    here = document.tree.document_at(offset)
    first = next((d for d in document.tree.documents if d.root is not None), None)
    return here is None or first is None or here is first


def _entry_at(node: Node | None, base: int, offset: int) -> tuple[int, Entry] | None:
    if not isinstance(node, Collection):
        return None
    k = bisect_right(node.at, offset - base) - 1
    return (base + node.at[k], node.entries[k]) if k >= 0 else None


# --- where a key belongs


def _key_place(document: Document, root: Shape, here: _Here) -> Cursor | None:
    offset, node = here.offset, here.node
    blank = _blank_before(document, offset)
    if isinstance(node, Mapping):
        found = _entry_at(node, here.base, offset)
        path = canonical_path(document, root, here.steps)
        start = Cursor(
            document, offset, Place.KEY, path, shapes_at(document, root, path), Span(offset, offset),
            node.column, flow=node.flow,
        )  # fmt: skip
        if found is None and not node.flow and not blank and here.steps:
            return None  # behind a key whose mapping is on the lines below
        if found is not None:
            base, entry = found
            if isinstance(entry.key, Scalar) and _touches(base, entry.key, offset):
                return _on_key(document, root, start, here, base, entry)
        if node.flow:
            return start if _room_behind(document, offset) else None
        return None if _line_has_text(document, offset) else _indented(start)
    if node is None or is_null(node):
        if not blank or here.flow or _line_has_text(document, offset):
            return None
        return _below(document, root, here, _column(document, offset), Span(offset, offset))
    return None


def _on_key(
    document: Document, root: Shape, start: Cursor, here: _Here, base: int, entry: Entry
) -> Cursor | None:
    key = entry.key
    assert isinstance(key, Scalar)
    word, quote, closed = _inside(document, base, key)
    colon = entry.colon >= 0
    first, more, _ = document.text[word.start : word.end].partition("\n")
    if more:
        # No key goes over lines: this one has no colon yet, and what is below is its value, or another key.
        word, colon = Span(word.start, word.start + len(first.rstrip())), False
    if not word.start <= here.offset <= word.end:
        return None
    if not colon and not quote and (behind := _behind_colon(start, root, here.steps, word)):
        return behind
    column = start.column if start.column >= 0 else _column(document, word.start)
    return replace(start, word=word, quote=quote, closed=closed, colon=colon, column=column)


def _behind_colon(start: Cursor, root: Shape, steps: Path, word: Span) -> Cursor | None:
    """In `key:value`, where the space is missing, the place of the value."""
    document = start.document
    name, colon, _ = document.text[word.start : start.offset].partition(":")
    path = canonical_path(document, root, (*steps, name))
    shapes = shapes_at(document, root, path) if colon else ()
    if not shapes:
        return None
    value = Span(word.start + len(name) + 1, word.end)
    column = _column(document, value.start)
    return _inline(
        replace(
            start, place=Place.VALUE, path=path, shapes=shapes, word=value, lead=" ", column=column
        )
    )


def _indented(cursor: Cursor) -> Cursor:
    """On a blank line at another column than the mapping's: the white space is part of what is replaced."""
    column = _column(cursor.document, cursor.offset)
    if column == cursor.column or cursor.column < 0:
        return cursor
    line = cursor.offset - column
    return replace(cursor, word=Span(line, cursor.offset), lead=" " * cursor.column)


def _below(document: Document, root: Shape, here: _Here, column: int, word: Span) -> Cursor | None:
    """On a line of its own under a key that has no value yet, or at an item's place: a key, an item or a value."""
    path = canonical_path(document, root, here.steps)
    shapes = shapes_at(document, root, path)
    start = Cursor(document, here.offset, Place.VALUE, path, shapes, word, column)
    if any(holds_keys(s) for s in shapes):
        key = replace(start, place=Place.KEY)
        return _behind_colon(key, root, here.steps, word) or key
    if (item := list_item(shapes)) is not None:
        return _item(replace(start, path=(*path, 0), shapes=(item,), lead="- ", column=column + 2))
    return start


def _item(cursor: Cursor) -> Cursor:
    """An item of a list: the first key of a mapping, or a value."""
    shape = cursor.shape
    if shape is not None and holds_keys(shape) and shape.kind != "union":
        return replace(cursor, place=Place.KEY)
    return cursor


# --- where a value belongs


def _value_place(document: Document, root: Shape, here: _Here) -> Cursor | None:
    offset, node = here.offset, here.node
    if isinstance(node, Sequence):
        return _new_item(document, root, here, node)
    if here.colon >= 0 and offset < here.colon:
        return None  # on the dash, or on the colon
    path = canonical_path(document, root, here.steps, value=True)
    start = Cursor(
        document, offset, Place.VALUE, path, shapes_at(document, root, path), Span(offset, offset),
        _column(document, offset), flow=here.flow,
    )  # fmt: skip
    if node is None or (is_null(node) and node.start == node.end):
        if _text_behind(document, offset) and not here.flow:
            return None
        if offset == here.colon:
            start = replace(start, lead=" ", column=start.column + 1)
        if here.is_item:
            return _item(start)
        return _inline(start, here)
    if not isinstance(node, Scalar) or node.style in ("*", "|", ">"):
        return None
    word, quote, closed = _inside(document, here.base, node)
    first = here.base + node.start
    if offset <= first and not document.text[offset:first].strip(" "):
        # Before a value on the same line, which the new one replaces.
        word, quote = Span(offset, here.base + node.end), ""
    if "\n" in document.text[word.start : word.end]:
        return _first_line(document, root, here, word) if not quote else None
    if not word.start <= offset <= word.end:
        return None
    start = replace(
        start, word=word, quote=quote, closed=closed, column=_column(document, word.start)
    )
    if here.is_item:
        if here.colon < 0 and not here.flow:
            start = replace(start, lead="- ", column=start.column + 2)
        return _item(start)
    if here.colon >= 0 and _line(document, here.colon) != _line(document, word.start):
        below = _below(document, root, here, start.column, word)
        return replace(below, quote=quote, closed=closed) if below else None
    if here.entry is None:
        below = _below(document, root, here, start.column, word)
        return replace(below, quote=quote, closed=closed) if below else None
    return _inline(start, here)


def _first_line(document: Document, root: Shape, here: _Here, word: Span) -> Cursor | None:
    """On one of several lines of text, which are half-typed keys where no text belongs."""
    line = _line(document, here.offset)
    start = document.lines.starts[line]
    text = document.lines.line(line)
    word = Span(
        max(word.start, start + len(text) - len(text.lstrip(" "))),
        min(word.end, start + len(text.rstrip())),
    )
    if here.is_item or not word.start <= here.offset <= word.end:
        return None
    below = _below(document, root, here, _column(document, word.start), word)
    return below if below is not None and below.place is Place.KEY else None


def _inline(cursor: Cursor, here: _Here | None = None) -> Cursor | None:
    """Behind a key on its line, where a mapping or list may belong: the word that stands for it, or a block below."""
    if cursor.shape is None:
        return cursor
    shape = written_as(cursor.shape, cursor.document.dialect)
    if shape.kind == "list" and shape.item is not None:
        item = shape.item
        if holds_keys(item) and item.kind != "union":
            return _block(cursor, here, "- ", (*cursor.path, 0), item)
        return replace(cursor, path=(*cursor.path, 0), shapes=(item,), bracket=True)
    if not holds_keys(shape) or shape.options:
        return cursor
    if (short := shorthand(shape)) is not None:
        return replace(cursor, path=(*cursor.path, short.name), shapes=(short,))
    return _block(cursor, here, "", cursor.path, shape)


def _block(
    cursor: Cursor, here: _Here | None, dash: str, path: Path, shape: Shape
) -> Cursor | None:
    """A block that begins on the next line."""
    if cursor.flow or cursor.quote or cursor.word.start != cursor.word.end or here is None:
        return None
    entry = here.entry
    if entry is None or entry.key is None or not isinstance(here.around, Collection):
        return None
    column = _column(cursor.document, here.base + entry.key.start) + INDENT
    lead = "\n" + " " * column + dash
    return replace(
        cursor, place=Place.KEY, path=path, shapes=(shape,), lead=lead, column=column + len(dash)
    )


def _new_item(document: Document, root: Shape, here: _Here, node: Sequence) -> Cursor | None:
    """Between the items of a list."""
    offset = here.offset
    inside = here.base + node.start < offset
    if node.flow and not (
        inside and (offset < here.base + node.end or _unclosed(document, here, node))
    ):
        return None
    if not node.flow and (not _blank_before(document, offset) or _line_has_text(document, offset)):
        return None
    index = bisect_right(node.at, offset - here.base)
    path = (*canonical_path(document, root, here.steps), index)
    shapes = shapes_at(document, root, path)
    column = _column(document, offset)
    start = Cursor(
        document, offset, Place.VALUE, path, shapes, Span(offset, offset), column, flow=node.flow
    )
    if node.flow:
        fits = _room_behind(document, offset) and not any(holds_keys(s) for s in shapes)
        return start if fits else None
    start = replace(start, lead="- ", column=node.column + 2)
    if column != node.column:
        line = offset - column
        start = replace(start, word=Span(line, offset), lead=" " * node.column + "- ")
    return _item(start)


# --- text around an offset


def _inside(document: Document, base: int, node: Scalar) -> tuple[Span, str, bool]:
    """A scalar without its quotes, as far as it stands on one line; its quote, and whether that is closed."""
    text, start, end = document.text, base + node.start, base + node.end
    if node.style not in ("'", '"'):
        for mark in (node.anchor, node.tag):
            if mark and start < end:  # `&name word`: the word is what stands last
                gap = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
                start = max(start, gap + 1)
                break
        return Span(start, end), "", True
    first = text.find(node.style, start, end)
    start = first if first >= 0 else start
    closed = end - start > 1 and text[end - 1] == node.style
    return Span(start + 1, end - 1 if closed else end), node.style, closed


def _touches(base: int, node: Scalar, offset: int) -> bool:
    return base + node.start <= offset <= base + node.end


def _unclosed(document: Document, here: _Here, node: Sequence) -> bool:
    end = here.base + node.end
    return document.text[end - 1 : end] != "]"


def _line(document: Document, offset: int) -> int:
    return document.lines.position(offset)[0]


def _column(document: Document, offset: int) -> int:
    return offset - document.lines.starts[_line(document, offset)]


def _blank_before(document: Document, offset: int) -> bool:
    start = document.lines.starts[_line(document, offset)]
    return not document.text[start:offset].strip(" ")


def _text_behind(document: Document, offset: int) -> bool:
    """Whether something other than a comment stands behind the cursor on its line."""
    rest = document.text[offset : document.lines.end(_line(document, offset))].strip()
    return bool(rest) and not rest.startswith("#")


def _room_behind(document: Document, offset: int) -> bool:
    """Whether nothing follows, in brackets, before the next comma or bracket."""
    rest = document.text[offset : document.lines.end(_line(document, offset))].lstrip(" \t")
    return not rest or rest[0] in ",]}#"


def _line_has_text(document: Document, offset: int) -> bool:
    line = _line(document, offset)
    return bool(document.lines.line(line).strip())
