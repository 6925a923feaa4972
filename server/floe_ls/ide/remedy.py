"""Turns what would mend a slip, told relative to its entry, into a fix of the text."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from floe_ls.forms.document import Document
from floe_ls.ide.model import Fix
from floe_ls.syntax import edits
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Scalar
from floe_ls.syntax.tree import Tree
from floe_ls.text import Span, TextEdit


class Remedy(NamedTuple):
    """Offsets are relative to the entry that the slip belongs to."""

    title: str
    edits: tuple[tuple[int, int, str], ...] = ()
    preferred: bool = False
    safe: bool = False
    drop: int | None = None
    """Where an entry starts that is to go."""
    above: tuple[int, str] | None = None
    """Where an entry starts before which another one is to stand."""
    last: tuple[int, str, str] | None = None
    """Where an entry of a mapping starts at whose end another is to stand; its key and its value."""
    below: tuple[int, tuple[str, ...]] | None = None
    """Where an entry starts behind which others are to stand."""


def fix(document: Document, base: int, remedy: Remedy) -> Fix | None:
    """The fix; None where the text has no place for it."""
    made: list[TextEdit | None] = [
        TextEdit(Span(base + a, base + b), new) for a, b, new in remedy.edits
    ]
    if remedy.drop is not None:
        made.append(removed(document, base + remedy.drop))
    if remedy.above is not None:
        at, text = remedy.above
        made.append(_above(document, base + at, text))
    if remedy.last is not None:
        at, key, text = remedy.last
        made.append(_last(document, base + at, key, text))
    if remedy.below is not None and remedy.below[1]:
        at, texts = remedy.below
        made.append(_below(document, base + at, texts))
    mended = tuple((document, edit) for edit in made if edit is not None)
    if not mended or len(mended) < len(made):
        return None
    return Fix(remedy.title, mended, remedy.preferred, remedy.safe)


def removed(document: Document, offset: int) -> TextEdit | None:
    """Takes away the entry that starts at an offset."""
    found = _path(document.tree, offset)
    change = edits.delete(document.tree, *found) if found is not None else None
    return TextEdit(Span(change[0], change[1]), change[2]) if change is not None else None


def _above(document: Document, offset: int, text: str) -> TextEdit | None:
    holder = _holder(document.tree, offset)
    if holder is None:
        return None
    gap = ", " if holder.flow else _newline(document) + " " * holder.column
    return TextEdit(Span(offset, offset), text + gap)


def _last(document: Document, offset: int, key: str, text: str) -> TextEdit | None:
    found = _path(document.tree, offset)
    if found is None:
        return None
    steps, number = found
    change = edits.insert_key(document.tree, steps[:-1], key, text, number)
    return TextEdit(Span(change[0], change[1]), change[2]) if change is not None else None


def _below(document: Document, offset: int, texts: tuple[str, ...]) -> TextEdit | None:
    holder = _holder(document.tree, offset)
    path = enclosing(document.tree, offset)
    if holder is None or not path:
        return None
    base, entry = path[-1]
    end = base + entry.end
    if holder.flow:
        return TextEdit(Span(end, end), "".join(f", {text}" for text in texts))
    line, _ = document.lines.position(end)
    end = document.lines.end(line)
    lead = _newline(document) + " " * holder.column
    return TextEdit(Span(end, end), "".join(lead + text for text in texts))


def _newline(document: Document) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _holder(tree: Tree, offset: int) -> Mapping | None:
    """The mapping whose entry starts at an offset."""
    path = enclosing(tree, offset)
    if len(path) < 2:
        return None
    holder, entry = path[-2][1].value, path[-1][1]
    return holder if isinstance(holder, Mapping) and entry in holder.entries else None


def _path(tree: Tree, offset: int) -> tuple[list[str | int], int] | None:
    """The keys and indices that lead to the entry at an offset, and the number of its document."""
    path = enclosing(tree, offset)
    steps: list[str | int] = []
    for (_, holder), (_, entry) in pairwise(path):
        step = _step(holder.value, entry)
        if step is None:
            return None
        steps.append(step)
    document = next((n for n, d in enumerate(tree.documents) if path and d.entry is path[0][1]), 0)
    place = edits.place_of(tree, steps, document) if steps else None
    return (steps, document) if place is not None and place.entry is path[-1][1] else None


def _step(node: object, entry: Entry) -> str | int | None:
    if not isinstance(node, Collection):
        return None
    if isinstance(node, Mapping):
        return entry.key.text if isinstance(entry.key, Scalar) else None
    return next((k for k, other in enumerate(node.entries) if other is entry), None)
