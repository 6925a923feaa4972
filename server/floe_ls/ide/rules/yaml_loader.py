"""Where the text is fine for YAML 1.2, and floe's loader, of YAML 1.1, reads something else or stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floe_ls.forms.document import Document
from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR
from floe_ls.syntax.comments import comment_at
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Collection, Scalar
from floe_ls.syntax.tree import LINE_BREAKS
from floe_ls.text import Span, TextEdit

HIDDEN = Code(
    "security/hidden-line",
    ERROR,
    "A character that hardly any editor shows begins a new line for floe's loader.",
    page(
        """
        YAML 1.1, which floe's loader reads, ends a line also at U+0085, U+2028 and U+2029. Editors show them as a space
        or not at all, so that what follows looks like the rest of a comment or value, while the loader reads it as
        keys and values of their own. Behind such a character a policy can be weakened unseen, so this code cannot be
        silenced or lowered.
        """,
        """
        governance:
          audit_logging: enabled # as agreed\u2028  pii_encryption: optional
        """,
        """
        governance:
          audit_logging: enabled # as agreed
        """,
        "Delete the character. If a text needs it, put the text in double quotes and write `\\u2028`.",
    ),
    "A13",
)

_MOST_TABS = 20
"""Tabs that are told: whoever has more of them knows what to do."""
_HASH = re.compile(r"(?:^|[ \t])#")
_TABS = re.compile(r"\t[ \t]*")


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    for at, word in document.tree.rare:
        if word in LINE_BREAKS and not _is_harmless(document, at):
            what = f"U+{ord(word):04X}"
            message = (
                f"Here stands the character {what}, which editors hide and at which floe's loader begins a new line:"
                " what follows is read by itself."
            )
            edit = TextEdit(Span(at, at + 1), " ")
            fix = subject.edit("Replace it by a space", edit, preferred=True)
            yield Finding(HIDDEN.slug, Span(at, at + 1), message, fixes=(fix,))
        elif word == "?" and (span := _word_in_brackets(document, at)) is not None:
            quoted = document.text[span.start : span.end].replace("'", "''")
            fix = subject.edit("Quote it", TextEdit(span, f"'{quoted}'"), preferred=True)
            if at == span.start:
                message = "To floe's loader this `?` is the sign of a key, and the text after it is the key: quote it."
                yield Finding("security/hidden-key", span, message, fixes=(fix,))
            else:
                message = "To floe's loader a `?` within brackets is a sign, and it refuses the file: quote this text."
                yield Finding("yaml/unexpected", span, message, fixes=(fix,))
    if "\t" in document.tree.source:
        yield from _tabs(subject)


def _is_harmless(document: Document, at: int) -> bool:
    """Whether the loader reads what its author reads: between quotes a line's end is kept, and nothing follows in
    an empty line or another comment."""
    source = document.tree.source
    inside = _scalar_at(document, at)
    if inside is not None and inside[1].style in ('"', "'"):
        return True
    if comment_at(document.tree, at) is None:
        return False
    end = min(
        (found for c in "\n" + LINE_BREAKS if (found := source.find(c, at + 1)) >= 0),
        default=len(source),
    )
    following = source[at + 1 : end].strip(" \r")
    return not following or following.startswith("#")


def _word_in_brackets(document: Document, at: int) -> Span | None:
    """The unquoted key or value within brackets that an offset lies in."""
    inside = _scalar_at(document, at) if not _is_behind_a_hash(document, at) else None
    if inside is None or inside[1].style:
        return None
    above = enclosing(document.tree, at)[:-1]
    held = (node for _, entry in above for node in (entry.key, entry.value, entry.rest))
    if not any(isinstance(node, Collection) and node.flow for node in held):
        return None
    base, node = inside
    return Span(base + node.start, base + node.end)


def _tabs(subject: Subject) -> Iterator[Finding]:
    """Tabs between values: the loader takes them inside of quotes, blocks of text and comments alone."""
    document = subject.document
    source = document.tree.source
    known = {problem.start for problem in document.tree.errors() if problem.code == "yaml/tab"}
    at = told = 0
    while told < _MOST_TABS and (tabs := _TABS.search(source, at)) is not None:
        start, at = tabs.span()
        if _is_behind_a_hash(document, start):
            end = source.find("\n", at)
            at = end if end >= 0 else len(source)
            continue
        inside = _scalar_at(document, start)
        if inside is not None and inside[1].style not in ("", "*"):
            at = max(at, inside[0] + inside[1].end)
            continue
        comment = comment_at(document.tree, start)
        if comment is not None:
            at = max(at, comment.end)
            continue
        if known.isdisjoint(range(start, at)):
            told += 1
            message = "floe's loader refuses a tab here: it takes spaces between words only."
            fix = subject.edit("Use spaces", TextEdit(Span(start, at), " "), preferred=True)
            yield Finding("yaml/tab", Span(start, at), message, fixes=(fix,))


def _is_behind_a_hash(document: Document, at: int) -> bool:
    """Whether a place is surely in a comment, or in the text of a block: nothing before it in its line is quoted."""
    source = document.tree.source
    before = source[source.rfind("\n", 0, at) + 1 : at]
    return "#" in before and _HASH.search(before) is not None and not {'"', "'"} & set(before)


def _scalar_at(document: Document, offset: int) -> tuple[int, Scalar] | None:
    """The key or value that an offset lies in, with what it is relative to; the first line of a block of text is
    outside of it."""
    path = enclosing(document.tree, offset)
    base, entry = path[-1] if path else (0, None)
    for node in (entry.key, entry.value, entry.rest) if entry is not None else ():
        if isinstance(node, Scalar) and node.start <= offset - base < node.end:
            header = node.style in ("|", ">") and (
                document.tree.source.find("\n", base + node.start, offset) < 0
            )
            return None if header else (base, node)
    return None


RULE = Rule((HIDDEN,), check, alone=True)
