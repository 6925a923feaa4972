"""Who inherits from whom: an enterprise, its domains, their products, one step at a time."""

from __future__ import annotations

from floe_ls.forms.document import Document
from floe_ls.ide.locations import manifest_meant, parent_of, products_meant
from floe_ls.ide.mentions import What, mention_at
from floe_ls.ide.snapshot import Snapshot


def member(snapshot: Snapshot, document: Document, offset: int) -> tuple[Document, ...]:
    """The manifest or product that is meant at an offset: the one that a reference or name stands for, else the file
    itself."""
    if not document.is_ours:
        return ()
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None and mention.what is What.MANIFEST:
        manifest = manifest_meant(snapshot, document, mention)
        return (manifest,) if manifest is not None else ()
    if mention is not None and mention.what is What.PRODUCT and not mention.declares:
        rows = products_meant(snapshot, document, mention.name)
        return tuple(row.document for row in rows)
    return (document,)


def parents(snapshot: Snapshot, document: Document) -> tuple[Document, ...]:
    """The manifest above, where it is known."""
    above = snapshot.at_uri(snapshot.family.parents.get(document.uri, ""))
    if above is None and document.ref:
        above = parent_of(snapshot, document)
    return (above,) if above is not None and above.uri != document.uri else ()


def children(snapshot: Snapshot, document: Document) -> tuple[Document, ...]:
    """The files of the workspace right below."""
    return tuple(snapshot.children(document))
