"""A tree with another text in one value: what most keys do.

The parser finds this out as well, by reading each collection around the edit again. Here the old tree tells where the
edit is, and the line alone tells whether all else is as it was.
"""

from __future__ import annotations

from bisect import bisect_right

from floe_ls.syntax import tokens
from floe_ls.syntax.nodes import Collection, Document, Entry, Mapping, Scalar
from floe_ls.syntax.parser import Change

_QUOTES = ("", "'", '"')


def spliced(document: Document, text: str, change: Change) -> Document | None:
    """A document after an edit within a value on one line; None where the edit may have done anything else."""
    start, _, delta = change
    base, entry, below = document.at, document.entry, len(text) - delta
    way: list[tuple[Collection, int, Entry]] = []
    """The collections around the edit, with the number of the entry that it is in, and the entry that holds each."""
    while isinstance(node := entry.value, Collection):
        index = bisect_right(node.at, start - base) - 1
        if index < 0 or node.flow or node.flawed or entry.errors or entry.rest is not None:
            return None
        way.append((node, index, entry))
        if index + 1 < len(node.at):
            below = base + node.at[index + 1]
        base += node.at[index]
        entry = node.entries[index]
    value = _value(way, entry, text, base, change, below + delta) if way else None
    if value is None:
        return None
    new = Entry(entry.key, value, entry.colon)
    for node, index, holder in reversed(way):
        new = _around(node, index, holder, new, delta)
    return Document(document.at, new, document.handles)


def _value(
    way: list[tuple[Collection, int, Entry]],
    entry: Entry,
    text: str,
    base: int,
    change: Change,
    below: int,
) -> Scalar | None:
    """The new value, if its line still is an entry and nothing more, and the next entry stands where it stood."""
    key, value = entry.key, entry.value
    if type(value) is not Scalar or entry.rest is not None or entry.errors:
        return None
    if not base + value.start <= change.same <= change.moved <= base + value.end:
        return None
    if value.style not in _QUOTES or value.tag is not None or value.anchor is not None:
        return None
    mapping = type(way[-1][0]) is Mapping
    found = (tokens.PAIR if mapping else tokens.ITEM).match(text, base)
    if found is None or found.end() != below:
        return None
    _, plain, quoted, _ = found.groups()
    if mapping and (type(key) is not Scalar or key.style or len(found[1]) != key.end):
        return None
    word, group = (quoted, 3) if quoted else (plain, 2)
    at = found.start(group) - base
    if at != value.start or at + len(word) != value.end + change.delta:
        return None
    if quoted:
        return Scalar(at, at + len(word), word[1:-1], word[0])
    return Scalar(at, at + len(word), word)


def _around(node: Collection, index: int, holder: Entry, new: Entry, delta: int) -> Entry:
    """The entry that holds a collection in which one entry has become another, longer by `delta`."""
    entries = node.entries.copy()
    entries[index] = new
    at = node.at
    if delta and index + 1 < len(at):
        at = [*at[: index + 1], *[each + delta for each in at[index + 1 :]]]
    column, tag, anchor = node.column, node.tag, node.anchor
    made = type(node)(node.start, node.end + delta, entries, at, column, False, False, tag, anchor)
    return Entry(holder.key, made, holder.colon)
