"""New names for products, transforms and anchors, everywhere they stand. What cannot be renamed says why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from floe_ls.forms.document import Document, Kind
from floe_ls.ide.cursor import token_at
from floe_ls.ide.locations import approvals, products_meant
from floe_ls.ide.mentions import (
    Mention,
    What,
    anchor_mentions,
    mention_at,
    mentions_of,
    named_transforms,
)
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.meta import Role
from floe_ls.syntax.edits import written
from floe_ls.syntax.nodes import Scalar
from floe_ls.text import Span, TextEdit

_ANCHOR = re.compile(r"[^\s,\[\]{}*&]+")
_QUOTES = ("'", '"')


@dataclass(frozen=True)
class Renamable:
    """What can be renamed at a place."""

    span: Span
    name: str


@dataclass(frozen=True)
class Refused:
    """Why something cannot be renamed, or not so: a sentence."""

    message: str


@dataclass(frozen=True)
class Renaming:
    edits: tuple[tuple[Document, TextEdit], ...] = field(repr=False)


def prepared(snapshot: Snapshot, document: Document, offset: int) -> Renamable | Refused:
    """The name at an offset, if it can be another one."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is None:
        return Refused(_nothing(snapshot, document, offset))
    places = _places(snapshot, document, mention)
    return places if isinstance(places, Refused) else Renamable(mention.span, mention.name)


def renamed(snapshot: Snapshot, document: Document, offset: int, new: str) -> Renaming | Refused:
    """The edits that give the name at an offset to all that stands for the same thing."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is None:
        return Refused(_nothing(snapshot, document, offset))
    places = _places(snapshot, document, mention)
    if isinstance(places, Refused):
        return places
    if new == mention.name:
        return Renaming(())
    wrong = _wrong(snapshot, document, mention, new)
    if wrong:
        return Refused(wrong)
    edits = {(d.uri, m.span): (d, _edit(d, m, new)) for d, m in places}
    return Renaming(tuple(edits.values()))


# --- what is renamed


_Places = list[tuple[Document, Mention]]


def _places(snapshot: Snapshot, document: Document, mention: Mention) -> _Places | Refused:
    match mention.what:
        case What.ANCHOR:
            places: _Places | Refused = [
                (document, m) for m in mentions_of(document, snapshot.shapes, mention)
            ]
        case What.TRANSFORM:
            places = _of_transform(snapshot, document, mention)
        case What.PRODUCT:
            places = _of_product(snapshot, document, mention)
        case What.MANIFEST:
            return Refused(
                "A manifest is known to others by its file and by the reference that it is published under: "
                "change those by hand."
            )
        case _:
            return Refused(f"`{mention.name}` is the name of a {mention.what}, which floe gives.")
    if isinstance(places, Refused):
        return places
    fixed = next((d for d, _ in places if not _editable(snapshot, d)), None)
    if fixed is not None:
        return Refused(
            f"`{mention.name}` stands in {fixed.name}, which is published and cannot be changed here."
        )
    return places


def _of_transform(snapshot: Snapshot, document: Document, mention: Mention) -> _Places | Refused:
    named = named_transforms(document, snapshot.shapes, mention.name)
    if not named:
        return Refused(f"No transform of this product is called `{mention.name}`.")
    if len(named) > 1:
        lines = sorted(document.lines.position(t.name.span.start)[0] + 1 for t in named)
        return Refused(
            f"{len(named)} transforms are called `{mention.name}` (lines {', '.join(map(str, lines))}): "
            "give one of them another name by hand."
        )
    return [(document, m) for m in mentions_of(document, snapshot.shapes, mention)]


def _of_product(snapshot: Snapshot, document: Document, mention: Mention) -> _Places | Refused:
    name = mention.name
    meant = () if mention.declares else products_meant(snapshot, document, name)
    products = [document] if mention.declares else [row.document for row in meant]
    if not products:
        if not snapshot.scanned:
            return Refused("The workspace is still being read; try again in a moment.")
        return Refused(f"No product of the workspace is called `{name}`.")
    places: _Places = []
    for product in products:
        same = mentions_of(product, snapshot.shapes, mention)
        own = [(product, m) for m in same if m.declares]
        if not own:
            return Refused(
                f"{product.name} states no name, so that it is called `{name}` after its folder: "
                "rename the folder, or give it a name."
            )
        places += own
        places += approvals(snapshot, product, name)
    return places


def _editable(snapshot: Snapshot, document: Document) -> bool:
    return not document.ref and document.uri in snapshot.documents


def _nothing(snapshot: Snapshot, document: Document, offset: int) -> str:
    """Why what is at an offset has no name to change."""
    root = snapshot.shapes.get(document.kind)
    token = token_at(document, root, offset) if root is not None else None
    if token is not None and token.on_key:
        return f"`{token.text}` is a key, whose name floe gives."
    return "Products, transforms and anchors can be renamed; there is none here."


# --- new names


def _wrong(snapshot: Snapshot, document: Document, mention: Mention, new: str) -> str:
    """What is wrong with a new name; empty where nothing is."""
    if mention.what is What.ANCHOR:
        return _wrong_anchor(document, new)
    if not new.strip():
        return "A name is missing."
    role = Role.NAME if mention.what is What.PRODUCT else Role.TRANSFORM_NAME
    shape = snapshot.shapes[Kind.PRODUCT].role_shape(role)
    form = FORMATS.get(shape.form.name) if shape is not None and shape.form is not None else None
    wrong = form.check(new) if form is not None else None
    if wrong:
        return wrong
    if shape is not None and shape.max_length is not None and len(new) > shape.max_length:
        return f"A name has {shape.max_length} characters at most; this has {len(new)}."
    if mention.what is What.TRANSFORM:
        taken = named_transforms(document, snapshot.shapes, new)
        line = document.lines.position(taken[0].name.span.start)[0] + 1 if taken else 0
        return f"A transform is called `{new}` already, in line {line}." if taken else ""
    row = next(iter(snapshot.census.products_named(new)), None)
    return f"A product is called `{new}` already: {row.document.name}." if row is not None else ""


def _wrong_anchor(document: Document, new: str) -> str:
    if not _ANCHOR.fullmatch(new):
        return "An anchor's name is one word, without spaces, commas, brackets, `&` and `*`."
    other = next((m for m in anchor_mentions(document) if m.name == new), None)
    if other is None:
        return ""
    line = document.lines.position(other.span.start)[0] + 1
    return f"An anchor is called `{new}` already, in line {line}."


def _edit(document: Document, mention: Mention, new: str) -> TextEdit:
    """In the author's quotes, where there are some."""
    node = mention.at.node if mention.at is not None else None
    if not isinstance(node, Scalar) or mention.at is None:
        return TextEdit(mention.span, new)
    plain = document.text[mention.span.start : mention.span.end] == mention.name
    if node.style in _QUOTES and plain and not set(new) & {"'", '"', "\\"}:
        return TextEdit(mention.span, new)
    return TextEdit(mention.at.value_span, written(new, flow=True))
