"""What a selection grows to, step by step: word, value, entry, block, document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floe_ls.forms.document import Document
from floe_ls.syntax.comments import comment_at
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Collection, Node, Scalar
from floe_ls.text import Span

_WORD = re.compile(r"[\w-]+")


def selections(document: Document, offset: int) -> list[Span]:
    """The spans around an offset, innermost first, each within the next. There is always one: the whole text."""
    size = len(document.text)
    offset = max(0, min(offset, size))
    found = [Span(0, size)]
    for span in _outside_in(document, offset):
        last = found[-1]
        inner = Span(max(span.start, last.start), min(span.end, last.end))
        if inner.start < inner.end and inner != last and inner.start <= offset <= inner.end:
            found.append(inner)
    return found[::-1]


def _outside_in(document: Document, offset: int) -> Iterator[Span]:
    comment = comment_at(document.tree, offset)
    if comment is not None:
        yield Span(comment.start, comment.end)
        yield from _word(document, offset)
        return
    for base, entry in enclosing(document.tree, offset):
        yield Span(base + entry.start, base + entry.end)
        for node in (entry.key, entry.value, entry.rest):
            if node is not None and base + node.start <= offset <= base + node.end:
                yield from _node(document, base, node)
    yield from _word(document, offset)


def _node(document: Document, base: int, node: Node) -> Iterator[Span]:
    start, end = base + node.start, base + node.end
    yield Span(start, end)
    quoted = isinstance(node, Scalar) and node.style in ("'", '"')
    if quoted or (isinstance(node, Collection) and node.flow):
        closed = document.text[end - 1 : end] in ("'", '"', "]", "}")
        yield Span(start + 1, end - 1 if closed else end)


def _word(document: Document, offset: int) -> Iterator[Span]:
    line, _ = document.lines.position(offset)
    start = document.lines.starts[line]
    for match in _WORD.finditer(document.lines.line(line)):
        if start + match.start() <= offset <= start + match.end():
            yield Span(start + match.start(), start + match.end())
            return
