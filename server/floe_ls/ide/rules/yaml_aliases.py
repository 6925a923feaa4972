"""Anchors and aliases that floe's loader, or anybody, cannot follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from floe_ls.ide.model import Related
from floe_ls.ide.page import page
from floe_ls.ide.rule import Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR
from floe_ls.text import Span

DUPLICATE = Code(
    "yaml/duplicate-anchor",
    ERROR,
    "An anchor has the name of another one.",
    page(
        """
        In YAML a later anchor takes the place of an earlier one of the same name. floe's loader refuses the file
        instead.
        """,
        """
        defaults: &plugins
          compute: duckdb
        plugins: &plugins
          compute: duckdb
        """,
        """
        defaults: &defaults
          compute: duckdb
        plugins: &plugins
          compute: duckdb
        """,
        "Give one of the two another name, and the aliases that mean it as well.",
    ),
    "A13",
)
NAME = Code(
    "yaml/anchor-name",
    ERROR,
    "The name of an anchor has characters that floe's loader refuses.",
    page(
        """
        In YAML an anchor may have nearly any name. floe's loader takes letters from a to z, digits, `-` and `_`, and
        refuses a file with others.
        """,
        """
        notes: &common.v1
          pii_encryption: required
        governance: *common.v1
        """,
        """
        notes: &common-v1
          pii_encryption: required
        governance: *common-v1
        """,
        "Rename the anchor, in all places at once.",
    ),
    "A13",
)
TOO_MANY = Code(
    "yaml/too-many-aliases",
    ERROR,
    "The aliases of the file stand for too much, so some of them are passed over.",
    page(
        """
        An alias repeats what its anchor holds. Aliases of aliases can make a file of a few lines stand for more than
        a computer holds. From a hundred thousand values on they are left alone, and what they hold is not judged:
        nobody can say whether such a file keeps to the policies of the layers above.
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


_STRANGE = re.compile("[^0-9A-Za-z_-]")


def check(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    signs = document.tree.signs
    for name, anchors in signs.anchors.items():
        strange = _STRANGE.search(name)
        for anchor in anchors if strange is not None else ():
            message = f"floe's loader refuses the anchor &{name}: its name may have a-z, digits, `-` and `_` only."
            yield Finding(NAME.slug, Span(anchor.offset, anchor.offset + len(name) + 1), message)
        for earlier, later in pairwise(anchors):
            if document.tree.document_at(earlier.offset) is not document.tree.document_at(
                later.offset
            ):
                continue
            first = Span(earlier.offset, earlier.offset + len(name) + 1)
            related = (Related(document, first, f"&{name} stands here first"),)
            message = f"There is an anchor &{name} above, and floe's loader refuses a second one of a name."
            span = Span(later.offset, later.offset + len(name) + 1)
            yield Finding(DUPLICATE.slug, span, message, related)
    if document.too_many_aliases:
        at = min((base + alias.start for base, alias in signs.aliases), default=0)
        line, _ = document.lines.position(at)
        message = "The aliases of this file stand for too much: some of them are passed over."
        yield Finding(TOO_MANY.slug, Span(at, document.lines.end(line)), message)


RULE = Rule((DUPLICATE, NAME, TOO_MANY), check, alone=True)
