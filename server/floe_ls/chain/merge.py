"""Combines layers field by field, and remembers for each leaf who set it and which rule decided.

The rules are not here: they are on the fields, as `Inherit`. This module only obeys them (catalogue 3.5). A block
that one layer replaces whole, such as a plugin's selection, gives all its leaves; a list is one leaf, unless its
items are joined, when each item is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from floe_ls.chain.layers import Layer
from floe_ls.forms.document import At, plain
from floe_ls.forms.tree import is_null
from floe_ls.schema.meta import Merge, Role
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax.nodes import Collection, Mapping, Sequence
from floe_ls.text import Span


@dataclass(frozen=True)
class Origin:
    """One layer's say about a leaf. `implied` says that the layer wrote the block but not the field, so that the
    field's default speaks."""

    layer: Layer
    at: At = field(repr=False)
    value: Any
    implied: bool = False

    @property
    def span(self) -> Span:
        return self.at.key_span

    @property
    def line(self) -> int:
        """From 0."""
        return self.layer.document.lines.position(self.span.start)[0]


@dataclass(frozen=True)
class Setting:
    """A leaf of the effective configuration."""

    path: Path
    shape: Shape | None = field(repr=False)
    value: Any
    origins: tuple[Origin, ...]
    """Every layer that set it, topmost first."""
    winner: Origin | None
    """Who decided; None where a default did."""
    rule: str
    """override, immutable, strengthen, extend, whitelist, local or default."""

    @property
    def losers(self) -> tuple[Origin, ...]:
        return tuple(o for o in self.origins if o is not self.winner)


@dataclass(frozen=True)
class Effective:
    settings: tuple[Setting, ...]

    @cached_property
    def by_path(self) -> dict[Path, Setting]:
        return {setting.path: setting for setting in self.settings}

    def at(self, path: Path) -> Setting | None:
        return self.by_path.get(path)

    def value(self, path: Path) -> Any:
        found = self.by_path.get(path)
        return found.value if found else None

    def below(self, path: Path) -> tuple[Setting, ...]:
        """The leaves at a path and under it."""
        size = len(path)
        return tuple(s for s in self.settings if s.path[:size] == path)

    def plain(self) -> dict[str, Any]:
        """The whole configuration as plain data."""
        out: dict[str, Any] = {}
        for setting in self.settings:
            _put(out, setting.path, setting.value)
        return out


_Say = tuple[Layer, At]


def merge(shape: Shape, layers: tuple[Layer, ...], subject: Layer | None = None) -> Effective:
    """What layers of one shape make together, topmost first.

    `subject` is the layer whose own, not inherited, fields are kept: none when the subject is a product.
    """
    says = [(layer, layer.document.root) for layer in layers]
    settings = tuple(_Merge(shape, subject).fields(shape, (), says))
    return Effective(_with_whitelist(shape, settings))


