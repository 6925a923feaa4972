"""What nodes say as plain data, with aliases and merge keys resolved on demand and within bounds."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from floe_ls.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.parser import MAX_DEPTH
from floe_ls.syntax.references import anchor_of, is_alias, is_merge, merge_parts
from floe_ls.syntax.tree import Tree


class Unresolved(Enum):
    """Stands for what has no value: an unknown or endless alias, or more than the budget allows."""

    UNRESOLVED = "unresolved"


UNRESOLVED = Unresolved.UNRESOLVED


class Resolved(NamedTuple):
    """An entry of a mapping, where it stands, and what brought it: the span of a part of `<<`.

    `via` is None for an entry of the mapping's own.
    """

    entry: Entry
    base: int
    via: tuple[int, int] | None = None


class Resolver:
    """What the aliases and merge keys of one tree stand for.

    At most `budget` nodes are visited through aliases, whatever these do; nothing raises. `complete`
    says whether all that was asked could be resolved.
    """

    def __init__(self, tree: Tree, budget: int = 100_000, merge: bool = True) -> None:
        self.complete = True
        self._tree = tree
        self._left = budget
        self._merge = merge
        self._known: dict[tuple[int, int], list[Resolved]] = {}
        self._open: set[int] = set()  # the collections that are being built, by identity
        self._merging: set[int] = set()  # the mappings whose merge keys are being resolved

    def target(self, node: Node | None, base: int) -> tuple[Node, int] | None:
        """What a node stands for, and where: itself, or the node that an alias names."""
        for _ in range(_CHAIN):
            if node is None or not is_alias(node):
                break
            anchor = anchor_of(self._tree, base, node) if self._spend() else None
            node, base = (anchor.node, anchor.base) if anchor else (None, 0)
            self.complete = self.complete and node is not None
        return None if node is None or is_alias(node) else (node, base)

    def entries(self, mapping: Mapping, base: int) -> list[Resolved]:
        """The entries of a mapping: its own, and those that `<<` takes over, without `<<` itself.

        The own ones come first and hide others of the same key; so do earlier mappings later ones.
        """
        if (known := self._known.get((base, id(mapping)))) is not None:
            return known
        found: list[Resolved] = []
        merges: list[Resolved] = []
        for at, entry in zip(mapping.at, mapping.entries, strict=True):
            merged = self._merge and is_merge(entry)
            (merges if merged else found).append(Resolved(entry, base + at))
        if merges:
            if id(mapping) in self._merging:  # it takes over itself
                self.complete = False
                return found
            self._merging.add(id(mapping))
            found += self._merged(merges, {self._key(r) for r in found})
            self._merging.discard(id(mapping))
        self._known[base, id(mapping)] = found
        return found

    def plain(self, node: Node | None, base: int) -> object:
        """A node as plain data, in which `UNRESOLVED` stands for what cannot be resolved."""
        return self._plain(node, base, 0, False)

    def _merged(self, merges: list[Resolved], keys: set[object]) -> list[Resolved]:
        """The entries that merge keys bring, but for those of the keys that are there."""
        found: list[Resolved] = []
        for merge in reversed(merges):  # of several, the last one counts
            for part in merge_parts(self._tree, merge.base, merge.entry):
                if not isinstance(part.target, Mapping):
                    self.complete = False
                    continue
                for r in self.entries(part.target, part.base):
                    key = self._key(r)
                    if key in keys:
                        continue
                    if not self._spend():
                        return found
                    keys.add(key)
                    found.append(Resolved(r.entry, r.base, part.span))
        return found

    def _key(self, resolved: Resolved) -> object:
        key = resolved.entry.key
        if is_alias(key):
            place = self.target(key, resolved.base)
            key = place[0] if place else key
        if isinstance(key, Scalar):
            return type(key.value), key.value
        return None if key is None else (id(key), resolved.base)

    def _plain(self, node: Node | None, base: int, depth: int, through: bool) -> object:
        """`through` says that an alias led here, so that the node counts."""
        if is_alias(node):
            place = self.target(node, base)
            if not place:
                self.complete = False
                return UNRESOLVED
            node, base = place
            through = True
        if node is None:
            return None
        if isinstance(node, Scalar):
            return node.value if not through or self._spend() else UNRESOLVED
        if id(node) in self._open or depth > _DEPTH or (through and not self._spend()):
            self.complete = False
            return UNRESOLVED
        self._open.add(id(node))
        value: object = None
        if isinstance(node, Sequence):
            value = [
                self._plain(e.value, base + a, depth + 1, through)
                for a, e in zip(node.at, node.entries, strict=True)
            ]
        elif isinstance(node, Mapping):
            value = self._mapping(node, base, depth, through)
        self._open.discard(id(node))
        return value

    def _mapping(self, node: Mapping, base: int, depth: int, through: bool) -> dict[object, object]:
        value: dict[object, object] = {}
        for entry, at, via in self.entries(node, base):
            counts = through or via is not None
            key = _hashable(self._plain(entry.key, at, depth + 1, counts))
            value[key] = self._plain(entry.value, at, depth + 1, counts)
        return value

    def _spend(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self.complete = False
        return self._left >= 0


_CHAIN = 8
_DEPTH = 2 * MAX_DEPTH


def plain(node: Node | None) -> object:
    """A node as plain data by itself: aliases are `UNRESOLVED`, and `<<` is a key like others."""
    if isinstance(node, Scalar):
        return UNRESOLVED if node.style == "*" else node.value
    if isinstance(node, Sequence):
        return [plain(e.value) for e in node.entries]
    if isinstance(node, Mapping):
        return {_hashable(plain(e.key)): plain(e.value) for e in node.entries}
    return None


def load(tree: Tree, merge: bool = True) -> list[object]:
    """Every document of a text as plain data."""
    resolver = Resolver(tree, merge=merge)
    return [resolver.plain(d.root, d.at) for d in tree.documents]


def _hashable(key: object) -> object:
    """A key as a dict can have it: tuples for collections. (Their keys are hashable already.)"""
    if isinstance(key, list):
        return tuple(map(_hashable, key))
    if isinstance(key, dict):
        return tuple((k, _hashable(v)) for k, v in key.items())
    return key
