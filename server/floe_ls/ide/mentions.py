"""The names in a document that stand for something: a manifest, a product, a transform, a plugin, a sink, an anchor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from floe_ls.chain.layers import Shapes, reference
from floe_ls.forms.document import At, Document, Kind
from floe_ls.forms.kept import kept
from floe_ls.forms.tree import text_of
from floe_ls.ide.cursor import child_at, shorthand
from floe_ls.schema.meta import Role
from floe_ls.schema.shape import ANY_STEP, Path, Shape
from floe_ls.syntax.nodes import Entry, Scalar, Sequence
from floe_ls.syntax.references import anchor_of
from floe_ls.text import Span


class What(StrEnum):
    MANIFEST = "manifest"
    PRODUCT = "product"
    TRANSFORM = "transform"
    PLUGIN = "plugin"
    SINK = "sink"
    ANCHOR = "anchor"


_IN_TRANSFORMS = (What.TRANSFORM, What.PLUGIN)
"""What products name in their transforms and nowhere else."""


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
    """For names in transforms, the whole transform; for anchors, what they stand for."""

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
        of_transforms = (
            _placed(document, listed, fact)
            for listed in _listed(document, shapes)
            for fact in listed.facts
        )
        document.facts["mentions"] = _ordered((*_others(document, shapes), *of_transforms))
    known: tuple[Mention, ...] = document.facts["mentions"]
    return known


def mentions_of(document: Document, shapes: Shapes, like: Mention) -> tuple[Mention, ...]:
    """Those of one thing, as far as the name alone says."""
    if like.what is What.ANCHOR:
        return tuple(m for m in anchor_mentions(document) if m.key == like.key)
    if like.name not in document.text:
        return ()
    found: list[Mention] = []
    if document.kind is not Kind.PRODUCT or like.what not in _IN_TRANSFORMS:
        found += (m for m in _others(document, shapes) if m.key == like.key)
    if like.what in _IN_TRANSFORMS:
        found += (
            _placed(document, listed, fact)
            for listed in _listed(document, shapes)
            for fact in listed.facts
            if fact.name == like.name and (fact.what, fact.category) == (like.what, like.category)
        )
    return _ordered(found)


def mention_at(document: Document, shapes: Shapes, offset: int) -> Mention | None:
    """The name that an offset is on."""
    for mention in anchor_mentions(document):
        if mention.span.start - 1 <= offset <= mention.span.end:
            return mention
    around = _around(document, shapes, offset)
    near = [_placed(document, around, fact) for fact in around.facts] if around else []
    for mention in [*near, *_others(document, shapes)]:
        if mention.at is not None:
            span = mention.at.value_span
            if span.start <= offset <= span.end <= len(document.text):
                return mention
    return None


def chosen_plugins(document: Document, shapes: Shapes, category: str) -> tuple[Mention, ...]:
    """Where a document chooses a plugin of a category."""
    found = [m for m in _others(document, shapes) if m.what is What.PLUGIN and not m.declares]
    found += (
        _placed(document, listed, fact)
        for listed in _listed(document, shapes)
        for fact in listed.facts
        if fact.what is What.PLUGIN
    )
    return _ordered(m for m in found if m.category == category)


def named_transforms(document: Document, shapes: Shapes, name: str) -> tuple[Transform, ...]:
    return tuple(
        transform
        for listed in _listed(document, shapes)
        if any(fact.declares and fact.name == name for fact in listed.facts)
        and (transform := _transform(document, listed)) is not None
    )


def transforms_that_need(document: Document, shapes: Shapes, name: str) -> tuple[Transform, ...]:
    return tuple(
        transform
        for listed in _listed(document, shapes)
        if any(_is_need(fact) and fact.name == name for fact in listed.facts)
        and (transform := _transform(document, listed)) is not None
    )


def transform_around(document: Document, shapes: Shapes, offset: int) -> Transform | None:
    """The transform that an offset is in, where it has a name."""
    around = _around(document, shapes, offset)
    found = _transform(document, around) if around is not None else None
    return found if found is not None and offset <= found.at.span.end else None


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


# --- transforms, of which there may be thousands: what each says is kept from version to version


class _Fact(NamedTuple):
    """A name in a transform, at a place relative to it."""

    what: What
    name: str
    at: At
    declares: bool = False
    category: str = ""


class _Listed(NamedTuple):
    """A transform, where it stands, and the names in it."""

    base: int
    entry: Entry
    facts: tuple[_Fact, ...]


def _listed(document: Document, shapes: Shapes) -> list[_Listed]:
    if "transforms" not in document.facts:
        document.facts["transforms"] = _all_listed(document, shapes)
    known: list[_Listed] = document.facts["transforms"]
    return known


def _all_listed(document: Document, shapes: Shapes) -> list[_Listed]:
    root, manifest = shapes.get(document.kind), shapes.get(Kind.MANIFEST)
    shape = root.role_shape(Role.TRANSFORMS) if root is not None else None
    at = document.at(shape.path) if shape is not None else None
    if shape is None or shape.item is None or at is None or not isinstance(at.node, Sequence):
        return []
    item, category = shape.item, ""
    for child in item.children():
        if (
            child.role is Role.TRANSFORM_COMPUTE
            and child.known is not None
            and manifest is not None
        ):
            category = _category_with(manifest, child.known.values)
    facts = kept(
        document.memo, "names", at.node.entries, lambda entry: tuple(_facts(entry, item, category))
    )
    places = (at.base + offset for offset in at.node.at)
    return [_Listed(*one) for one in zip(places, at.node.entries, facts, strict=True)]


def _facts(entry: Entry, shape: Shape, category: str) -> Iterator[_Fact]:
    for key, member in At(0, entry, entry.value).children():
        field_shape = shape.child(key) if isinstance(key, str) else None
        role = field_shape.role if field_shape is not None else None
        if role is Role.DEPENDS_ON and isinstance(member.node, Sequence):
            for _, need in member.children():
                if name := text_of(need.node):
                    yield _Fact(What.TRANSFORM, name, need)
        elif role is Role.TRANSFORM_NAME and (name := text_of(member.node)):
            yield _Fact(What.TRANSFORM, name, member, True)
        elif role is Role.TRANSFORM_COMPUTE and category and (name := text_of(member.node)):
            yield _Fact(What.PLUGIN, name, member, category=category)


def _is_need(fact: _Fact) -> bool:
    return fact.what is What.TRANSFORM and not fact.declares


def _placed(document: Document, listed: _Listed, fact: _Fact) -> Mention:
    at = At(listed.base + fact.at.base, fact.at.entry, fact.at.node)
    holder = At(listed.base, listed.entry, listed.entry.value)
    span = word(document, at)
    return Mention(fact.what, fact.name, span, fact.declares, fact.category, at, holder)


def _transform(document: Document, listed: _Listed) -> Transform | None:
    name = next((fact for fact in listed.facts if fact.declares), None)
    if name is None:
        return None
    needs = tuple(_placed(document, listed, fact) for fact in listed.facts if _is_need(fact))
    at = At(listed.base, listed.entry, listed.entry.value)
    return Transform(_placed(document, listed, name), at, needs)


def _around(document: Document, shapes: Shapes, offset: int) -> _Listed | None:
    listed = _listed(document, shapes)
    number = bisect_right([one.base for one in listed], offset) - 1
    return listed[number] if number >= 0 else None


def _category_with(manifest: Shape, names: tuple[str, ...]) -> str:
    """The category whose plugins have these known names; empty without one."""
    plugins = manifest.role_shape(Role.PLUGINS)
    for name, shape in plugins.fields.items() if plugins is not None else ():
        if shape.category is not None and shape.category.known == names:
            return name
    return ""


# --- all others


def _ordered(found: Iterable[Mention]) -> tuple[Mention, ...]:
    """In the order of the text. What an alias brings in a second time is left out."""
    once = {(m.span.start, m.what, m.category): m for m in found}
    return tuple(once[place] for place in sorted(once))


def _others(document: Document, shapes: Shapes) -> tuple[Mention, ...]:
    if "names" not in document.facts:
        document.facts["names"] = tuple(_all_others(document, shapes))
    known: tuple[Mention, ...] = document.facts["names"]
    return known


def _all_others(document: Document, shapes: Shapes) -> Iterator[Mention]:
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
    if step == ANY_STEP:
        for key, child in at.children():
            below = shape.child(key) if shape is not None else None
            yield from _spots(child, below, rest[1:], (*path, key))
        return
    below = shape.child(step) if shape is not None else None
    found = child_at(at, (below,) if below is not None else (), step)
    if found is not None:
        yield from _spots(found, below, rest[1:], (*path, step))
