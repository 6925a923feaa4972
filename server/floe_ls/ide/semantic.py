"""What words of a text mean, for colours: keys by tier, plugin names, references, what is of no use any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from floe_ls.chain.compare import meetings
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.tree import is_null, key_of
from floe_ls.ide.cursor import canonical_path, shapes_at, shorthand
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import Merge, Role
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax.nodes import Collection, Mapping, Node, Scalar
from floe_ls.text import Span


class Word(StrEnum):
    KEY = "property"
    PLUGIN = "class"
    REFERENCE = "namespace"
    TRANSFORM = "function"


class Note(StrEnum):
    OWN = "own"
    """Set in this file, and by no tier above it."""
    INHERITED = "inherited"
    """A tier above sets it as well."""
    IMMUTABLE = "immutable"
    """No lower tier may change or weaken it."""
    READONLY = "readonly"
    """A tier above decided it for good."""
    DEPRECATED = "deprecated"


@dataclass(frozen=True)
class SemanticToken:
    """A word on one line."""

    span: Span
    word: Word
    notes: frozenset[Note] = frozenset()


_BREAK = re.compile(r"[\r\n]")
_NAMES = {
    Role.PLUGIN_NAME: Word.PLUGIN,
    Role.TRANSFORM_COMPUTE: Word.PLUGIN,
    Role.PARENT: Word.REFERENCE,
    Role.PLATFORM: Word.REFERENCE,
    Role.TRANSFORM_NAME: Word.TRANSFORM,
}
_LISTED = {
    Role.WHITELIST: Word.PLUGIN,
    Role.DEPENDS_ON: Word.TRANSFORM,
    Role.PRODUCTS: Word.REFERENCE,
}
_LOCKED = frozenset({Merge.IMMUTABLE, Merge.STRENGTHEN})


def semantic_tokens(
    snapshot: Snapshot, document: Document, within: Span | None = None
) -> list[SemanticToken]:
    """The words that floe knows, in the order of the text; of a span alone, where one is given."""
    root = snapshot.shapes.get(document.kind)
    first = next((d for d in document.tree.documents if d.root is not None), None)
    if root is None or first is None:
        return []
    found = _Words(snapshot, document, root, within or Span(0, len(document.text)))
    tokens = sorted(found.below(first.root, first.at, ()), key=lambda t: t.span)
    out: list[SemanticToken] = []
    for token in tokens:  # clients want them apart, each on its line
        if _BREAK.search(document.text, token.span.start, token.span.end):
            continue
        if token.span.start < token.span.end and (not out or out[-1].span.end <= token.span.start):
            out.append(token)
    return out


class _Words:
    def __init__(self, snapshot: Snapshot, document: Document, root: Shape, within: Span) -> None:
        self.document = document
        self.root = root
        self.within = within
        self.manifest = document.kind is Kind.MANIFEST
        self.above: dict[Path, bool] = {}
        """What tiers above set, too, and whether one of them decides."""
        self.known: dict[tuple[bool, Path], Word | frozenset[Note] | None] = {}
        if self.manifest:
            layers = snapshot.chain(document).layers
            effective = snapshot.inherited(document)
            for meeting in meetings(root, layers):
                setting = effective.at(meeting.path)
                winner = setting.winner if setting is not None else None
                decided = winner is not None and winner.layer.document is not document
                for size in range(1, len(meeting.path)):
                    self.above.setdefault(meeting.path[:size], False)
                self.above[meeting.path] = decided

    def below(self, node: Node | None, base: int, written: Path) -> Iterator[SemanticToken]:
        stack: list[tuple[Node | None, int, Path]] = [(node, base, written)]
        while stack:
            node, base, written = stack.pop()
            if isinstance(node, Scalar):
                yield from self.value(node, base, written)
            if not isinstance(node, Collection):
                continue
            mapping = isinstance(node, Mapping)
            for index, (at, entry) in enumerate(zip(node.at, node.entries, strict=True)):
                start = base + at
                if start > self.within.end or start + entry.end < self.within.start:
                    continue
                step = key_of(entry) if mapping else index
                if step is None:
                    continue
                path = (*written, step)
                if mapping and isinstance(entry.key, Scalar):
                    yield from self.key(entry.key, start, path)
                if len(path) < 40:
                    stack.append((entry.value, start, path))

    def key(self, node: Scalar, base: int, written: Path) -> Iterator[SemanticToken]:
        notes = self.meaning(written, True)
        if notes is not None and not isinstance(notes, Word) and node.style != "*":
            yield SemanticToken(_inside(node, base), Word.KEY, notes)

    def value(self, node: Scalar, base: int, written: Path) -> Iterator[SemanticToken]:
        if is_null(node) or node.style in ("*", "|", ">"):
            return
        word = self.meaning(written, False)
        if isinstance(word, Word):
            yield SemanticToken(_inside(node, base), word)

    def meaning(self, written: Path, on_key: bool) -> Word | frozenset[Note] | None:
        """What a key is noted for, or what a value is. Items of a list are alike, but for those whose form depends
        on what they say."""
        likeness = on_key, tuple(["*" if type(step) is int else step for step in written])
        if likeness in self.known:
            return self.known[likeness]
        path = canonical_path(self.document, self.root, written, value=not on_key)
        shapes = shapes_at(self.document, self.root, path)
        found = self.notes(path, shapes) if on_key else self.word(path, shapes)
        if not any(self.varies(path[:size]) for size in range(1, len(path))):
            self.known[likeness] = found
        return found

    def notes(self, path: Path, shapes: tuple[Shape, ...]) -> frozenset[Note] | None:
        shape = next((s for s in shapes if s.name or s.doc), None)
        if shape is None or shape.path[-1:] == ("*",):
            return None
        notes = set()
        if shape.deprecated is not None:
            notes.add(Note.DEPRECATED)
        if self.manifest:
            decided = self.above.get(path)
            notes.add(Note.OWN if decided is None else Note.INHERITED)
            if decided:
                notes.add(Note.READONLY)
            if shape.inherit.merge in _LOCKED:
                notes.add(Note.IMMUTABLE)
        return frozenset(notes)

    def word(self, path: Path, shapes: tuple[Shape, ...]) -> Word | None:
        for shape in shapes:
            if shape.category is not None and shorthand(shape) is not None:
                return Word.PLUGIN
            if shape.role in _NAMES:
                return _NAMES[shape.role]
        for role, word in _LISTED.items():
            holder = self.root.role_path(role)
            if holder is not None and len(path) > len(holder) and _fits(path, holder):
                return word
        return None

    def varies(self, path: Path) -> bool:
        shape = self.root.at(path)
        return shape is not None and shape.kind == "union"


def _fits(path: Path, holder: tuple[str, ...]) -> bool:
    return all(want in ("*", step) for step, want in zip(path, holder, strict=False))


def _inside(node: Scalar, base: int) -> Span:
    """A word without its quotes."""
    quoted = node.style in ("'", '"') and node.end - node.start >= 2
    return Span(base + node.start + quoted, base + node.end - quoted)
