"""The names in a document that stand for something: a manifest, a product, a transform, a plugin, a sink, an anchor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from floe_ls.chain.layers import Shapes, reference
from floe_ls.forms.document import At, Document, Kind
from floe_ls.forms.tree import text_of
from floe_ls.ide.cursor import shorthand
from floe_ls.schema.meta import Role
from floe_ls.schema.shape import ANY_STEP, Path, Shape
from floe_ls.syntax.nodes import Scalar, Sequence
from floe_ls.syntax.references import anchor_of
from floe_ls.text import Span


class What(StrEnum):
    MANIFEST = "manifest"
    PRODUCT = "product"
    TRANSFORM = "transform"
    PLUGIN = "plugin"
    SINK = "sink"
    ANCHOR = "anchor"


@dataclass(frozen=True)
class Mention:
    """A name where it is written."""

    what: What
    name: str
    """For a manifest that is referred to, the reference."""
    span: Span
    """The name without quotes, `&` or `*`."""
    declares: bool = False
    """Whether the thing is named, or a plugin or sink approved, here; else it is used."""
    category: str = ""
    """Of a plugin; of an anchor, where it stands, which tells it from others of its name."""
    at: At | None = field(default=None, repr=False, compare=False)
    """The name as a value; None for anchors."""
    holder: At | None = field(default=None, repr=False, compare=False)
    """For transforms, the whole one that is named so, or that depends on it; for anchors, what they stand for."""

    @property
    def key(self) -> tuple[What, str, str]:
        """The same for all mentions of one thing, as far as the name alone says."""
        return self.what, self.category, self.name


@dataclass(frozen=True)
class Transform:
    """One with a name."""

    name: Mention
    at: At = field(repr=False)
    needs: tuple[Mention, ...]


def mentions(document: Document, shapes: Shapes) -> tuple[Mention, ...]:
    """All of a document but its anchors, in the order of the text."""
    if "mentions" not in document.facts:
        found = {(m.key, m.span): m for m in _all(document, shapes)}
        ordered = sorted(found.values(), key=lambda m: (m.span, m.category))
        document.facts["mentions"] = tuple(ordered)
    known: tuple[Mention, ...] = document.facts["mentions"]
    return known


def mention_at(document: Document, shapes: Shapes, offset: int) -> Mention | None:
    """The name that an offset is on."""
    for mention in anchor_mentions(document):
        if mention.span.start - 1 <= offset <= mention.span.end:
            return mention
    touching = (m for m in mentions(document, shapes) if _touches(document, m, offset))
    return next(touching, None)


def transforms(document: Document, shapes: Shapes) -> tuple[Transform, ...]:
    """The transforms of a product that have names."""
    if "transforms" not in document.facts:
        document.facts["transforms"] = tuple(_transforms(document, shapes))
    known: tuple[Transform, ...] = document.facts["transforms"]
    return known


def anchor_mentions(document: Document) -> tuple[Mention, ...]:
    """Anchors, and the aliases that stand for them; a later anchor of the same name is another thing."""
    if "anchors" not in document.facts:
        document.facts["anchors"] = tuple(_anchors(document))
    known: tuple[Mention, ...] = document.facts["anchors"]
    return known


def spots(document: Document, root: Shape, path: tuple[str, ...]) -> Iterator[tuple[Path, At]]:
    """What is written where a shape's path, `*` for any step in it, leads, whatever the spelling of keys."""
    yield from _spots(document.root, root, path, ())


def word(document: Document, at: At) -> Span:
    """A scalar without its quotes."""
    span = at.value_span
    node = at.node
    if not isinstance(node, Scalar) or node.style not in ("'", '"'):
        return span
    closed = span.end - span.start > 1 and document.text[span.end - 1] == node.style
    return Span(span.start + 1, span.end - 1 if closed else span.end)


# --- what the fields say


def _all(document: Document, shapes: Shapes) -> Iterator[Mention]:
    root = shapes.get(document.kind)
    if root is None:
        return
    up = reference(document, shapes)
    if up is not None:
        yield Mention(What.MANIFEST, up.text, word(document, up.at), at=up.at)
    product = document.kind is Kind.PRODUCT
    own = What.PRODUCT if product else What.MANIFEST
    yield from _named(document, root, Role.NAME, own, declares=True)
    if product:
        yield from _in_transforms(document, shapes)
        yield from _named(document, root, Role.SINK_TYPE, What.SINK)
    else:
        yield from _items(document, root, Role.PRODUCTS, What.PRODUCT)
        yield from _items(document, root, Role.SINKS, What.SINK, declares=True)
        yield from _plugins(document, root)


def _named(
    document: Document, root: Shape, role: Role, what: What, *, declares: bool = False
) -> Iterator[Mention]:
    path = root.role_path(role)
    for _, at in spots(document, root, path) if path else ():
        if name := text_of(at.node):
            yield Mention(what, name, word(document, at), declares, at=at)


