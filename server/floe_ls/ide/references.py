"""Where what is at the cursor is used: who inherits from a manifest, and where names stand."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.chain.layers import reference
from floe_ls.forms.document import Document, Kind
from floe_ls.ide.cursor import Token, at_path, token_at
from floe_ls.ide.definition import is_setting
from floe_ls.ide.locations import (
    Location,
    approvals,
    in_row,
    manifest_meant,
    mentioned,
    parent_of,
    place,
    products_meant,
    top,
)
from floe_ls.ide.mentions import Mention, What, mention_at, mentions_of, word
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import deciding_shape
from floe_ls.schema.meta import MANIFEST_TIERS, Merge, Role

_ROWS_AT_ONCE = 500
"""Rows that are looked at in one step."""


def references(
    snapshot: Snapshot, document: Document, offset: int, *, declarations: bool = True
) -> tuple[Location, ...]:
    """The uses of what is at the cursor in the whole workspace, with the places that name it where they are asked for.

    Of a manifest, the references that lead to it; of a manifest's key, the layers above and below that set it, too.
    """
    found = uses(snapshot, document, offset, declarations)
    return tuple(dict.fromkeys(each for each in found if each is not None))


Places = Iterator[Location | None]
"""None where nothing was found for a while."""


def uses(snapshot: Snapshot, document: Document, offset: int, declarations: bool) -> Places:
    """The same one by one, since thousands of files may have to be read. Some may come twice."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None:
        yield from _of_mention(snapshot, document, mention, declarations)
        return
    root = snapshot.shapes.get(document.kind)
    token = token_at(document, root, offset) if root is not None else None
    if token is None:
        return
    role = token.shape.role if token.shape is not None else None
    if role is Role.SCOPE:
        yield from _of_manifest(snapshot, document, declarations)
    elif role in (Role.PARENT, Role.PLATFORM):
        parent = parent_of(snapshot, document)
        if parent is not None:
            yield from _of_manifest(snapshot, parent, declarations)
    else:
        yield from _of_key(snapshot, document, token, declarations)


def _of_mention(
    snapshot: Snapshot, document: Document, mention: Mention, declarations: bool
) -> Places:
    match mention.what:
        case What.MANIFEST:
            manifest = manifest_meant(snapshot, document, mention)
            if manifest is not None:
                yield from _of_manifest(snapshot, manifest, declarations)
        case What.PRODUCT:
            yield from _of_product(snapshot, document, mention, declarations)
        case What.PLUGIN | What.SINK:
            yield from _in_all(snapshot, document, mention, declarations)
        case _:
            for other in mentions_of(document, snapshot.shapes, mention):
                if declarations or not other.declares:
                    yield mentioned(document, other)


def _of_manifest(snapshot: Snapshot, manifest: Document, declarations: bool) -> Places:
    if declarations:
        yield top(snapshot, manifest)
    for child in snapshot.children(manifest):
        up = reference(child, snapshot.shapes)
        if up is not None:
            span = word(child, up.at)
            yield Location(child, span, span)


def _of_product(
    snapshot: Snapshot, document: Document, mention: Mention, declarations: bool
) -> Places:
    if mention.declares:
        products = [document]
    else:
        products = [r.document for r in products_meant(snapshot, document, mention.name)]
        if not products:
            yield mentioned(document, mention)
    for product in products:
        own = mentions_of(product, snapshot.shapes, mention)
        for other in own if declarations else ():
            yield mentioned(product, other)
        for manifest, other in approvals(snapshot, product, mention.name):
            yield mentioned(manifest, other)


def _in_all(snapshot: Snapshot, document: Document, mention: Mention, declarations: bool) -> Places:
    """In this document, then in all others of the workspace, and in the artifacts above."""
    above = [layer.document for layer in snapshot.chain(document).layers if layer.document.ref]
    for here in (document, *above):
        for other in mentions_of(here, snapshot.shapes, mention):
            if declarations or not other.declares:
                yield mentioned(here, other)
    for number, row in enumerate(sorted(snapshot.census.rows, key=lambda r: r.uri)):
        if number % _ROWS_AT_ONCE == 0:
            yield None
        for other in in_row(snapshot, row, mention) if row.uri != document.uri else ():
            if declarations or not other.declares:
                yield mentioned(row.document, other)


def _of_key(snapshot: Snapshot, document: Document, token: Token, declarations: bool) -> Places:
    if document.tier not in MANIFEST_TIERS or not is_setting(snapshot, document, token):
        return
    shape, decides = deciding_shape(snapshot.manifest_shape, token.path)
    path = token.path if shape is None or shape.inherit.merge is Merge.DEEP else decides
    layers = [layer.document for layer in snapshot.chain(document).layers]
    first = True
    for other in (*layers, *snapshot.below(document, Kind.MANIFEST)):
        at = at_path(other, path)
        if at is not None:
            if declarations or not first:
                yield place(other, at)
            first = False