class _Merge:
    def __init__(self, root: Shape, subject: Layer | None) -> None:
        self.root = root
        self.subject = subject

    def fields(self, shape: Shape, path: Path, says: list[_Say]) -> Iterator[Setting]:
        """The settings of a mapping whose keys are merged one by one."""
        maps = [(layer, at) for layer, at in says if isinstance(at.node, Mapping)]
        found: dict[str, list[_Say]] = {}
        for layer, at in maps:
            own: dict[str, At] = {}
            for key, child in at.children():
                own[shape.canonical(str(key))] = child
            for name, child in own.items():
                found.setdefault(name, []).append((layer, child))
        for name, sayers in found.items():
            yield from self.field(shape.child(name), (*path, name), sayers)
        if maps:
            for name, child_shape in shape.fields.items():
                if name not in found and child_shape.has_default and child_shape.default is not None:
                    yield from self.unsaid(child_shape, (*path, name), maps)

    def field(self, shape: Shape | None, path: Path, says: list[_Say]) -> Iterator[Setting]:
        rule = shape.inherit.merge if shape else Merge.OVERRIDE
        if rule is Merge.LOCAL:
            own = [(layer, at) for layer, at in says if layer is self.subject]
            if own:
                yield from self.whole(shape, path, own, own[-1], "local")
            return
        if rule is Merge.EXTEND:
            yield from self.joined(shape, path, says)
            return
        said = [(layer, at) for layer, at in says if not is_null(at.node)]
        if not said:
            return
        if rule is Merge.DEEP and shape is not None:
            if any(isinstance(at.node, Mapping) for _, at in said):
                yield from self.fields(shape, path, said)
            else:
                yield from self.whole(shape, path, said, said[-1], "override")
            return
        if rule is Merge.STRENGTHEN and shape is not None:
            yield self.strictest(shape, path, said)
            return
        winner = said[0] if rule is Merge.IMMUTABLE else said[-1]
        yield from self.whole(shape, path, said, winner, rule.value)

    def whole(
        self, shape: Shape | None, path: Path, says: list[_Say], winner: _Say, rule: str
    ) -> Iterator[Setting]:
        """The leaves of one layer's value, which replaces those of all others."""
        layer, at = winner
        if isinstance(at.node, Mapping) and (at.node.entries or (shape is not None and shape.fields)):
            names: dict[str, At] = {}
            for key, child in at.children():
                names[shape.canonical(str(key)) if shape else str(key)] = child
            for name, child in names.items():
                others = [
                    (other, found)
                    for other, there in says
                    if other is not layer and (found := _child(shape, there, name)) is not None
                ]
                below = sorted([*others, (layer, child)], key=lambda s: _index(says, s[0]))
                child_shape = shape.child(name) if shape else None
                yield from self.whole(child_shape, (*path, name), below, (layer, child), rule)
            return
        origins = tuple(Origin(other, there, plain(there.node)) for other, there in says)
        own = next(o for o in origins if o.layer is layer)
        yield Setting(path, shape, own.value, origins, own, rule)

    def strictest(self, shape: Shape, path: Path, says: list[_Say]) -> Setting:
        origins = tuple(Origin(layer, at, plain(at.node)) for layer, at in says)
        ranked = [(shape.inherit.strictness(o.value), o) for o in origins]
        known = [(rank, o) for rank, o in ranked if rank is not None]
        if not known:  # nothing that has a place in the order: leave it as the nearest says
            return Setting(path, shape, origins[-1].value, origins, origins[-1], "override")
        top = max(rank for rank, _ in known)
        winner = next(o for rank, o in known if rank == top)
        return Setting(path, shape, winner.value, origins, winner, "strengthen")

    def joined(self, shape: Shape | None, path: Path, says: list[_Say]) -> Iterator[Setting]:
        """The items of all layers, the topmost layer's first, none twice."""
        seen: list[Any] = []
        item_shape = shape.item if shape else None
        for layer, at in says:
            if not isinstance(at.node, Sequence):
                continue
            for _, item in at.children():
                value = plain(item.node)
                if value in seen:
                    continue
                origin = Origin(layer, item, value)
                yield Setting((*path, len(seen)), item_shape, value, (origin,), origin, "extend")
                seen.append(value)

    def unsaid(self, shape: Shape, path: Path, holders: list[_Say]) -> Iterator[Setting]:
        """Fields that no layer wrote though some wrote the block: their defaults."""
        if shape.inherit.merge is Merge.LOCAL and holders[-1][0] is not self.subject:
            return
        if holders[-1][0].document.dialect not in shape.dialects:
            return
        if isinstance(shape.default, dict) and shape.fields:
            for name, child in shape.fields.items():
                if name in shape.default and shape.default[name] is not None:
                    default = replace_default(child, shape.default[name])
                    yield Setting((*path, name), child, default, (), None, "default")
            return
        if shape.default in ([], {}):
            return
        yield Setting(path, shape, shape.default, (), None, "default")


def replace_default(shape: Shape, value: Any) -> Any:
    return value if value is not None else shape.default


def _child(shape: Shape | None, at: At, name: str) -> At | None:
    if not isinstance(at.node, Collection):
        return None
    found = at.child(name)
    if found is None and shape is not None:
        for other, canonical in shape.spellings.items():
            if canonical == name and (found := at.child(other)) is not None:
                break
    return found


def _index(says: list[_Say], layer: Layer) -> int:
    return next(i for i, (other, _) in enumerate(says) if other is layer)


def _with_whitelist(root: Shape, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """A category's selection within an approved list was decided by the whitelist (ADR lines 181-191)."""
    plugins, whitelist = root.role_path(Role.PLUGINS), root.role_path(Role.WHITELIST)
    if plugins is None or whitelist is None:
        return settings
    size = len(whitelist)
    listed = {s.path[size] for s in settings if s.path[:size] == whitelist and len(s.path) > size}
    start = len(plugins)
    return tuple(
        replace(s, rule="whitelist")
        if s.path[:start] == plugins
        and len(s.path) > start
        and s.path[start] in listed
        and s.rule == "override"
        else s
        for s in settings
    )


def _put(out: dict[str, Any], path: Path, value: Any) -> None:
    here: Any = out
    for step, following in zip(path, (*path[1:], None), strict=True):
        last = following is None
        if isinstance(step, int):
            while len(here) <= step:
                here.append([] if isinstance(following, int) else {})
            if last:
                here[step] = value
            here = here[step]
        elif last:
            here[step] = value
        else:
            here = here.setdefault(step, [] if isinstance(following, int) else {})


def dotted(path: Path) -> str:
    """A path as people write it; keys that hold a dot or bracket are quoted, indices are in brackets."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            plain_key = step and all(c.isalnum() or c in "_-/" for c in step)
            out += ("." if out else "") + (step if plain_key else '"' + step.replace('"', '\\"') + '"')
    return out
