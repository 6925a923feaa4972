"""Aliases that stand for more than anybody can read."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import WARNING
from floe_ls.text import Span

CODE = Code(
    "yaml/too-many-aliases",
    WARNING,
    "The aliases of the file stand for too much, so some of them are passed over.",
    page(
        """
        An alias repeats what its anchor holds. Aliases of aliases can make a file of a few lines stand for more than
        a computer holds. From a hundred thousand values on they are left alone, and what they hold is not judged.
        """,
        """
        a: &a [x, x, x, x, x, x, x, x, x, x]
        b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
        d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
        plugins: {compute: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d]}
        """,
        """
        plugins: {compute: duckdb}
        """,
        "Write the values themselves.",
    ),
)


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    if not document.too_many_aliases:
        return
    at = min((base + alias.start for base, alias in document.tree.signs.aliases), default=0)
    line, _ = document.lines.position(at)
    message = "The aliases of this file stand for too much: some of them are passed over."
    yield Finding(CODE.slug, Span(at, document.lines.end(line)), message)


RULE = Rule((CODE,), check)
