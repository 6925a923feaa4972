"""What features return: plain values in an editor's terms, independent of any protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from floe_ls.forms.document import Document
from floe_ls.schema.meta import Severity
from floe_ls.schema.shape import Path
from floe_ls.text import Span, TextEdit


class Tag(StrEnum):
    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


@dataclass(frozen=True)
class Related:
    """Another place that has to do with a finding: usually the one that decided."""

    document: Document = field(repr=False)
    span: Span
    message: str


@dataclass(frozen=True)
class Fix:
    """A mend. `edits` are by document; `safe` ones may be applied to a whole file at once."""

    title: str
    edits: tuple[tuple[Document, TextEdit], ...] = field(repr=False)
    preferred: bool = False
    safe: bool = False


class Diagnostic(NamedTuple):
    """A tuple, since there may be many after every key."""

    span: Span
    code: str
    severity: Severity
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Hover:
    span: Span
    markdown: str


class ItemKind(StrEnum):
    KEY = "property"
    VALUE = "value"
    CHOICE = "enum-member"
    PLUGIN = "module"
    REFERENCE = "reference"
    FILE = "file"
    TRANSFORM = "function"
    PRODUCT = "class"
    SNIPPET = "snippet"


@dataclass(frozen=True)
class Completion:
    """A proposal: `insert` replaces `span`; with `snippet` it holds `$1`, `${2:word}` and `$0`."""

    label: str
    insert: str
    span: Span
    kind: ItemKind = ItemKind.VALUE
    detail: str = ""
    doc: str = ""
    snippet: bool = False
    sort: str = ""
    filter: str = ""
    """What the typed text is compared with; the label when empty."""
    deprecated: bool = False
    retrigger: bool = False
    """Ask for completions again after this one was taken."""
    path: Path = ()
    """The canonical path of the field that it is about, by which its documentation is found."""
