"""Combines layers field by field, and remembers for each leaf who set it and which rule decided.

The rules are not here: they are on the fields, as `Inherit`. This module only obeys them (catalogue 3.5). A block
that one layer replaces whole, such as a plugin's selection, gives all its leaves; a list is one leaf, unless its
items are joined, when each item is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from floe_ls.chain.layers import Layer
from floe_ls.chain.say import Origin, Say, block, implied, is_strengthened, written
from floe_ls.forms.document import At, plain
from floe_ls.forms.kept import kept
from floe_ls.schema.meta import Merge, Role
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax import nodes


@dataclass(frozen=True)
class Setting:
    """A leaf of the effective configuration."""

    path: Path
    shape: Shape | None = field(repr=False)
    value: Any
    origins: tuple[Origin, ...]
    """Every layer that has a say in it, topmost first."""
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


def merge(
    shape: Shape,
    layers: tuple[Layer, ...],
    subject: Layer | None = None,
    within: Path = (),
) -> Effective:
    """What layers of one shape make together, topmost first.

    `subject` is the layer whose own, not inherited, fields are kept: none when the subject is a product. `within`
    asks for what is at a path and below it; little else is then looked at.
    """
    says = [Say(layer, layer.document.root) for layer in layers]
    settings = [*_Merge(subject, within).fields(shape, (), says)]
    plugins, whitelist = shape.role_path(Role.PLUGINS), shape.role_path(Role.WHITELIST)
    if plugins and whitelist and within[: len(plugins)] == plugins:
        # It decides what becomes of plugins.
        settings += _Merge(subject, whitelist).fields(shape, (), says)
    return Effective(_with_whitelist(shape, tuple(settings)))


class _Merge:
    def __init__(self, subject: Layer | None, within: Path = ()) -> None:
        self.subject = subject
        self.within = within

    def passes(self, path: Path) -> bool:
        """Whether what is at a path may be asked for."""
        return path[: len(self.within)] == self.within[: len(path)]

    def fields(self, shape: Shape, path: Path, says: list[Say]) -> Iterator[Setting]:
        """The settings of a mapping whose keys are merged one by one."""
        shape = block(shape)
        blocks = [(say, written(shape, say)) for say in says if say.is_mapping]
        names = dict.fromkeys(name for _, own in blocks for name in own)
        unwritten = [implied(shape, say, own) for say, own in blocks]
        for name in names:
            if not self.passes((*path, name)):
                continue
            said = [
                say
                for (_, own), default in zip(blocks, unwritten, strict=True)
                if (say := own.get(name) or default.get(name)) is not None
            ]
            yield from self.field(shape.child(name), (*path, name), said)
        if blocks:
            last = blocks[-1][0].layer
            for name, child in shape.fields.items():
                if name not in names and child.has_default and self.passes((*path, name)):
                    yield from self.default(child, (*path, name), child.default, last)

    def field(self, shape: Shape | None, path: Path, says: list[Say]) -> Iterator[Setting]:
        rule = shape.inherit.merge if shape else Merge.OVERRIDE
        if rule is Merge.LOCAL:
            own = [say for say in says if say.layer is self.subject]
            if own:
                yield from self.whole(shape, path, own, own[-1], "local")
            return
        if rule is Merge.EXTEND:
            yield from self.joined(shape, path, says)
            return
        said = [say for say in says if not say.is_null]
        if not said:
            return
        in_writing = [say for say in said if not say.implied]
        if shape is not None and rule is Merge.DEEP and any(s.is_mapping for s in in_writing):
            yield from self.fields(shape, path, said)
            return
        if shape is not None and in_writing and is_strengthened(shape):
            yield self.strictest(shape, path, said if rule is Merge.STRENGTHEN else in_writing)
            return
        locked = _locked(shape, in_writing)
        if locked is not None:
            yield from self.whole(shape, path, in_writing, locked, "immutable")
        elif rule is Merge.IMMUTABLE:
            yield from self.whole(shape, path, in_writing, in_writing[0], "immutable")
        elif in_writing:
            yield from self.whole(shape, path, in_writing, in_writing[-1], "override")

    def whole(
        self, shape: Shape | None, path: Path, says: list[Say], winner: Say, rule: str
    ) -> Iterator[Setting]:
        """The leaves of one layer's value, which replaces those of all others."""
        node = winner.at.node
        if shape is not None and isinstance(node, nodes.Mapping):
            shape = block(shape)
        fields = shape.fields if shape else {}
        if isinstance(node, nodes.Mapping) and (node.entries or fields):
            blocks = [(say, written(shape, say)) for say in says]
            own = next(found for say, found in blocks if say is winner)
            for name, say in own.items():
                said = [found[name] for _, found in blocks if name in found]
                child = shape.child(name) if shape else None
                if not (say.is_null and child is not None and child.kind != "any"):
                    yield from self.whole(child, (*path, name), said, say, rule)
            for name, child in fields.items():
                if child.has_default and (name not in own or own[name].is_null):
                    yield from self.default(child, (*path, name), child.default, winner.layer)
            return
        if winner.is_null and shape is not None and shape.kind != "any":
            return
        origins = tuple(say.origin(shape) for say in says)
        chosen = origins[next(i for i, say in enumerate(says) if say is winner)]
        yield Setting(path, shape, chosen.value, origins, chosen, rule)

    def strictest(self, shape: Shape, path: Path, says: list[Say]) -> Setting:
        origins = tuple(say.origin(shape) for say in says)
        ranked = [(shape.inherit.strictness(o.value), o) for o in origins]
        known = [(rank, o) for rank, o in ranked if rank is not None]
        if not known:  # nothing that has a place in the order: leave it as the nearest says
            return Setting(path, shape, origins[-1].value, origins, origins[-1], "override")
        top = max(rank for rank, _ in known)
        best = [o for rank, o in known if rank == top]
        winner = next((o for o in best if not o.implied), best[0])
        return Setting(path, shape, winner.value, origins, winner, "strengthen")

    def joined(self, shape: Shape | None, path: Path, says: list[Say]) -> Iterator[Setting]:
        """The items of all layers, the topmost layer's first, none twice."""
        found: dict[Any, tuple[Any, list[tuple[Say, int]]]] = {}
        """What was said and who said it, and as which item, by what it is compared by."""
        for say in says:
            node = say.at.node
            if say.implied or not isinstance(node, nodes.Sequence):
                continue
            values = kept(say.layer.document.memo, f"joined {path}", node.entries, _value)
            for number, (value, same) in enumerate(values):
                known = found.get(same)
                if known is None:
                    found[same] = value, [(say, number)]
                elif all(other.layer is not say.layer for other, _ in known[1]):
                    known[1].append((say, number))
        item_shape = shape.item if shape else None
        wanted = self.within[len(path)] if len(self.within) > len(path) else None
        for index, (value, said) in enumerate(found.values()):
            if wanted is None or index == wanted:
                origins = tuple(
                    Origin(say.layer, _item(say, number), value) for say, number in said
                )
                yield Setting((*path, index), item_shape, value, origins, origins[0], "extend")

    def default(self, shape: Shape, path: Path, value: Any, layer: Layer) -> Iterator[Setting]:
        """A field that no layer wrote though one, `layer` at last, wrote the block."""
        if value is None or value in ([], {}):
            return
        if shape.inherit.merge is Merge.LOCAL and layer is not self.subject:
            return
        if layer.document.dialect not in shape.dialects:
            return  # a default of a field that this dialect does not have
        fields = block(shape).fields
        if isinstance(value, Mapping) and fields:
            for name, child in fields.items():
                yield from self.default(child, (*path, name), value.get(name), layer)
            return
        yield Setting(path, shape, value, (), None, "default")


