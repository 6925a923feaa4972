"""One version of one text, read: its syntax tree, what it is, and its canonical tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from floe_ls.forms import manifest, product
from floe_ls.forms.dialect import PRODUCT_KINDS, Kind, dialect_of, file_name, kind_of, tier_of
from floe_ls.forms.expand import expanded
from floe_ls.forms.kept import common
from floe_ls.forms.tree import Folded, Note, find, key_of, pairs, text_of
from floe_ls.schema.meta import Dialect, Tier
from floe_ls.schema.shape import Path
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.parser import Blocks
from floe_ls.syntax.tree import Tree
from floe_ls.text import Lines, Span


@dataclass(frozen=True)
class At:
    """A node (and the entry that holds it) with the offset that its positions are relative to."""

    base: int
    entry: Entry | None
    node: Node | None

    @property
    def value_span(self) -> Span:
        """Where the value stands; where it would, if there is none."""
        if self.node is not None:
            return Span(self.base + self.node.start, self.base + self.node.end)
        return self.key_span

    @property
    def key_span(self) -> Span:
        """Where the key stands; for an item of a list, the item."""
        if self.entry is not None and self.entry.key is not None:
            key = self.entry.key
            return Span(self.base + key.start, self.base + key.end)
        if self.node is not None:
            return Span(self.base + self.node.start, self.base + self.node.end)
        return Span(self.base, self.base + 1)

    @property
    def span(self) -> Span:
        """From the key to the end of the value."""
        return Span(
            min(self.key_span.start, self.value_span.start),
            max(self.key_span.end, self.value_span.end),
        )

    def child(self, key: str | int) -> At | None:
        if isinstance(key, int):
            node = self.node
            if isinstance(node, Sequence) and key < len(node.entries):
                return At(self.base + node.at[key], node.entries[key], node.entries[key].value)
            return None
        found = find(self.node, key)
        return At(self.base + found[0], found[1], found[1].value) if found else None

    def children(self) -> Iterator[tuple[str | int, At]]:
        """Keys, or indices, with what they hold. Entries whose key is no scalar are left out."""
        if isinstance(self.node, Sequence):
            for index, (offset, entry) in enumerate(pairs(self.node)):
                yield index, At(self.base + offset, entry, entry.value)
            return
        for offset, entry in pairs(self.node):
            key = key_of(entry)
            if key is not None:
                yield key, At(self.base + offset, entry, entry.value)

    @property
    def value(self) -> Any:
        return plain(self.node)


@dataclass(frozen=True, eq=False)
class Document:
    """Compared by identity, so it can key a cache: a change makes a new one."""

    uri: str
    tree: Tree = field(repr=False)
    lines: Lines = field(repr=False)
    version: int | None
    kind: Kind
    dialect: Dialect
    tier: Tier
    root: At = field(repr=False)
    """The canonical tree."""
    written: At = field(repr=False)
    """The author's tree, aliases replaced."""
    notes: tuple[Note, ...] = field(repr=False)
    label: str = ""
    """How people name it: a path relative to the workspace, or a reference."""
    ref: str = ""
    """For an artifact: its reference."""
    digest: str = ""
    """For an artifact: the digest of its OCI manifest."""
    fetched_at: float | None = None
    """For an artifact: when it was fetched, in seconds since 1970."""
    partial: bool = False
    """An artifact that holds some fields of a manifest only."""
    stale: str = ""
    """For an artifact that should have been looked up again: why that failed, in words."""
    too_many_aliases: bool = False
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was computed from parts that versions share, keyed by their identity. Handed on to the next version."""
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    """What was computed from this version alone."""

    @property
    def text(self) -> str:
        return self.lines.text

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.ref or self.label or file_name(self.uri)

    @property
    def is_ours(self) -> bool:
        return self.kind in (Kind.MANIFEST, Kind.PRODUCT)

    def at(self, path: Path) -> At | None:
        """What stands at a canonical path; None where nobody wrote it."""
        here: At | None = self.root
        for step in path:
            here = here.child(step) if here else None
        return here

    def author_path(self, path: Path) -> Path:
        """The author's path of a canonical one."""
        here: At | None = self.root
        out: list[str | int] = []
        for step in path:
            here = here.child(step) if here else None
            if here is not None and isinstance(here.entry, Folded):
                out = list(here.entry.written)
            else:
                out.append(step)
        return tuple(out)


