"""Puts what a layer says beside what the layers above it say about the same field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from floe_ls.chain.layers import Layer
from floe_ls.chain.say import Origin, Say, block, implied, written
from floe_ls.forms.document import At
from floe_ls.forms.reading import reading
from floe_ls.forms.tree import is_null, key_of, pairs
from floe_ls.schema.meta import Merge
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax import nodes


@dataclass(frozen=True)
class Meeting:
    """A field about which a layer and at least one above it have a say. Blocks whose keys are merged one by one
    are not fields; those that one layer replaces whole are."""

    path: Path
    shape: Shape = field(repr=False)
    own: Origin
    above: tuple[Origin, ...]
    """The layers above that have a say, topmost first."""

    @property
    def stricter(self) -> list[tuple[float, Origin]]:
        """Those above that are stricter than this one, with how strict they are."""
        strictness = self.shape.inherit.strictness
        mine = strictness(self.own.value)
        if mine is None:
            return []
        ranked = [(strictness(origin.value), origin) for origin in self.above]
        return [(rank, origin) for rank, origin in ranked if rank is not None and rank > mine]


def meetings(shape: Shape, layers: tuple[Layer, ...]) -> Iterator[Meeting]:
    """Where the last of some layers, topmost first, meets those above it, in the order of its text."""
    *above, own = (Say(layer, layer.document.root) for layer in layers)
    if above:
        yield from _meetings(shape, (), own, above)


def _meetings(shape: Shape, path: Path, own: Say, above: list[Say]) -> Iterator[Meeting]:
    shape = block(shape)
    theirs: dict[str, list[Say]] = {}
    for say in above:
        if say.is_mapping:
            found = written(shape, say)
            for name, inner in (*found.items(), *implied(shape, say, found).items()):
                theirs.setdefault(name, []).append(inner)
    for name, say in _said(shape, own, theirs):
        child = shape.child(name)
        if child is None:
            continue
        others = [other for other in theirs[name] if not other.is_null]
        merge = child.inherit.merge
        if merge is Merge.DEEP:
            if say.is_mapping:
                yield from _meetings(child, (*path, name), say, others)
                continue
            others = [other for other in others if not other.is_mapping]
        if merge is not Merge.STRENGTHEN:
            others = [other for other in others if not other.implied]
            if say.implied:
                continue
        if not others or merge is Merge.LOCAL or (say.is_null and merge is not Merge.EXTEND):
            continue
        origins = tuple(other.origin(child) for other in others)
        yield Meeting((*path, name), child, say.origin(child), origins)


def _said(shape: Shape, own: Say, theirs: dict[str, list[Say]]) -> Iterator[tuple[str, Say]]:
    """What the layer says about the fields that are spoken of above; looks at its other keys in passing only,
    since a file may be long."""
    if not theirs:
        return
    mine: dict[str, Say] = {}
    if not own.implied and isinstance(own.at.node, nodes.Mapping):
        for offset, entry in pairs(own.at.node):
            name = shape.canonical(key_of(entry) or "")
            if name in theirs:
                mine[name] = Say(own.layer, At(own.at.base + offset, entry, entry.value))
    yield from mine.items()
    yield from (pair for pair in implied(shape, own, mine).items() if pair[0] in theirs)


def difference(shape: Shape | None, own: At, other: At) -> tuple[Path, At, At | None] | None:
    """The first value, in the order of the text, that `own` has and `other` has otherwise or not at all: where
    it is, and the two. None where `other` says all that `own` says."""
    if not isinstance(own.node, nodes.Mapping):
        same = reading(shape, own.node) == reading(shape, other.node)
        return None if same else ((), own, other)
    if not isinstance(other.node, nodes.Mapping):
        return (), own, other
    theirs = _by_name(shape, other)
    for name, child in _by_name(shape, own).items():
        if is_null(child.node):
            continue
        there = theirs.get(name)
        if there is None or is_null(there.node):
            return (name,), child, None
        found = difference(shape.child(name) if shape else None, child, there)
        if found is not None:
            return (name, *found[0]), found[1], found[2]
    return None


def _by_name(shape: Shape | None, at: At) -> dict[str, At]:
    return {shape.canonical(str(key)) if shape else str(key): child for key, child in at.children()}
