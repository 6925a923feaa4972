"""Which path of keys a place in the text belongs to."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar

if TYPE_CHECKING:
    from floe_ls.syntax.tree import Tree

Step = str | int | None
"""A key, an index, or None for a key that is not a scalar."""


def locate(tree: Tree, offset: int) -> tuple[list[Step], bool]:
    """The keys and indices that lead to an offset, and whether a key belongs there.

    Where a key belongs, they lead to its mapping. On a blank line the column decides: what is typed
    there belongs where it would go.
    """
    text = tree.text
    line = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    before, after = text[line:offset], text[offset : end if end >= 0 else None]
    column = None
    if not before.strip(" "):
        if after.strip(" \t\r"):
            offset += len(after) - len(after.lstrip(" "))
        else:
            column = len(before)
    steps: list[Step] = []
    document = tree.document_at(offset)
    base, node = (document.at, document.root) if document else (0, None)
    while isinstance(node, Collection):
        if node.flow and not base + node.start < offset < base + node.end:
            return steps, False
        mapping = isinstance(node, Mapping)
        if not node.flow and column is not None and column <= node.column:
            return steps, mapping
        k = bisect_right(node.at, offset - base) - 1
        if k < 0:  # between a key and the block below it, or after an opening bracket
            return steps, mapping and (node.flow or column is not None)
        entry, base = node.entries[k], base + node.at[k]
        if node.flow and "," in text[base + entry.end : offset]:
            return steps, mapping
        after_key = _after_key(entry.colon, entry.key)
        if mapping and column is None and offset < base + after_key:
            return steps, True
        if entry.rest and base + entry.rest.start <= offset:
            node = entry.rest  # it should have been next to this entry
        else:
            if mapping:
                steps.append(entry.key.text if isinstance(entry.key, Scalar) else None)
            else:
                steps.append(k)
            node = entry.value
            below = isinstance(node, Scalar) and not node.style and entry.colon >= 0
            if below and node and "\n" in text[base + entry.colon : base + node.start]:
                return steps, offset >= base + node.start  # a word below a key: a key, half typed
    return steps, column is not None


def _after_key(colon: int, key: Node | None) -> int:
    if colon >= 0:
        return colon
    return key.end + 1 if key else 0


def enclosing(tree: Tree, offset: int) -> list[tuple[int, Entry]]:
    """The entries that an offset lies in, from the document's inwards, each with its own offset."""
    document = tree.document_at(offset)
    found: list[tuple[int, Entry]] = []
    place = (document.at, document.entry) if document else None
    while place:
        found.append(place)
        place = _within(*place, offset)
    return found


def _within(base: int, entry: Entry, offset: int) -> tuple[int, Entry] | None:
    for node in (entry.key, entry.value, entry.rest):
        if isinstance(node, Collection) and node.start <= offset - base < node.end:
            k = bisect_right(node.at, offset - base) - 1
            return (base + node.at[k], node.entries[k]) if k >= 0 else None
    return None
