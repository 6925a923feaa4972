"""Aliases and merge keys replaced by what they stand for, with a budget."""

from __future__ import annotations

from floe_ls.forms.tree import find, moved, pairs
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence

BUDGET = 100_000
"""Nodes that a document may have once its aliases are replaced."""
MAX_DEPTH = 200


class Expansion:
    """Replaces aliases in one document. Nodes are shared, not copied; `exceeded` says that some were left alone."""

    def __init__(self, root: Node | None, base: int) -> None:
        self.exceeded = False
        self._anchors: dict[str, tuple[int, Node]] = {}
        self._done: dict[str, tuple[int, Node, int]] = {}
        self._open: set[str] = set()
        self._collect(root, base)
        self._spent = 0

    def _collect(self, root: Node | None, base: int) -> None:
        stack: list[tuple[int, Node]] = [(base, root)] if root is not None else []
        while stack:
            at, node = stack.pop()
            if node.anchor:
                self._anchors.setdefault(node.anchor, (at, node))
            for offset, entry in pairs(node):
                stack += ((at + offset, n) for n in (entry.key, entry.value) if n is not None)

    def expand(self, node: Node | None, base: int, depth: int = 0) -> tuple[Node | None, int]:
        """The node without aliases, and how many nodes a walk over it meets."""
        if node is None:
            return None, 0
        if isinstance(node, Scalar):
            return self._alias(node, base, depth) if node.style == "*" else (node, 1)
        if not isinstance(node, Collection) or depth > MAX_DEPTH:
            return node, 1
        size, changed = 1, False
        out: list[tuple[int, Entry]] = []
        inherited: list[tuple[int, Entry]] = []
        for at, entry in pairs(node):
            value, more = self.expand(entry.value, base + at, depth + 1)
            size += more
            if size > BUDGET:
                self.exceeded = True
                return node, 1
            if isinstance(node, Mapping) and _is_merge(entry):
                changed = True
                inherited += self._merged(value, at)
                continue
            if value is not entry.value:
                changed = True
                entry = Entry(entry.key, value, entry.colon, entry.rest, entry.errors, entry.flawed)
            out.append((at, entry))
        if not changed:
            return node, size
        if inherited:
            own = Mapping(0, 0, [e for _, e in out], [a for a, _ in out], -1, True, False)
            seen: set[str] = set()
            for at, entry in inherited:
                name = entry.key.text if isinstance(entry.key, Scalar) else None
                if name is not None and name not in seen and find(own, name) is None:
                    seen.add(name)
                    out.append((at, entry))
        cls = Mapping if isinstance(node, Mapping) else Sequence
        new = cls(
            node.start, node.end, [e for _, e in out], [a for a, _ in out],
            node.column, node.flow, node.flawed, node.tag, node.anchor,
        )  # fmt: skip
        return new, size

    def _alias(self, node: Scalar, base: int, depth: int) -> tuple[Node | None, int]:
        name = node.text
        if name not in self._anchors or name in self._open or depth > MAX_DEPTH:
            return node, 1
        if name not in self._done:
            at, target = self._anchors[name]
            self._open.add(name)
            expanded, size = self.expand(target, at, depth + 1)
            self._open.discard(name)
            assert expanded is not None
            self._done[name] = at, expanded, size
        at, expanded, size = self._done[name]
        if self._spent + size > BUDGET:
            self.exceeded = True
            return node, 1
        self._spent += size
        return moved(expanded, at - base), size

    @staticmethod
    def _merged(value: Node | None, at: int) -> list[tuple[int, Entry]]:
        """The entries that a merge key brings in, as seen from the mapping that holds it."""
        if isinstance(value, Mapping):
            return [(at + offset, entry) for offset, entry in pairs(value)]
        return [
            (at + outer + offset, entry)
            for outer, item in pairs(value)
            for offset, entry in pairs(item.value)
            if isinstance(item.value, Mapping)
        ]


def _is_merge(entry: Entry) -> bool:
    key = entry.key
    return isinstance(key, Scalar) and key.style == "" and key.text == "<<"


def expanded(root: Node | None, base: int, text: str) -> tuple[Node | None, bool]:
    """A document's root without aliases and merge keys, and whether its budget was exceeded."""
    if root is None or ("*" not in text and "<<" not in text):
        return root, False
    expansion = Expansion(root, base)
    if not expansion._anchors and "<<" not in text:
        return root, False
    node, _ = expansion.expand(root, base)
    return node, expansion.exceeded
