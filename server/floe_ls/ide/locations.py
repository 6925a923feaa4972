"""Where names lead: the documents, products and transforms that they stand for, as places to go to."""

from __future__ import annotations

from dataclasses import dataclass, field

from floe_ls.chain.layers import Found, reference
from floe_ls.chain.say import Origin
from floe_ls.forms.document import At, Document, Kind
from floe_ls.ide.mentions import Mention, What, mentions, mentions_of
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row
from floe_ls.schema.meta import Role
from floe_ls.text import Span


@dataclass(frozen=True)
class Location:
    """A place to go to."""

    document: Document = field(repr=False)
    span: Span
    """All of what is there."""
    focus: Span
    """The part of it that is shown: a name, a key."""


@dataclass(frozen=True)
class Jump:
    """From what is at the cursor to one or several places."""

    source: Span
    targets: tuple[Location, ...]


def place(document: Document, at: At, focus: Span | None = None) -> Location:
    """An entry, with its key in focus."""
    focus = focus if focus is not None else at.key_span
    span = at.span
    return Location(document, Span(min(span.start, focus.start), max(span.end, focus.end)), focus)


def mentioned(document: Document, mention: Mention) -> Location:
    """Where a name stands."""
    return Location(document, mention.span, mention.span)


def top(snapshot: Snapshot, document: Document) -> Location:
    """A whole file, with its own name in focus, or its first line."""
    shape = snapshot.shapes.get(document.kind)
    path = shape.role_path(Role.NAME) if shape is not None else None
    name = document.at(path) if path else None
    end = len(document.text)
    focus = name.value_span if name is not None and name.node is not None else Span(0, 0)
    return Location(document, Span(0, max(end, focus.end)), focus)


def in_row(snapshot: Snapshot, row: Row, mention: Mention) -> tuple[Mention, ...]:
    """The mentions of a thing in a file, which is read only if it may have some."""
    if row.kind is Kind.PRODUCT:
        role = _SAID.get(mention.what)
        if role is not None and not says(row, role, mention.name):
            return ()
    return mentions_of(row.document, snapshot.shapes, mention)


_SAID = {What.PLUGIN: Role.TRANSFORM_COMPUTE, What.SINK: Role.SINK_TYPE}


def says(row: Row, role: Role, name: str = "") -> bool:
    """Whether a product has a field of a role, with that text where one is given, as far as its row tells."""
    return f" {role}={name}" in row.form


def origin_place(origin: Origin) -> Location:
    """Where a layer says what it says."""
    return place(origin.layer.document, origin.at)


def manifest_meant(snapshot: Snapshot, document: Document, mention: Mention) -> Document | None:
    """The document itself, or what its reference leads to."""
    if mention.declares:
        return document
    return parent_of(snapshot, document)


def parent_of(snapshot: Snapshot, document: Document) -> Document | None:
    """What a document's reference leads to, where that is known."""
    here = reference(document, snapshot.shapes)
    found = snapshot.find(here.text, document) if here is not None else None
    return found.document if isinstance(found, Found) else None


def products_meant(snapshot: Snapshot, document: Document, name: str) -> tuple[Row, ...]:
    """The products that a manifest means by a name: those of its own, else all that are called so."""
    rows = snapshot.census.products_named(name)
    own = set(snapshot.family.children_of(document.uri))
    return tuple(row for row in rows if row.uri in own) or rows


def approvals(snapshot: Snapshot, product: Document, name: str) -> list[tuple[Document, Mention]]:
    """Where manifests approve a product, meaning that very one."""
    out = []
    parent = parent_of(snapshot, product)
    manifests = [row.document for row in snapshot.census.manifests if name in (row.approves or ())]
    if parent is not None and parent.ref:
        manifests.append(parent)
    for manifest in manifests:
        meant = products_meant(snapshot, manifest, name)
        if any(row.uri == product.uri for row in meant):
            out += [
                (manifest, m)
                for m in mentions(manifest, snapshot.shapes)
                if m.what is What.PRODUCT and m.name == name
            ]
    return out
