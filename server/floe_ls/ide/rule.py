"""What a rule is, and what it may look at. Each module in `rules` defines one, named RULE."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from floe_ls.chain.compare import Meeting, meetings
from floe_ls.chain.layers import Chain
from floe_ls.chain.merge import Effective
from floe_ls.forms.document import At, Document, Kind
from floe_ls.ide.model import Fix, Related, Tag
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.meta import By, Dialect, Role, Severity, Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.text import Span, TextEdit

if TYPE_CHECKING:
    from floe_ls.ide.judgement import Bundles

SITE = "https://floe-language-server.readthedocs.io/en/latest/rules/"
"""Where the pages of `docs/rules/` are; the last part of the address is the code."""


@dataclass(frozen=True)
class Code:
    """A code is a promise: it has a page, can be silenced and configured, and never changes its meaning."""

    slug: str
    severity: By
    summary: str
    """One line: what is wrong."""
    text: str = ""
    """Markdown for the page: why it matters, a wrong and a right example, what to do."""
    source: str = ""
    """The requirement or the catalogue's rule it comes from."""

    @property
    def href(self) -> str:
        return SITE + self.slug

    @property
    def fixed(self) -> bool:
        """Whether nothing can silence or lower it."""
        return self.slug.startswith(("security/", "whitelist/"))


class Finding(NamedTuple):
    """Something a rule found in its document. Without a severity, the code's own for the dialect."""

    code: str
    span: Span
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: tuple[Tag, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True)
class Subject:
    """One document as a rule sees it."""

    snapshot: Snapshot = field(repr=False)
    document: Document
    mends: bool = True
    """Fixes are wanted. Rules that find much leave them out where they are not."""
    bundles: Bundles | None = field(default=None, repr=False)
    """Takes findings of entries of long lists, where they are wanted by entry."""

    @property
    def shape(self) -> Shape:
        return self.snapshot.shapes[self.document.kind]

    @cached_property
    def chain(self) -> Chain:
        return self.snapshot.chain(self.document)

    @cached_property
    def effective(self) -> Effective:
        """What the manifests of the chain make together; a product's own keys are not in it."""
        return self.snapshot.inherited(self.document)

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """Where a manifest and the layers above it speak of the same field."""
        if self.tier is Tier.PRODUCT:
            return ()
        return tuple(meetings(self.shape, self.chain.layers))

    @property
    def dialect(self) -> Dialect:
        return self.document.dialect

    @property
    def tier(self) -> Tier:
        return self.document.tier

    @property
    def manifest_shape(self) -> Shape:
        return self.snapshot.manifest_shape

    def path(self, role: Role) -> Path | None:
        """Where the field of a role is in this kind of document; None where the kind has none."""
        return self.shape.role_path(role)

    def at(self, role: Role) -> At | None:
        """What stands at the field of a role."""
        path = self.path(role)
        return self.document.at(path) if path else None

    def edit(
        self, title: str, *edits: TextEdit, preferred: bool = False, safe: bool = False
    ) -> Fix:
        """A fix in this document."""
        return Fix(title, tuple((self.document, e) for e in edits), preferred, safe)


Mend = Callable[[Subject, Finding], Iterator[Fix]]


MANIFESTS, PRODUCTS = frozenset({Kind.MANIFEST}), frozenset({Kind.PRODUCT})

IDENTITY = (Role.NAME, Role.VERSION, Role.KIND, Role.SCOPE, Role.PARENT, Role.PLATFORM)
"""Who a document is, and what it inherits from."""


@dataclass(frozen=True, eq=False)
class Rule:
    codes: tuple[Code, ...]
    check: Callable[[Subject], Iterator[Finding]]
    any_file: bool = False
    """Also asked about files that are neither manifest nor product but are open as one."""
    of_chain: bool = False
    """Speaks of where a reference leads, so that it is no error of the file that others inherit from."""
    alone: bool = False
    """Looks at its file alone, so that no edit of another file changes what it finds."""
    kinds: frozenset[Kind] | None = None
    """The kinds of documents in which it may find something; None: all."""
    reads: tuple[Role, ...] | None = None
    """The fields of its document that it looks at, beside `IDENTITY`; None: anything. After an edit it is asked again
    only if something in them, or something else than the document, has changed, or if it found something before."""
    mends: Mapping[str, Mend] = field(default_factory=dict)
    """Fixes, by code, for findings of other rules: those that need to look at other files."""
