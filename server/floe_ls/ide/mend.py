"""Edits at canonical paths, made in the author's own form. None where the author wrote it in a way that no small
edit changes, such as behind an alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floe_ls.chain.layers import Found
from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import Document, Kind
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax import edits, nodes
from floe_ls.syntax.tree import Tree
from floe_ls.text import Span, TextEdit


def remove_key(document: Document, path: Path, shape: Shape | None = None) -> TextEdit | None:
    """Takes a key away, and the blocks that are empty without it. `shape` is the document's: blocks that it
    needs stay, as `{}`."""
    written = document.author_path(path)
    while (
        len(written) > 1
        and _is_alone(document, written)
        and not _needed(document, written[:-1], shape)
    ):
        written = written[:-1]
    return _edit(edits.delete(document.tree, written, _number(document)))


def set_value(document: Document, path: Path, value: Any) -> TextEdit | None:
    """Puts a value in place of what stands at a path."""
    written = document.author_path(path)
    place = edits.place_of(document.tree, written, _number(document))
    if place is None:
        return None
    if isinstance(place.entry.value, nodes.Scalar) and place.entry.value.style == "*":
        return None
    text = flow(value, place.parent.flow)
    return _edit(edits.set_value(document.tree, written, text, _number(document)))


def insert_key(document: Document, path: Path, key: str, value: Any) -> TextEdit | None:
    """Adds a key at the end of the mapping at a path; the empty path is the document."""
    written = document.author_path(path)
    replaced = edits.insert_key(document.tree, written, key, flow(value), _number(document))
    return _edit(replaced)


def insert_after(document: Document, path: Path, key: str, value: Any) -> TextEdit | None:
    """Adds a key on the line below the one at a path."""
    written = document.author_path(path)
    place = edits.place_of(document.tree, written, _number(document))
    if place is None:
        return None
    if place.parent.flow or not isinstance(place.entry.value, nodes.Scalar | None):
        return insert_key(document, path[:-1], key, value)
    line = document.lines.position(place.base + place.entry.end)[0]
    end = document.lines.end(line)
    return TextEdit(
        Span(end, end), f"{_newline(document)}{' ' * place.parent.column}{key}: {flow(value)}"
    )


def insert_before(document: Document, path: Path, key: str, value: Any) -> TextEdit | None:
    """Adds a key on a line of its own above the one at a path."""
    written = document.author_path(path)
    place = edits.place_of(document.tree, written, _number(document))
    if place is None:
        return None
    start = place.base + place.entry.start
    separator = ", " if place.parent.flow else _newline(document) + " " * place.parent.column
    return TextEdit(Span(start, start), f"{key}: {flow(value, place.parent.flow)}{separator}")


def append_item(document: Document, path: Path, value: Any) -> TextEdit | None:
    """Adds an item at the end of the list at a path; one value in place of a list becomes a list of two."""
    written = document.author_path(path)
    place = edits.place_of(document.tree, written, _number(document))
    single = place.entry.value if place is not None else None
    if isinstance(single, nodes.Scalar):
        if single.style == "*":
            return None
        old = [] if single.value is None else [single.value]
        return set_value(document, path, [*old, value])
    return _edit(edits.append(document.tree, written, flow(value), _number(document)))


def flow(value: Any, inside: bool = False) -> str:
    """A value as YAML on one line; `inside` brackets or not."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(k, True)}: {flow(v, True)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item, True) for item in value) + "]"
    if value is None or isinstance(value, bool | int | float):
        return edits.written(value, inside)
    return edits.written(str(value), inside)


def reference_to(snapshot: Snapshot, document: Document, target: Document) -> str:
    """How a document would best name another file: as others do, by what `sources` says, else by its path."""
    census = snapshot.census
    peers = census.manifests if document.kind is Kind.MANIFEST else census.products
    for peer in {row.ref: row for row in peers if row.ref.startswith("oci://")}.values():
        if peer.uri != document.uri:
            layers = snapshot.chain(peer.document).layers
            if len(layers) > 1 and layers[-2].document is target:
                return peer.ref
    row = census.by_uri.get(target.uri)
    version = f":v{row.version.removeprefix('v')}" if row is not None and row.version else ""
    for key in snapshot.settings_for(document.uri).sources:
        ref = parse_ref(key)
        if isinstance(ref, OciRef):
            text = key if ref.version else key + version
            found = snapshot.find(text, document)
            if isinstance(found, Found) and found.document is target:
                return text
    return relative_path(document.uri, target.uri)


def relative_path(uri: str, target: str) -> str:
    """The path from the folder of one file to another, with `./` in front where it does not go up."""
    here, there = uri.split("/")[:-1], target.split("/")
    shared = 0
    while shared < len(here) and shared < len(there) - 1 and here[shared] == there[shared]:
        shared += 1
    up = len(here) - shared
    return "/".join(["."] * (not up) + [".."] * up + there[shared:])


def _is_alone(document: Document, path: Path) -> bool:
    place = edits.place_of(document.tree, path, _number(document))
    return place is not None and len(place.parent.entries) == 1


def _needed(document: Document, path: Path, shape: Shape | None) -> bool:
    found = shape.at(path) if shape is not None else None
    if found is None:
        return False
    wanted = found.needed.severity[document.dialect] if found.needed is not None else None
    return found.required or wanted is not None


def _number(document: Document) -> int:
    """Which of the documents of the text is read: the first that holds something."""
    tree: Tree = document.tree
    return next((i for i, d in enumerate(tree.documents) if d.root is not None), 0)


def _newline(document: Document) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _edit(replaced: edits.Replacement | None) -> TextEdit | None:
    return TextEdit(Span(replaced[0], replaced[1]), replaced[2]) if replaced is not None else None
