"""What there is in a document, as a tree, and in the workspace, by name."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from heapq import nsmallest
from typing import Any, NamedTuple

from floe_ls.chain.layers import Shapes
from floe_ls.forms.document import At, Document, Kind, plain
from floe_ls.forms.tree import is_null, key_of, pairs, text_of
from floe_ls.ide.hover import looks_hidden
from floe_ls.ide.locations import Location, top
from floe_ls.ide.mentions import spots, word
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.steps import finished
from floe_ls.mesh.census import Row
from floe_ls.schema.meta import Role, Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from floe_ls.text import Span

MOST = 10_000
"""Symbols of one document: no outline is read further."""
MOST_FOUND = 200
"""Symbols of the workspace that one question is answered with: who wants another one types on."""
MOST_READ = 1_000
"""Files that nobody has open, of which all parts are looked for; in larger workspaces, those that rows name."""
_ROWS_AT_ONCE = 200
_DEEPEST = 16
_LONGEST = 60
_MODEL_NAME = "model-name"
"""The form of the names of transforms, ports and columns: what others of the organisation look for."""


class SymbolKind(StrEnum):
    ENTERPRISE = "enterprise"
    DOMAIN = "domain"
    PLATFORM = "platform"
    PRODUCT = "product"
    BLOCK = "block"
    LIST = "list"
    PLUGIN = "plugin"
    TRANSFORM = "transform"
    TABLE = "table"
    """A named thing that has parts: a port of a product, a source."""
    COLUMN = "column"
    ITEM = "item"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"


KINDS = {
    Tier.ENTERPRISE: SymbolKind.ENTERPRISE,
    Tier.DOMAIN: SymbolKind.DOMAIN,
    Tier.PLATFORM: SymbolKind.PLATFORM,
    Tier.PRODUCT: SymbolKind.PRODUCT,
}


@dataclass(frozen=True)
class Symbol:
    """Something in a document, with what is in it."""

    name: str
    kind: SymbolKind
    detail: str
    span: Span
    focus: Span
    deprecated: bool = False
    children: tuple[Symbol, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found:
    """Something in the workspace."""

    name: str
    kind: SymbolKind
    container: str
    location: Location


# --- of a document


def document_symbols(snapshot: Snapshot, document: Document) -> Symbol | None:
    """A manifest or product with all that stands in it; None for other files."""
    root = snapshot.shapes.get(document.kind)
    if root is None or not document.is_ours:
        return None
    whole = top(snapshot, document)
    first = next((d for d in document.tree.documents if d.root is not None), None)
    children: tuple[Symbol, ...] = ()
    if first is not None:
        walk = _Walk(document)
        children = tuple(walk.below(first.root, first.at, root, ()))
    row = snapshot.row(document)
    name = row.name if row is not None else document.name
    version = row.version if row is not None else ""
    detail = " ".join(part for part in (document.tier.value, version) if part)
    focus = whole.focus
    return Symbol(name, KINDS[document.tier], detail, whole.span, focus, children=children)


class _Walk:
    """Over the author's own tree, so that places lie within each other."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.left = MOST

    def below(
        self, node: Node | None, base: int, shape: Shape | None, path: Path
    ) -> Iterator[Symbol]:
        if len(path) >= _DEEPEST:
            return
        for number, (at, entry) in enumerate(pairs(node)):
            if self.left <= 0:
                return
            key = key_of(entry) if isinstance(node, Mapping) else None
            if isinstance(node, Mapping) and not key:
                continue
            if isinstance(node, Sequence) and not isinstance(entry.value, Mapping):
                continue  # the list itself shows its words
            self.left -= 1
            step = number if key is None else key
            child = shape.child(step) if shape is not None else None
            yield self.symbol(entry, base + at, key, child, (*path, step))

    def symbol(
        self, entry: Entry, base: int, key: str | None, shape: Shape | None, path: Path
    ) -> Symbol:
        node = entry.value
        children = tuple(self.below(node, base, shape, path))
        at = At(base, entry, node)
        focus = at.key_span
        name = key
        if name is None:
            name, focus = self.item_name(at, shape, path, focus)
        end = max(base + entry.end, focus.end, *(c.span.end for c in children), 0)
        span = Span(min(base + entry.start, focus.start), min(end, len(self.document.text)))
        deprecated = shape is not None and shape.deprecated is not None
        kind = _kind(node, shape)
        return Symbol(name, kind, self.detail(node, path), span, focus, deprecated, children)

    def item_name(
        self, at: At, shape: Shape | None, path: Path, otherwise: Span
    ) -> tuple[str, Span]:
        """What an item of a list is called: by the first of its texts that its fields are about."""
        fields = [c.name for c in shape.children() if c.kind == "str"] if shape is not None else []
        written = [(str(key), child) for key, child in at.children() if text_of(child.node)]
        ranked = sorted(
            written, key=lambda kv: fields.index(kv[0]) if kv[0] in fields else len(fields)
        )
        for key, child in ranked[:1]:
            text = text_of(child.node) or ""
            if not looks_hidden((*path, key), text):
                return _short(text), word(self.document, child)
        return f"[{path[-1]}]", Span(otherwise.start, otherwise.start)

    def detail(self, node: Node | None, path: Path) -> str:
        """A value, or the words of a list, on one line."""
        if isinstance(node, Scalar) and not is_null(node):
            if node.style == "*":
                return f"*{node.text}"
            return "" if looks_hidden(path, node.value) else _short(node.text)
        if isinstance(node, Sequence):
            words = [plain(e.value) for e in node.entries[:10] if isinstance(e.value, Scalar)]
            return _short(", ".join(str(w) for w in words if not looks_hidden(path, w)))
        return ""


