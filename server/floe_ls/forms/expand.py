"""Aliases and merge keys replaced by what they stand for, with a budget."""

from __future__ import annotations

from floe_ls.forms.tree import key_of, moved, pairs
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.references import anchor_of, is_alias, is_merge
from floe_ls.syntax.tree import Tree

BUDGET = 100_000
"""Nodes that the aliases of a document may bring in."""
MAX_DEPTH = 200


def expanded(tree: Tree, root: Node | None, base: int) -> tuple[Node | None, bool]:
    """A document's root without aliases and merge keys, and whether some were left alone for want of budget."""
    signs = tree.signs
    if root is None or not (signs.aliases or signs.merges):
        return root, False
    expansion = _Expansion(tree)
    node, _ = expansion.node(root, base, 0)
    return node, expansion.exceeded


class _Expansion:
    """Replaces aliases in one document. Nodes are shared, not copied."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.exceeded = False
        self.left = BUDGET
        self.open: set[int] = set()
        """The nodes that are being expanded, by identity: an alias of one of them would never end."""
        self.done: dict[int, tuple[int, Node, int]] = {}
        self.touched = {
            id(entry)
            for offset in (
                *(base + alias.start for base, alias in tree.signs.aliases),
                *(base + entry.start for base, entry in tree.signs.merges),
            )
            for _, entry in enclosing(tree, offset)
        }
        """The entries that hold an alias or merge key somewhere: all others stay as they are."""

    def node(self, node: Node, base: int, depth: int) -> tuple[Node, int]:
        """A node without aliases, and how many nodes a walk over it meets."""
        if isinstance(node, Scalar):
            return self.alias(node, base, depth) if node.style == "*" else (node, 1)
        if not isinstance(node, Collection) or depth > MAX_DEPTH:
            return node, 1
        size, changed = 1, False
        own: list[tuple[int, Entry]] = []
        merged: list[list[tuple[int, Entry]]] = []
        for at, entry in pairs(node):
            untouched = id(entry) not in self.touched
            if is_alias(entry.key) and not untouched:
                changed, entry = True, self.named(entry, base + at)
            if untouched or entry.value is None:
                size += self.size(entry.value)
                own.append((at, entry))
                continue
            value, more = self.node(entry.value, base + at, depth + 1)
            size += more
            if isinstance(node, Mapping) and is_merge(entry):
                changed = True
                merged.append(_brought(value, at))
                continue
            if value is not entry.value:
                changed = True
                rest, errors, flawed = entry.rest, entry.errors, entry.flawed
                entry = Entry(entry.key, value, entry.colon, rest, errors, flawed)
            own.append((at, entry))
        if not changed:
            return node, size
        names = {key_of(entry) for _, entry in own}
        for brought in reversed(
            merged
        ):  # of several merge keys the last one wins, as to floe's loader
            for at, entry in brought:
                name = key_of(entry)
                if name is not None and name not in names:
                    names.add(name)
                    own.append((at, entry))
        cls = Mapping if isinstance(node, Mapping) else Sequence
        offsets, entries = [at for at, _ in own], [entry for _, entry in own]
        new = cls(
            node.start,
            node.end,
            entries,
            offsets,
            node.column,
            node.flow,
            node.flawed,
            node.tag,
            node.anchor,
        )
        return new, size

    def named(self, entry: Entry, base: int) -> Entry:
        """An entry whose key is an alias under the name that the alias stands for."""
        key = entry.key
        anchor = anchor_of(self.tree, base, key) if is_alias(key) else None
        if key is None or anchor is None or not isinstance(it := anchor.node, Scalar):
            return entry
        name = Scalar(key.start, key.end, it.text, it.style, it.tag)
        return Entry(name, entry.value, entry.colon, entry.rest, entry.errors, entry.flawed)

    def alias(self, node: Scalar, base: int, depth: int) -> tuple[Node, int]:
        anchor = anchor_of(self.tree, base, node)
        if anchor is None or id(anchor.node) in self.open or depth > MAX_DEPTH:
            return node, 1
        known = self.done.get(id(anchor.node))
        if known is None:
            self.open.add(id(anchor.node))
            target, size = self.node(anchor.node, anchor.base, depth + 1)
            self.open.discard(id(anchor.node))
            known = self.done[id(anchor.node)] = anchor.base, target, size
        at, target, size = known
        if size > self.left:
            self.exceeded = True
            return node, 1
        self.left -= size
        return moved(target, at - base), size

    def size(self, node: Node | None) -> int:
        """How many nodes there are, where that matters: within what aliases bring in."""
        if not self.open:
            return 1
        total, stack = 0, [node]
        while stack:
            here = stack.pop()
            total += 1
            stack += (entry.value for _, entry in pairs(here))
        return total


def _brought(value: Node, at: int) -> list[tuple[int, Entry]]:
    """The entries that a merge key brings in, as seen from the mapping that holds it."""
    if isinstance(value, Mapping):
        return _last_of_each_name(value, at)
    return [
        found
        for outer, item in pairs(value)
        if isinstance(item.value, Mapping)
        for found in _last_of_each_name(item.value, at + outer)
    ]


def _last_of_each_name(node: Mapping, at: int) -> list[tuple[int, Entry]]:
    """Of several entries of a name the last one counts, as to floe's loader."""
    return [*{key_of(entry): (at + offset, entry) for offset, entry in pairs(node)}.values()]
