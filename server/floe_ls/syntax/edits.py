"""Small changes to a text, computed from its tree: all else stays as it is, byte for byte.

Each is one replacement, (start, end, new text), or None where the path leads to nothing that could be
changed so. Where a text given to be written has several lines, the others are taken as relative to
the column of the key, or of the item behind its dash, that it becomes part of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence as Seq
from typing import NamedTuple

from floe_ls.syntax import tokens
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.scalars import ScalarValue, resolve, yaml11
from floe_ls.syntax.tree import Tree

Replacement = tuple[int, int, str]
Path = Seq[str | int]

_COMMENT = re.compile(r"[ \t]*(?:#[^\r\n]*)?")
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")


class Place(NamedTuple):
    """An entry and where it stands; the collection that holds it, as which, and where that stands."""

    entry: Entry
    base: int
    parent: Collection
    number: int
    parent_base: int


def place_of(tree: Tree, path: Path, document: int = 0) -> Place | None:
    """The entry that keys and indices lead to; the last of several with the same key, as it counts."""
    if document >= len(tree.documents):
        return None
    base, node = tree.documents[document].at, tree.documents[document].root
    place = None
    for step in path:
        if not isinstance(node, Collection):
            return None
        k = _index(node, step)
        if k is None:
            return None
        entry = node.entries[k]
        place = Place(entry, base + node.at[k], node, k, base)
        base, node = place.base, entry.value
    return place


def _index(node: Collection, step: str | int) -> int | None:
    if isinstance(node, Sequence):
        return step if isinstance(step, int) and 0 <= step < len(node.entries) else None
    keys = [e.key.text if isinstance(e.key, Scalar) else None for e in node.entries]
    found = [k for k, key in enumerate(keys) if key == str(step)]
    return found[-1] if found else None


def set_value(tree: Tree, path: Path, text: str, document: int = 0) -> Replacement | None:
    """Put a text in place of the value at a path. One that starts with a line break is a block."""
    place = place_of(tree, path, document)
    if not place:
        return None
    entry, base, value = place.entry, place.base, place.entry.value
    text = _shifted(tree, text, place.parent.column + 2 * isinstance(place.parent, Sequence))
    space = "" if text.startswith(("\n", "\r")) else " "
    if value is None:
        if entry.colon >= 0:
            return base + entry.colon, base + entry.colon, space + text
        if isinstance(entry.key, Scalar) and not tree.text.startswith("?", base):
            return base + entry.key.end, base + entry.key.end, f":{space}{text}"
        return None
    start, end = base + value.start, base + value.end
    if isinstance(value, Scalar) and not value.text and not value.style:
        return end, end, space + text  # a tag or an anchor that has no value yet
    if isinstance(value, Collection) and not value.flow and entry.colon >= 0:
        # The text goes where a block's does not: on the line of the key, before its comment.
        start = base + entry.colon
        head, comment, below = _head(tree.text[start : base + value.start])
        if not space:
            return start, end, f"{head}{comment}{below}{text}"
        return start, end, f"{head} {text}{comment}{below}"
    if not space:
        start = len(tree.text[:start].rstrip(" \t"))
    return start, end, text


def _head(between: str) -> tuple[str, str, str]:
    """What stands between a colon and a block: properties, comments on their line, comments below."""
    m = re.match(r"((?:[ \t\r\n]*[&!][^ \t\r\n]*)*)([ \t]*(?:#[^\r\n]*)?)", between)
    if not m:
        return "", "", ""
    head, comment = m[1].rstrip(), m[2].rstrip()
    below = between[m.end() :].rstrip()
    return head, comment, below


def delete(tree: Tree, path: Path, document: int = 0) -> Replacement | None:
    """Take away the entry at a path, with the line that it is alone on."""
    place = place_of(tree, path, document)
    if not place:
        return None
    entry, base, parent, k, parent_base = place
    text = tree.source
    end = base + entry.end
    if parent.flow:
        return _delete_flow(tree, place)
    if len(parent.entries) == 1:
        return _emptied(tree, path, place, document)
    line = text.rfind("\n", 0, base) + 1
    if text[line:base].strip(" "):  # '- key: value': the next entry takes its place
        return base, parent_base + parent.at[k + 1], ""
    return line, _next_line(text, end), ""


def _emptied(tree: Tree, path: Path, place: Place, document: int) -> Replacement | None:
    """A block collection whose only entry goes: it says that it is empty."""
    empty = "{}" if isinstance(place.parent, Mapping) else "[]"
    if len(path) > 1:
        return set_value(tree, path[:-1], empty, document)
    return place.parent_base + place.parent.start, place.parent_base + place.parent.end, empty


def _delete_flow(tree: Tree, place: Place) -> Replacement:
    entry, base, parent, k, parent_base = place
    end = base + entry.end
    if k + 1 < len(parent.entries):
        return base, parent_base + parent.at[k + 1], ""
    if k == 0:
        m = re.compile(r"[ \t]*,").match(tree.text, end)
        return base, m.end() if m else end, ""
    start = parent_base + parent.at[k - 1] + parent.entries[k - 1].end
    between = tree.text[start:base]
    if "#" in between:  # a comment on the one before
        return start, end, between.replace(",", "", 1).rstrip(" \t")
    return start, end, ""


def append(tree: Tree, path: Path, text: str, document: int = 0) -> Replacement | None:
    """Add an item to the end of the sequence at a path."""
    found = _collection(tree, path, document)
    if not found:
        return None
    node, base, place = found
    item = "- " + text.replace("\n", "\n  ")
    if node is None and place:
        return _first(tree, place, item)
    if not isinstance(node, Sequence):
        return None
    if node.flow:
        return _last_in_flow(node, base, text)
    return _new_line(tree, node, base, item)


def insert_key(
    tree: Tree, path: Path, key: str, text: str, document: int = 0
) -> Replacement | None:
    """Add a key with a value to the end of the mapping at a path; the empty path is the document's."""
    pair = f"{key}:{text}" if text.startswith("\n") else f"{key}: {text}"
    found = _collection(tree, path, document)
    if not found:
        return _new_document(tree, pair) if not path and not tree.documents else None
    node, base, place = found
    if node is None and place:
        return _first(tree, place, pair)
    if not isinstance(node, Mapping):
        return None
    if node.flow:
        return _last_in_flow(node, base, pair)
    return _new_line(tree, node, base, pair)


