"""Formats a text: indentation and spacing only. Comments, quotes, line breaks and the order of keys stay.

Every line keeps its place relative to what it belongs to, so that only lines that begin an entry are decided:
mappings stand two columns further in than their key; lists stand as most lists of the file do. An edit is made
only where it leaves every value as it is; a text with errors is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from floe_ls.forms.document import Document
from floe_ls.syntax.comments import comments
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load
from floe_ls.text import Span, TextEdit, apply_edits

INDENT = 2
_BLANKS = re.compile(r"[ \t]*")
_GAP = re.compile(r"[ \t]+")


def formatted(
    document: Document, indent: int = INDENT, within: Span | None = None
) -> list[TextEdit]:
    """The edits that format a document, or the lines of a span; none where the text has errors."""
    tree = document.tree
    if not document.text.strip() or any(d.entry.flawed for d in tree.documents):
        return []
    if next(tree.errors(), None) is not None or "\r" in document.text.replace("\r\n", ""):
        return []
    layout = _Layout(document, max(1, min(indent, 8)))
    layout.read()
    ends = [] if within is not None else list(_end_of_file(document))
    for edits in ([*layout.edits(), *ends], layout.edits(spacing=False)):
        if within is not None:
            edits = [e for e in edits if _touches(document, e.span, within)]
        edits = [e for e in edits if document.text[e.span.start : e.span.end] != e.new]
        if not edits or _same(document, edits):
            return edits
    return []


def _touches(document: Document, span: Span, within: Span) -> bool:
    line = document.lines.position(span.start)[0]
    first, last = (document.lines.position(offset)[0] for offset in (within.start, within.end))
    if last > first and document.lines.starts[last] == within.end:
        last -= 1  # a selection of whole lines ends at the start of the next one
    return first <= line <= last


def _same(document: Document, edits: list[TextEdit]) -> bool:
    """Whether values and comments are the same after some edits."""
    after = Tree(apply_edits(document.text, edits))
    if next(after.errors(), None) is not None or repr(load(after)) != repr(load(document.tree)):
        return False
    said = [c.text for c in comments(document.tree)]
    return said == [c.text for c in comments(after)]


def _end_of_file(document: Document) -> Iterator[TextEdit]:
    """One line break at the end."""
    text = document.text
    kept = len(text.rstrip(" \t\r\n"))
    tail = text[kept:]
    last = _last_leaf(document.tree)
    if isinstance(last, Scalar) and last.style in ("|", ">"):
        return  # its blank lines may be part of it
    newline = "\r\n" if "\r\n" in text else "\n"
    if tail != newline:
        yield TextEdit(Span(kept, len(text)), newline)


def _last_leaf(tree: Tree) -> Node | None:
    node = tree.documents[-1].root if tree.documents else None
    while isinstance(node, Collection) and not node.flow and node.entries:
        node = node.entries[-1].value
    return node


@dataclass
class _Layout:
    """Where each line is to begin. `lines` has those that begin an entry."""

    document: Document
    indent: int
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)
    """The column where a line's first entry stands, and where it is to stand."""
    inner: dict[int, int] = field(default_factory=dict)
    """By how much what goes on from a line moves: its innermost entry may move otherwise than its first."""
    gaps: list[TextEdit] = field(default_factory=list)
    frozen: list[tuple[int, int]] = field(default_factory=list)
    """First and last line of texts whose ends of lines count."""

    def read(self) -> None:
        flush = self.lists_are_flush()
        for document in self.document.tree.documents:
            if isinstance(document.root, Collection) and not document.root.flow:
                self.block(document.root, document.at, 0, flush)
            elif document.root is not None:
                self.value(document.root, document.at)

    def lists_are_flush(self) -> bool:
        """Whether most lists stand in the column of their key."""
        flush = deep = 0
        stack: list[Node | None] = [d.root for d in self.document.tree.documents]
        while stack:
            node = stack.pop()
            if not isinstance(node, Collection) or node.flow:
                continue
            for entry in node.entries:
                value = entry.value
                if isinstance(node, Mapping) and isinstance(value, Sequence) and not value.flow:
                    flush += value.column == node.column
                    deep += value.column > node.column
                stack.append(value)
        return flush > deep

    def block(self, node: Collection, base: int, column: int, flush: bool) -> None:
        """A block collection that is to stand at a column."""
        stack = [(node, base, column)]
        while stack:
            node, base, column = stack.pop()
            for at, entry in zip(node.at, node.entries, strict=True):
                below = self.entry(node, entry, base + at, column, flush)
                if below is not None:
                    stack.append(below)

    def entry(
        self, node: Collection, entry: Entry, base: int, column: int, flush: bool
    ) -> tuple[Collection, int, int] | None:
        """Places an entry; its value, where that is a block, with the column for it."""
        lines = self.document.lines
        line = lines.position(base)[0]
        was = base - lines.starts[line]
        if line == 0 and self.document.text.startswith("\ufeff"):
            was -= 1
        if not self.document.text[lines.starts[line] : base].strip(" \t\ufeff"):
            self.lines[line] = was, column
        self.inner[line] = column - was
        if entry.key is not None and self.document.text.startswith("?", base) and entry.key.start:
            self.keep(base, entry)
            return None
        plain = self.spaces(node, entry, base)
        value = entry.value
        if not isinstance(value, Collection) or value.flow:
            if value is not None:
                self.value(value, base)
            return None
        start = base + value.start
        if lines.position(start)[0] == line:  # '- key: value'
            here = start - lines.starts[line]
            return value, base, column + (INDENT if plain else here - was)
        return value, base, self.below(node, value, column, flush)

    def below(self, node: Collection, value: Collection, column: int, flush: bool) -> int:
        if isinstance(node, Sequence):
            return column + INDENT
        if isinstance(value, Sequence) and flush:
            return column
        return column + self.indent

    def keep(self, base: int, entry: Entry) -> None:
        """An entry with a question mark: all its lines move with it."""
        first = self.document.lines.position(base)[0]
        last = self.document.lines.position(base + entry.end)[0]
        self.frozen.append((first, last))

    def spaces(self, node: Collection, entry: Entry, base: int) -> bool:
        """One space behind a colon or dash, none before a colon. Whether what follows a dash stands two columns
        behind it."""
        text = self.document.text
        if entry.colon < 0:
            return False
        colon = base + entry.colon
        if isinstance(node, Mapping) and entry.key is not None:
            end = base + entry.key.end
            if _GAP.fullmatch(text, end, colon - 1) and not _is_alias(entry.key):
                self.gaps.append(TextEdit(Span(end, colon - 1), ""))
        gap = _BLANKS.match(text, colon)
        assert gap is not None
        if gap.end() >= len(text) or text[gap.end()] in "\r\n#":
            return False
        if gap[0] != " " and gap[0]:
            self.gaps.append(TextEdit(Span(*gap.span()), " "))
        value = entry.value
        return value is not None and base + value.start == gap.end()

    def value(self, node: Node, base: int) -> None:
        """A value that is no block: the spaces within its brackets; its lines move with its entry."""
        if isinstance(node, Scalar):
            first, last = (
                self.document.lines.position(base + o)[0] for o in (node.start, node.end)
            )
            if node.style in ("|", ">"):
                last = self.end_of_literal(last)
            if last > first:
                self.frozen.append((first, last))
            return
        if isinstance(node, Collection):
            self.brackets(node, base)

    def end_of_literal(self, line: int) -> int:
        """Blank lines behind a literal text may be part of it."""
        lines = self.document.lines
        while line + 1 < len(lines) and not lines.line(line + 1).strip(" \t"):
            line += 1
        return line

    def brackets(self, node: Collection, base: int) -> None:
        text = self.document.text
        ends = [(base + at, base + at + e.end) for at, e in zip(node.at, node.entries, strict=True)]
        for (_, end), (start, _) in pairwise(ends):
            between = text[end:start]
            if between.strip(" \t") == "," and between != ", ":
                self.gaps.append(TextEdit(Span(end, start), ", "))
        for at, entry in zip(node.at, node.entries, strict=True):
            value, here = entry.value, base + at
            if isinstance(node, Mapping) and entry.colon >= 0 and value is not None:
                gap = Span(here + entry.colon, here + value.start)
                if _GAP.fullmatch(text, gap.start, gap.end):
                    self.gaps.append(TextEdit(gap, " "))
            if isinstance(value, Collection | Scalar):
                self.value(value, here)

    # --- edits

    def edits(self, spacing: bool = True) -> list[TextEdit]:
        out = list(self.margins())
        if spacing:
            taken = {edit.span for edit in out}
            out += (e for e in self.gaps if e.span not in taken)
            out += self.trailing()
        elif self.gaps:
            # What stands behind `-` moves with the spaces after it: indentation alone would tear it apart.
            out += self.gaps
        return sorted(set(out), key=lambda e: (e.span.start, e.span.end))

    def margins(self) -> Iterator[TextEdit]:
        """What each line begins with."""
        text, lines = self.document.text, self.document.lines
        known = sorted(self.lines)
        alone = {lines.position(c.start)[0] for c in comments(self.document.tree) if c.alone}
        literal = {n for first, last in self.frozen for n in range(first + 1, last + 1)}
        delta = 0
        following = iter(known)
        ahead = next(following, None)
        before: list[tuple[int, int]] = []
        for number in range(len(lines)):
            while ahead is not None and ahead < number:
                ahead = next(following, None)
            start = lines.starts[number] + (number == 0 and text.startswith("\ufeff"))
            blanks = _BLANKS.match(text, start, lines.end(number))
            assert blanks is not None
            if number in self.lines:
                was, wanted = self.lines[number]
                before = [pair for pair in before if pair[0] < was]
                before.append((was, wanted))
                delta = self.inner[number]
                yield TextEdit(Span(*blanks.span()), " " * wanted)
                continue
            if blanks.end() == lines.end(number):
                if number in literal and blanks[0].strip(" ") == "":
                    yield from _shifted(blanks, delta)
                continue
            if number in alone and number not in literal:
                after = self.lines[ahead] if ahead is not None else None
                wanted = _comment_column(len(blanks[0].expandtabs(8)), before, after)
                yield TextEdit(Span(*blanks.span()), " " * wanted)
                continue
            delta = self.inner.get(number, delta)
            yield from _shifted(blanks, delta)

    def trailing(self) -> Iterator[TextEdit]:
        """White space at the end of lines, but for those of texts."""
        frozen = {n for first, last in self.frozen for n in range(first, last + 1)}
        lines, text = self.document.lines, self.document.text
        last = len(text.rstrip(" \t\r\n"))
        for number in range(len(lines)):
            start, end = lines.starts[number], lines.end(number)
            if (
                number in frozen
                or text[end - 1 : end] not in (" ", "\t")
                or start == end
                or start > last
            ):
                continue
            kept = start + len(text[start:end].rstrip(" \t"))
            if kept < last:  # the end of the file has an edit of its own
                yield TextEdit(Span(kept, end), "")


def _shifted(blanks: re.Match[str], delta: int) -> Iterator[TextEdit]:
    """A line that goes on with what began above it, moved by as much."""
    size = len(blanks[0])
    if delta > 0 and (size or blanks.end() < blanks.endpos):
        yield TextEdit(Span(*blanks.span()), " " * delta + blanks[0])
    elif delta < 0 and not blanks[0][:-delta].strip(" "):
        yield TextEdit(Span(*blanks.span()), blanks[0][-delta:])


def _comment_column(
    column: int, before: list[tuple[int, int]], after: tuple[int, int] | None
) -> int:
    """A comment stands with the entry below it, else with one above of its column, else where it stood as seen
    from one of them."""
    if after is not None and after[0] == column:
        return after[1]
    for was, wanted in reversed(before):
        if was == column:
            return wanted
    if after is not None and column < after[0]:
        return max(0, column + after[1] - after[0])
    if before:
        was, wanted = before[-1]
        return max(0, column + wanted - was)
    return column


def _is_alias(node: Node) -> bool:
    return isinstance(node, Scalar) and node.style == "*"