def _items(
    document: Document, root: Shape, role: Role, what: What, *, declares: bool = False
) -> Iterator[Mention]:
    path = root.role_path(role)
    listed = document.at(path) if path else None
    if listed is not None and isinstance(listed.node, Sequence):
        for _, item in listed.children():
            if name := text_of(item.node):
                yield Mention(what, name, word(document, item), declares, at=item)


def _plugins(document: Document, root: Shape) -> Iterator[Mention]:
    if (chosen := root.role_shape(Role.PLUGINS)) is not None:
        block = document.at(chosen.path)
        for key, plugin in block.children() if block is not None else ():
            shape = chosen.child(key)
            name = shorthand(shape) if shape is not None else None
            at = plugin.child(name.name) if name is not None else None
            if shape is not None and at is not None and (text := text_of(at.node)):
                yield Mention(What.PLUGIN, text, word(document, at), category=shape.name, at=at)
    for role, declares in ((Role.WHITELIST, True), (Role.DEFAULTS, False)):
        path = root.role_path(role)
        lists = document.at(path) if path else None
        for key, held in lists.children() if lists is not None else ():
            listed = isinstance(held.node, Sequence)
            for item in (i for _, i in held.children()) if listed else (held,):
                if text := text_of(item.node):
                    span = word(document, item)
                    yield Mention(What.PLUGIN, text, span, declares, category=str(key), at=item)


def _in_transforms(document: Document, shapes: Shapes) -> Iterator[Mention]:
    for transform in transforms(document, shapes):
        yield transform.name
    root = shapes[document.kind]
    needed = root.role_path(Role.DEPENDS_ON)
    for path, at in spots(document, root, needed) if needed else ():
        holder = document.at(path[:-1])
        for _, item in at.children() if isinstance(at.node, Sequence) else ():
            if name := text_of(item.node):
                yield Mention(What.TRANSFORM, name, word(document, item), at=item, holder=holder)
    engine = root.role_shape(Role.TRANSFORM_COMPUTE)
    manifest = shapes.get(Kind.MANIFEST)
    if engine is None or engine.known is None or manifest is None:
        return
    category = _category_with(manifest, engine.known.values)
    for _, at in spots(document, root, engine.path) if category else ():
        if name := text_of(at.node):
            yield Mention(What.PLUGIN, name, word(document, at), category=category, at=at)


def _category_with(manifest: Shape, names: tuple[str, ...]) -> str:
    """The category whose plugins have these known names; empty without one."""
    plugins = manifest.role_shape(Role.PLUGINS)
    for name, shape in plugins.fields.items() if plugins is not None else ():
        if shape.category is not None and shape.category.known == names:
            return name
    return ""


def _transforms(document: Document, shapes: Shapes) -> Iterator[Transform]:
    root = shapes.get(document.kind)
    path = root.role_path(Role.TRANSFORMS) if root is not None else None
    listed = document.at(path) if path else None
    shape = root.role_shape(Role.TRANSFORMS) if root is not None else None
    if listed is None or shape is None or shape.item is None:
        return
    for _, item in listed.children() if isinstance(listed.node, Sequence) else ():
        name: Mention | None = None
        needs: list[Mention] = []
        for key, member in item.children():
            field_shape = shape.item.child(key)
            role = field_shape.role if field_shape is not None else None
            if role is Role.TRANSFORM_NAME and (text := text_of(member.node)):
                span = word(document, member)
                name = Mention(What.TRANSFORM, text, span, True, at=member, holder=item)
            elif role is Role.DEPENDS_ON and isinstance(member.node, Sequence):
                needs += (
                    Mention(What.TRANSFORM, text, word(document, need), at=need, holder=item)
                    for _, need in member.children()
                    if (text := text_of(need.node))
                )
        if name is not None:
            yield Transform(name, item, tuple(needs))


def _anchors(document: Document) -> Iterator[Mention]:
    signs = document.tree.signs
    for name, anchors in signs.anchors.items():
        for anchor in anchors:
            span = Span(anchor.offset + 1, anchor.offset + 1 + len(name))
            held = At(anchor.base, None, anchor.node)
            yield Mention(What.ANCHOR, name, span, True, str(anchor.offset), holder=held)
    for base, alias in signs.aliases:
        found = anchor_of(document.tree, base, alias)
        if found is not None:
            span = Span(base + alias.start + 1, base + alias.end)
            held = At(found.base, None, found.node)
            yield Mention(What.ANCHOR, alias.text, span, False, str(found.offset), holder=held)


def _spots(
    at: At, shape: Shape | None, rest: tuple[str, ...], path: Path
) -> Iterator[tuple[Path, At]]:
    if not rest:
        yield path, at
        return
    step = rest[0]
    for key, child in at.children():
        name = shape.canonical(key) if shape is not None and isinstance(key, str) else key
        if step in (ANY_STEP, name):
            below = shape.child(key) if shape is not None else None
            yield from _spots(child, below, rest[1:], (*path, key))


def _touches(document: Document, mention: Mention, offset: int) -> bool:
    if mention.at is None:
        return False
    span = mention.at.value_span
    # What an alias or a merge key brings in stands elsewhere: it is looked at there.
    return span.start <= offset <= span.end <= len(document.text)
