"""A file with several documents, of which floe reads none."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.model import Related
from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR
from floe_ls.text import Span

CODE = Code(
    "yaml/several-documents",
    ERROR,
    "The file holds more than one YAML document.",
    page(
        """
        A line `---` ends one document and starts the next. floe reads one manifest or product from a file, and refuses
        a file with several. Here the first one is judged.
        """,
        """
        scope: enterprise
        ---
        plugins:
          compute: duckdb
        """,
        """
        scope: enterprise
        plugins:
          compute: duckdb
        """,
        "Remove the line, or put each document into a file of its own.",
    ),
    "A13",
)


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    filled = [d for d in document.tree.documents if d.root is not None]
    for other in filled[1:]:
        root = other.root
        assert root is not None
        line, _ = document.lines.position(other.at)
        if document.lines.line(line).startswith("---"):
            span = Span(document.lines.starts[line], document.lines.starts[line] + 3)
        else:
            line, _ = document.lines.position(max(other.at - 1, 0))
            span = Span(document.lines.starts[line], document.lines.end(line))
        first = filled[0]
        start = first.at + (first.root.start if first.root is not None else 0)
        related = Related(document, Span(start, start + 1), "the document that is judged")
        message = "Another document starts here, and floe refuses a file with several."
        yield Finding(CODE.slug, span, message, (related,))


RULE = Rule((CODE,), check, alone=True)
