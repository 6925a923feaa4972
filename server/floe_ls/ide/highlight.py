"""The other places in a document that mean what is at the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from floe_ls.forms.document import Document
from floe_ls.ide.mentions import mention_at, mentions_of
from floe_ls.ide.snapshot import Snapshot
from floe_ls.text import Span


@dataclass(frozen=True)
class Highlight:
    span: Span
    declares: bool
    """Whether the thing is named here, rather than used."""


def highlights(snapshot: Snapshot, document: Document, offset: int) -> tuple[Highlight, ...]:
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is None:
        return ()
    same = mentions_of(document, snapshot.shapes, mention)
    return tuple(Highlight(m.span, m.declares) for m in same)
