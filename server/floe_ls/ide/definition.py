"""Where what is at the cursor comes from: what a name stands for, which line decides a value, which sets it first."""

from __future__ import annotations

from collections.abc import Callable

from floe_ls.chain.merge import Setting
from floe_ls.chain.say import Origin
from floe_ls.forms.document import Document
from floe_ls.forms.tree import text_of
from floe_ls.ide.approved import approved_plugins, approved_sinks
from floe_ls.ide.cursor import Token, at_path, shorthand, token_at
from floe_ls.ide.locations import (
    Jump,
    Location,
    manifest_meant,
    origin_place,
    parent_of,
    place,
    products_meant,
    top,
)
from floe_ls.ide.mentions import Mention, What, mention_at, named_transforms
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import deciding_shape
from floe_ls.schema.meta import MANIFEST_TIERS, Merge, Role
from floe_ls.schema.shape import Path
from floe_ls.text import Span


def definition(snapshot: Snapshot, document: Document, offset: int) -> Jump | None:
    """What a name stands for; of a key, the line that decides its value, in whichever tier."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None and (found := meant(snapshot, document, mention)):
        return Jump(mention.span, found)
    return _of_token(snapshot, document, offset, _deciders)


def declaration(snapshot: Snapshot, document: Document, offset: int) -> Jump | None:
    """What a name stands for; of a key or a plugin, the topmost tier that sets it."""
    mention = mention_at(document, snapshot.shapes, offset)
    if mention is not None and mention.what not in (What.PLUGIN, What.SINK):
        found = meant(snapshot, document, mention)
        return Jump(mention.span, found) if found else None
    first = _of_token(snapshot, document, offset, _first_setters, most=1)
    if first is not None or mention is None:
        return first
    found = meant(snapshot, document, mention)
    return Jump(mention.span, found) if found else None


def meant(snapshot: Snapshot, document: Document, mention: Mention) -> tuple[Location, ...]:
    """What a name stands for; nothing where that is not known, or where a plugin's list is open."""
    match mention.what:
        case What.ANCHOR if mention.holder is not None:
            start = mention.span.shifted(int(mention.category) + 1 - mention.span.start)
            return (place(document, mention.holder, start),)
        case What.MANIFEST:
            manifest = manifest_meant(snapshot, document, mention)
            return (top(snapshot, manifest),) if manifest is not None else ()
        case What.PRODUCT if mention.declares:
            return (top(snapshot, document),)
        case What.PRODUCT:
            rows = products_meant(snapshot, document, mention.name)
            return tuple(top(snapshot, row.document) for row in rows)
        case What.TRANSFORM:
            named = named_transforms(document, snapshot.shapes, mention.name)
            return tuple(place(document, t.at, t.name.span) for t in named)
        case What.PLUGIN:
            approved = approved_plugins(snapshot, document, mention.category)
            return _listed(approved.origin, mention.name)
        case What.SINK:
            return _listed(approved_sinks(snapshot, document).origin, mention.name)
    return ()


def _listed(origin: Origin | None, name: str) -> tuple[Location, ...]:
    """The entry of an approved list, or the list where it has no such entry."""
    if origin is None:
        return ()
    document = origin.layer.document
    for _, item in origin.at.children():
        if text_of(item.node) == name:
            return (place(document, item),)
    return (origin_place(origin),)


# --- keys


def settings_at(snapshot: Snapshot, document: Document, token: Token) -> tuple[Setting, ...]:
    """The leaf of a manifest's configuration that a key or value speaks of, or those below it."""
    whole, root, path = snapshot.inherited(document), snapshot.manifest_shape, token.path
    shape, decides = deciding_shape(root, path)
    if shape is not None and shape.inherit.merge is Merge.EXTEND and len(path) > len(decides):
        # The items of all tiers are joined: which one it is, its place tells.
        return tuple(s for s in whole.below(decides) if _is_said(s, document, token.span))
    category = root.at(path)
    if category is not None and category.category is not None:
        name = shorthand(category)
        named = whole.at((*path, name.name)) if name is not None else None
        if named is not None:
            return (named,)
    for size in range(len(path), max(len(decides), 1) - 1, -1):
        setting = whole.at(path[:size])
        if setting is not None:
            return (setting,)
        if found := whole.below(path[:size]):
            return found
    return ()


def is_setting(snapshot: Snapshot, document: Document, token: Token) -> bool:
    """Whether a token belongs to what tiers inherit: neither to a product's own fields, nor to what a manifest says
    of itself."""
    path, root = token.path, snapshot.manifest_shape
    if not path:
        return False
    if document.tier not in MANIFEST_TIERS and (token.shape is not None or root.at(path) is None):
        return False
    on_the_way = (root.at(path[:size]) for size in range(1, len(path) + 1))
    return not any(s is not None and s.inherit.merge is Merge.LOCAL for s in on_the_way)


def _is_said(setting: Setting, document: Document, span: Span) -> bool:
    return any(
        o.layer.document is document and o.at.span.start <= span.start and span.end <= o.at.span.end
        for o in setting.origins
    )


def _deciders(settings: tuple[Setting, ...]) -> list[Origin]:
    return [s.winner for s in settings if s.winner is not None]


def _first_setters(settings: tuple[Setting, ...]) -> list[Origin]:
    return [o for s in settings for o in [x for x in s.origins if not x.implied][:1]]


def _of_token(
    snapshot: Snapshot,
    document: Document,
    offset: int,
    ask: Callable[[tuple[Setting, ...]], list[Origin]],
    most: int | None = None,
) -> Jump | None:
    root = snapshot.shapes.get(document.kind)
    token = token_at(document, root, offset) if root is not None else None
    if token is None:
        return None
    if token.shape is not None and token.shape.role in (Role.PARENT, Role.PLATFORM):
        parent = parent_of(snapshot, document)
        return Jump(token.span, (top(snapshot, parent),)) if parent is not None else None
    if not is_setting(snapshot, document, token):
        return None
    settings = settings_at(snapshot, document, token)
    origins = ask(settings)
    if len(settings) == 1 and (_is_plugin(token) or len(settings[0].path) <= len(token.path)):
        found = [origin_place(o) for o in origins]
    else:
        found = _blocks(snapshot, document, token.path, origins)[:most]
    return Jump(token.span, tuple(found)) if found else None


def _is_plugin(token: Token) -> bool:
    return token.shape is not None and token.shape.category is not None


def _blocks(
    snapshot: Snapshot, document: Document, path: Path, origins: list[Origin]
) -> list[Location]:
    """The blocks of the layers that have a say below a path, the topmost layer's first."""
    said = {id(o.layer.document): o for o in reversed(origins)}
    out = []
    for layer in snapshot.chain(document).layers:
        if (origin := said.get(id(layer.document))) is not None:
            at = at_path(layer.document, path)
            out.append(place(layer.document, at) if at is not None else origin_place(origin))
    return out