def _item(say: Say, number: int) -> At:
    at = say.at.child(number)
    assert at is not None
    return at


def _value(entry: nodes.Entry) -> tuple[Any, Any]:
    """The value of an item, and what it is compared by."""
    value = plain(entry.value)
    return value, _comparable(value)


def _comparable(value: Any) -> Any:
    """The same for equal values, and fit to be a key."""
    if isinstance(value, dict):
        return dict, frozenset((key, _comparable(held)) for key, held in value.items())
    if isinstance(value, list):
        return list, tuple(_comparable(held) for held in value)
    return value


def _locked(shape: Shape | None, says: list[Say]) -> Say | None:
    """The topmost say that no layer below it may change."""
    lock = shape.inherit.lock if shape else ""
    if not lock or shape is None:
        return None
    for say in says[:-1]:
        key = written(shape, say).get(lock)
        if key is not None and key.origin(shape.child(lock)).value is False:
            return say
    return None


def _with_whitelist(root: Shape, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """A category's selection within an approved list was decided by the whitelist (ADR lines 181-191)."""
    plugins, whitelist = root.role_path(Role.PLUGINS), root.role_path(Role.WHITELIST)
    if plugins is None or whitelist is None:
        return settings
    size = len(whitelist)
    listed = {s.path[size] for s in settings if s.path[:size] == whitelist and len(s.path) > size}
    start = len(plugins)

    def chosen(setting: Setting) -> bool:
        path = setting.path
        if path[:start] != plugins or len(path) <= start or path[start] not in listed:
            return False
        category = root.at(path[: start + 1])
        replaced = category is None or category.inherit.merge is Merge.OVERRIDE
        return replaced or (setting.shape is not None and setting.shape.role is Role.PLUGIN_NAME)

    return tuple(
        replace(s, rule="whitelist") if s.rule == "override" and chosen(s) else s for s in settings
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
            out += ("." if out else "") + (
                step if plain_key else '"' + step.replace('"', '\\"') + '"'
            )
    return out


__all__ = ["Effective", "Origin", "Setting", "dotted", "merge"]