def _kind(node: Node | None, shape: Shape | None) -> SymbolKind:
    if shape is not None and shape.category is not None:
        return SymbolKind.PLUGIN
    if isinstance(node, Sequence):
        return SymbolKind.LIST
    if isinstance(node, Mapping):
        return _object_kind(shape)
    value: Any = node.value if isinstance(node, Scalar) and node.style != "*" else None
    if isinstance(value, bool):
        return SymbolKind.FLAG
    return SymbolKind.NUMBER if isinstance(value, int | float) else SymbolKind.TEXT


def _object_kind(shape: Shape | None) -> SymbolKind:
    """By what its fields are: those of a transform, a table or a column."""
    if shape is None:
        return SymbolKind.BLOCK
    fields = list(shape.children())
    if any(f.role is Role.TRANSFORM_NAME for f in fields):
        return SymbolKind.TRANSFORM
    if any(f.form is not None and f.form.name == _MODEL_NAME for f in fields):
        return SymbolKind.TABLE if any(f.is_container for f in fields) else SymbolKind.COLUMN
    is_item = bool(shape.path) and shape.path[-1] == "*"
    return SymbolKind.ITEM if is_item else SymbolKind.BLOCK


def _short(text: str) -> str:
    text = " ".join(text[: 4 * _LONGEST].split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# --- of the workspace


def workspace_symbols(snapshot: Snapshot, query: str) -> tuple[Found, ...]:
    """Manifests, products, and their transforms, ports and columns whose name has the letters of a query in their
    order; the best first. Columns of files that nobody has open are looked for in small workspaces only."""
    return finished(finding_symbols(snapshot, query))


def finding_symbols(snapshot: Snapshot, query: str) -> Generator[None, None, tuple[Found, ...]]:
    """The same in steps. No more files are read than there are answers."""
    wanted = "".join(query.split()).lower()
    files = snapshot.files
    small = len(files.closed) <= MOST_READ
    best: list[_Candidate] = []
    for number, row in enumerate(snapshot.census.rows):
        if number % _ROWS_AT_ONCE == 0:
            yield
            best = _best(best)
        if (rank := _rank(row.name, wanted)) is not None:
            best.append(_Candidate(rank, 0, row.name, row.uri, row))
        if small or row.uri in files.held:
            best += _parts_like(row, snapshot.shapes, wanted)
            yield
            continue
        for name in row.models.split("\n") if _may_be(row.models, wanted) else ():
            if (rank := _rank(name, wanted)) is not None:
                best.append(_Candidate(rank, 1, name, row.uri, row))
    found: list[Found] = []
    for each in _best(best):
        one: _Candidate | None = each
        if each.kind is None and each.depth:  # named by its row only
            same = (
                p for p in _parts_like(each.row, snapshot.shapes, wanted) if p.name == each.name
            )
            one = next(same, None)
        if one is not None:
            found.append(_found(snapshot, one))
        yield
    return tuple(found)


class _Candidate(NamedTuple):
    """Something whose name is like a query. The best has the lowest rank and depth, then the first name."""

    rank: int
    depth: int
    name: str
    uri: str
    row: Row
    kind: SymbolKind | None = None
    span: Span | None = None


def _best(found: Iterable[_Candidate]) -> list[_Candidate]:
    return nsmallest(MOST_FOUND, found, key=lambda one: one[:4])


def _parts_like(row: Row, shapes: Shapes, wanted: str) -> Iterator[_Candidate]:
    for name, kind, span in _parts(row.document, shapes):
        if (rank := _rank(name, wanted)) is not None:
            depth = 1 + (kind is SymbolKind.COLUMN)
            yield _Candidate(rank, depth, name, row.uri, row, kind, span)


def _may_be(names: str, wanted: str) -> bool:
    """Whether one of some names may have the letters: a quick look at all of them together."""
    return bool(names) and _rank(names, wanted) is not None


def _found(snapshot: Snapshot, one: _Candidate) -> Found:
    document = one.row.document
    if one.kind is None or one.span is None:
        return Found(one.name, KINDS[one.row.tier], document.name, top(snapshot, document))
    return Found(one.name, one.kind, one.row.name, Location(document, one.span, one.span))


def _rank(name: str, wanted: str) -> int | None:
    """0 where a name begins with what is wanted, 1 where it has it inside, 2 where it has its letters in order."""
    lower = name.lower()
    if lower.startswith(wanted):
        return 0
    if wanted in lower:
        return 1
    letters = iter(lower)
    return 2 if all(letter in letters for letter in wanted) else None


def _parts(document: Document, shapes: Shapes) -> tuple[tuple[str, SymbolKind, Span], ...]:
    """The transforms, ports and columns of a product. Kept with the document, which never changes."""
    if document.kind is not Kind.PRODUCT:
        return ()
    if "symbols" not in document.facts:
        root = shapes[document.kind]
        document.facts["symbols"] = tuple(
            (name, kind, word(document, at))
            for path, kind in _named_parts(root)
            for _, at in spots(document, root, path)
            if (name := text_of(at.node))
        )
    known: tuple[tuple[str, SymbolKind, Span], ...] = document.facts["symbols"]
    return known


@lru_cache(maxsize=8)
def _named_parts(root: Shape) -> tuple[tuple[tuple[str, ...], SymbolKind], ...]:
    """The paths of names of models, with what is named so."""
    out = []
    for shape in root.walk():
        if shape.form is not None and shape.form.name == _MODEL_NAME:
            holder = root.at(tuple(0 if step == "*" else step for step in shape.path[:-1]))
            out.append((shape.path, _object_kind(holder)))
    return tuple(out)