class Alike:
    """What documents that are read one after the other share: where their text is the same they have the same entries,
    and what was found out about those is kept."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.memos: dict[tuple[Kind, Dialect], dict[Any, Any]] = {}


def read_document(
    uri: str,
    text: str | Lines,
    version: int | None = None,
    old: Document | None = None,
    label: str = "",
    ref: str = "",
    digest: str = "",
    fetched_at: float | None = None,
    partial: bool = False,
    stale: str = "",
    edit: tuple[int, int, int] | None = None,
    alike: Alike | None = None,
) -> Document:
    """Reads a text, sharing with `old`, an earlier version of it, what has not changed, or else with others what is
    `alike`. It never fails.

    `edit` may tell what made the text of that of `old`: the start and end of what went, the length of what came.
    """
    lines = text if isinstance(text, Lines) else Lines(text)
    tree = Tree(lines.text, old.tree if old else None, edit, alike.blocks if alike else None)
    first = next((d for d in tree.documents if d.root is not None), None)
    base, node = (first.at, first.root) if first else (0, None)
    node, exceeded = expanded(tree, node, base)
    root: Node | None = node
    notes: list[Note] = []
    if old is not None and old.uri == uri and _is_read_as(old, node):
        kind, dialect, tier = old.kind, old.dialect, old.tier
    else:
        kind = kind_of(node, uri)
        dialect = dialect_of(kind, node)
        if isinstance(node, Mapping) and kind is Kind.MANIFEST:
            root, notes = manifest.fold(node, base)
        elif isinstance(node, Mapping) and kind is Kind.PRODUCT:
            root, notes = product.fold(node, base)
        tier = tier_of(kind, root)
    memo = old.memo if old else alike.memos.setdefault((kind, dialect), {}) if alike else {}
    return Document(
        uri=uri,
        tree=tree,
        lines=lines,
        version=version,
        kind=kind,
        dialect=dialect,
        tier=tier,
        root=At(base, None, root),
        written=At(base, None, node),
        notes=tuple(notes),
        label=label or (old.label if old else ""),
        ref=ref,
        digest=digest,
        fetched_at=fetched_at,
        partial=partial,
        stale=stale,
        too_many_aliases=exceeded,
        memo=memo,
    )


def _is_read_as(old: Document, node: Node | None) -> bool:
    """Whether a product is read as its earlier version, since only the content of one key has changed, and that does
    not tell how: so it is with most keys."""
    was = old.written.node
    if old.kind is not Kind.PRODUCT or old.notes or old.root.node is not was:
        return False
    if not (isinstance(was, Mapping) and isinstance(node, Mapping)):
        return False
    first, last = common(old.memo, was.entries, node.entries)
    if not first + last + 1 == len(was.entries) == len(node.entries):
        return False
    key = key_of(node.entries[first])
    if key is None or key in product.TELLING or key != key_of(was.entries[first]):
        return False
    said = find(node, "kind")
    return said is not None and text_of(said[1].value) in PRODUCT_KINDS


def plain(node: Node | None) -> Any:
    """A node as plain data. Aliases that could not be replaced become None."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return None if node.style == "*" else node.value
    assert isinstance(node, Collection)
    if isinstance(node, Sequence):
        return [plain(entry.value) for entry in node.entries]
    out: dict[Any, Any] = {}
    for entry in node.entries:
        key = entry.key
        name = key.value if isinstance(key, Scalar) and key.style != "*" else None
        if isinstance(key, Scalar):
            out[name] = plain(entry.value)
    return out


__all__ = ["At", "Document", "Kind", "plain", "read_document", "text_of"]
