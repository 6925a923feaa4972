"""What a tree says as plain data."""

from __future__ import annotations

from floe_ls.syntax.nodes import Collection, Document, Node, Scalar, Sequence
from floe_ls.syntax.parser import MAX_DEPTH


def load(document: Document, budget: int = 1_000_000) -> object:
    """A document as plain data. Aliases cannot make it larger than `budget` nodes, nor endless."""
    anchors: dict[str, Node] = {}
    left = [budget]

    def build(node: Node | None, depth: int = 0) -> object:
        left[0] -= 1
        if left[0] < 0 or depth > 2 * MAX_DEPTH:
            raise ValueError("too many nodes, or nested too deeply")
        if node is None:
            return None
        if node.anchor:
            anchors[node.anchor] = node
        if isinstance(node, Scalar):
            return build(anchors.get(node.text), depth + 1) if node.style == "*" else node.value
        if isinstance(node, Sequence):
            return [build(e.value, depth + 1) for e in node.entries]
        if not isinstance(node, Collection):
            return None
        pairs = [(build(e.key, depth + 1), build(e.value, depth + 1)) for e in node.entries]
        return {repr(k) if isinstance(k, (list, dict)) else k: v for k, v in pairs}

    return build(document.root)
