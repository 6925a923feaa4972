"""A tree with another text in one value: what most keys do.

The parser finds this out as well, by reading each collection around the edit again. Here the old tree tells where the
edit is, and the line alone, or the quotes around it, tell that all else is as it was.
"""

from __future__ import annotations

from bisect import bisect_right

from floe_ls.syntax import tokens
from floe_ls.syntax.nodes import Collection, Document, Entry, Mapping, Scalar
from floe_ls.syntax.parser import Change

_PLAIN, _QUOTES = ("", "'", '"'), ("'", '"')


def spliced(document: Document, text: str, change: Change) -> Document | None:
    """A document after an edit within a value on one line; None where the edit may have done anything else."""
    start, _, delta = change
    base, entry, below = document.at, document.entry, len(text) - delta
    way: list[tuple[Collection, int, Entry]] = []
    """The collections around the edit, with the number of the entry that it is in, and the entry that holds each."""
    while isinstance(node := entry.value, Collection):
        index = bisect_right(node.at, start - base) - 1
        if index < 0 or node.flawed or entry.errors or entry.rest is not None:
            return None
        way.append((node, index, entry))
        if index + 1 < len(node.at):
            below = base + node.at[index + 1]
        base += node.at[index]
        entry = node.entries[index]
    if not way or type(node) is not Scalar or node.tag is not None or node.anchor is not None:
        return None
    if entry.errors or entry.rest is not None:
        return None
    value = _within_quotes(node, text, base, change)
    if value is None and not way[-1][0].flow:
        value = _on_its_line(way[-1][0], entry, node, text, base, change, below + delta)
    if value is None:
        return None
    new = Entry(entry.key, value, entry.colon)
    for collection, index, holder in reversed(way):
        new = _around(collection, index, holder, new, delta)
    return Document(document.at, new, document.handles)


def _within_quotes(value: Scalar, text: str, base: int, change: Change) -> Scalar | None:
    """The new value, if its quotes still are what begins and ends it, and nothing between them has a meaning."""
    quote, start, end = value.style, value.start, value.end
    if quote not in _QUOTES or not base + start < change.same <= change.moved < base + end:
        return None
    end += change.delta
    inside = text[base + start + 1 : base + end - 1]
    if quote in inside or "\n" in inside or "\\" in inside:
        return None
    return Scalar(start, end, inside, quote)


def _on_its_line(
    node: Collection,
    entry: Entry,
    value: Scalar,
    text: str,
    base: int,
    change: Change,
    below: int,
) -> Scalar | None:
    """The new value, if its line still is an entry and nothing more, and the next entry stands where it stood."""
    if value.style not in _PLAIN:
        return None
    if not base + value.start <= change.same <= change.moved <= base + value.end:
        return None
    mapping, key = type(node) is Mapping, entry.key
    found = (tokens.PAIR if mapping else tokens.ITEM).match(text, base)
    if found is None or found.end() != below:
        return None
    word, plain, quoted, _ = found.groups()
    if mapping and (type(key) is not Scalar or key.style or len(word) != key.end):
        return None
    said, group = (quoted, 3) if quoted else (plain, 2)
    at = found.start(group) - base
    if at != value.start or at + len(said) != value.end + change.delta:
        return None
    if quoted:
        return Scalar(at, at + len(said), said[1:-1], said[0])
    return Scalar(at, at + len(said), said)


def _around(node: Collection, index: int, holder: Entry, new: Entry, delta: int) -> Entry:
    """The entry that holds a collection in which one entry has become another, longer by `delta`."""
    entries = node.entries.copy()
    entries[index] = new
    at = node.at
    if delta and index + 1 < len(at):
        at = [*at[: index + 1], *[each + delta for each in at[index + 1 :]]]
    column, flow, tag, anchor = node.column, node.flow, node.tag, node.anchor
    made = type(node)(node.start, node.end + delta, entries, at, column, flow, False, tag, anchor)
    return Entry(holder.key, made, holder.colon)