def _collection(
    tree: Tree, path: Path, document: int
) -> tuple[Node | None, int, Place | None] | None:
    """The value at a path, and what its positions are relative to."""
    if path:
        place = place_of(tree, path, document)
        return (place.entry.value, place.base, place) if place else None
    if document >= len(tree.documents):
        return None
    return tree.documents[document].root, tree.documents[document].at, None


def _first(tree: Tree, place: Place, entry: str) -> Replacement | None:
    """The first entry of a collection, below a key that has no value yet."""
    if place.parent.flow or place.entry.colon < 0:
        return None
    column = place.parent.column + 2
    at = place.base + place.entry.colon
    if isinstance(place.parent, Sequence):
        return at, at, " " + _shifted(tree, entry, column)
    m = _COMMENT.match(tree.source, at)
    at = m.end() if m else at
    return at, at, f"{_newline(tree)}{' ' * column}{_shifted(tree, entry, column)}"


def _last_in_flow(node: Collection, base: int, text: str) -> Replacement:
    if not node.entries:
        return base + node.start + 1, base + node.start + 1, text
    last = base + node.at[-1] + node.entries[-1].end
    return last, last, ", " + text


def _new_line(tree: Tree, node: Collection, base: int, entry: str) -> Replacement:
    """An entry on a line of its own after the last one of a block collection."""
    text = tree.source
    at = _next_line(text, base + node.end)
    if _ends_in_literal(node):  # the blank lines below may be part of it
        m = _BLANK_LINES.match(text, at)
        at = m.end() if m else at
    lead = "" if at == 0 or text[at - 1] == "\n" else _newline(tree)
    line = " " * node.column + _shifted(tree, entry, node.column)
    return at, at, f"{lead}{line}{_newline(tree)}"


def _new_document(tree: Tree, entry: str) -> Replacement:
    text, end = tree.source, len(tree.source)
    lead = "" if text[end - 1 :] in ("", "\n", "\ufeff") else _newline(tree)
    return end, end, f"{lead}{_shifted(tree, entry, 0)}{_newline(tree)}"


def _ends_in_literal(node: Node | None) -> bool:
    while isinstance(node, Collection) and node.entries:
        node = node.entries[-1].value
    return isinstance(node, Scalar) and node.style in ("|", ">")


def _next_line(text: str, i: int) -> int:
    end = text.find("\n", i)
    return len(text) if end < 0 else end + 1


def _newline(tree: Tree) -> str:
    return "\r\n" if "\r\n" in tree.text else "\n"


def _shifted(tree: Tree, text: str, column: int) -> str:
    """A text whose lines, but for the first, are moved to a column."""
    if "\n" not in text:
        return text
    first, *others = text.split("\n")
    lines = (" " * max(column, 0) + line if line else line for line in others)
    return _newline(tree).join((first, *lines))


def written(value: ScalarValue, flow: bool = False) -> str:
    """How to write a value so that it is read as the same by YAML 1.2 and 1.1; in brackets if `flow`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    plain = (tokens.FLOW_PLAIN if flow else tokens.PLAIN).fullmatch(value)
    odd = value.startswith(("---", "..."))
    odd = odd or (flow and ("?" in value or value[:1] in "-:"))  # signs in brackets, to PyYAML
    same = resolve(value) == value and yaml11(value) == value
    if plain and same and not odd and value.isprintable():
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _float(value: float) -> str:
    if math.isfinite(value):
        digits, e, exponent = repr(value).partition("e")
        return f"{digits if '.' in digits else digits + '.0'}{e}{exponent}"
    return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"


def _escaped(ch: str) -> str:
    if ch in _SHORT:
        return _SHORT[ch]
    if ch.isprintable():
        return ch
    code = ord(ch)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
