"""What in the workspace carries out what is at the cursor: children that override a key, choose an approved plugin,
or inherit from a manifest."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.document import Document, Kind
from floe_ls.ide.cursor import Token, at_path, token_at
from floe_ls.ide.definition import is_setting
from floe_ls.ide.locations import (
    Jump,
    Location,
    in_row,
    manifest_meant,
    mentioned,
    place,
    products_meant,
    says,
    top,
)
from floe_ls.ide.mentions import Mention, What, chosen_plugins, mention_at
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import deciding_shape
from floe_ls.schema.meta import Merge, Role


def implementation(snapshot: Snapshot, document: Document, offset: int) -> Jump | None:
    """Below a manifest's key, the children that set it anew; of an approved plugin or sink, those that choose it; of
    a manifest, those that inherit from it; of an approved product, its file."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None and (found := tuple(_of_mention(snapshot, document, mention))):
        return Jump(mention.span, found)
    root = snapshot.shapes.get(document.kind)
    token = token_at(document, root, offset) if root is not None else None
    if token is None or document.kind is not Kind.MANIFEST:
        return None
    found = tuple(_of_token(snapshot, document, token))
    return Jump(token.span, found) if found else None


def _of_mention(snapshot: Snapshot, document: Document, mention: Mention) -> Iterator[Location]:
    match mention.what:
        case What.MANIFEST:
            manifest = manifest_meant(snapshot, document, mention)
            for child in snapshot.children(manifest) if manifest is not None else ():
                yield top(snapshot, child)
        case What.PRODUCT if not mention.declares:
            for row in products_meant(snapshot, document, mention.name):
                yield top(snapshot, row.document)
        case What.PLUGIN | What.SINK if mention.declares:
            for row in snapshot.rows_below(document):
                for other in in_row(snapshot, row, mention):
                    if not other.declares:
                        yield mentioned(row.document, other)


def _of_token(snapshot: Snapshot, document: Document, token: Token) -> Iterator[Location]:
    role = token.shape.role if token.shape is not None else None
    if role is Role.SCOPE:
        yield from (top(snapshot, child) for child in snapshot.children(document))
        return
    if not is_setting(snapshot, document, token):
        return
    root = snapshot.manifest_shape
    listed = root.role_path(Role.WHITELIST)
    if listed is not None and token.path[: len(listed)] == listed and len(token.path) > len(listed):
        category = str(token.path[len(listed)])
        for row in snapshot.rows_below(document):
            if row.kind is Kind.MANIFEST or says(row, Role.TRANSFORM_COMPUTE):
                for other in chosen_plugins(row.document, snapshot.shapes, category):
                    yield mentioned(row.document, other)
        return
    shape, decides = deciding_shape(root, token.path)
    if shape is not None and shape.inherit.merge is Merge.DEEP:
        decides = token.path
    for child in snapshot.below(document, Kind.MANIFEST):
        if (at := at_path(child, decides)) is not None:
            yield place(child, at)
