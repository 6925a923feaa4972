"""Where a new line is to begin: further in below a key, beside the others below an item."""

from __future__ import annotations

import re

from floe_ls.forms.document import Document
from floe_ls.syntax.comments import comment_beside
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import Span, TextEdit

INDENT = 2
_DASHES = re.compile(r" *(?:- +)*")
_DASH = re.compile(r"-")
_OPENS = re.compile(r"(?:^|[\s:,\[{-])[\[{]\s*$")
_TEXT = re.compile(r"(?:^|\s)[|>][-+1-9]*$")


def indented(document: Document, offset: int, indent: int = INDENT) -> list[TextEdit]:
    """The edit that indents the line of an offset, which was just begun; none where it stands well."""
    lines, text = document.lines, document.text
    number = lines.position(max(0, min(offset, len(text))))[0]
    if number == 0:
        return []
    start = lines.starts[number]
    line = lines.line(number)
    has = len(line) - len(line.lstrip(" \t"))
    wanted = _wanted(document, number - 1, indent)
    if wanted is None or line[:has] == " " * wanted:
        return []
    return [TextEdit(Span(start, start + has), " " * wanted)]


def _wanted(document: Document, above: int, indent: int) -> int | None:
    """The column below a line; None where the line above says nothing."""
    lines, tree = document.lines, document.tree
    start, end = lines.starts[above], lines.end(above)
    if not lines.line(above).strip():
        return None
    comment = comment_beside(tree, start)
    if comment is not None:
        end = comment.start
    said = document.text[start:end].rstrip()
    if not said.strip():
        return None  # a comment: the editor's own guess is as good
    if _in_text(document, start + len(said) - 1, above):
        return None
    dashes = _DASHES.match(said)
    assert dashes is not None
    column = dashes.end()
    if said.endswith(":") or _TEXT.search(said) or _OPENS.search(said):
        return column + indent
    if _DASH.fullmatch(said, column):
        return len(said) + 1
    if ": " in said[column:]:
        return column
    return len(said) - len(said.lstrip(" "))


def _in_text(document: Document, offset: int, line: int) -> bool:
    """Whether an offset is within a text of several lines that begins above, or that is not closed."""
    path = enclosing(document.tree, offset)
    if not path:
        return False
    base, entry = path[-1]
    for node in (entry.value, entry.rest, entry.key):
        if isinstance(node, Scalar) and node.start <= offset - base < node.end:
            return document.lines.position(base + node.start)[0] < line
    return False
