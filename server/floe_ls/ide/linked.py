"""The name of an anchor and of its aliases, which are edited together."""

from __future__ import annotations

from floe_ls.forms.document import Document
from floe_ls.syntax.references import Anchor, anchor_of
from floe_ls.text import Span

WORD = r"[^\s,\[\]{}]+"
"""What a name of an anchor may be."""


def linked(document: Document, offset: int) -> list[Span]:
    """Where the name at an offset is written: behind `&` once, behind `*` for each alias. Empty elsewhere, and for
    an anchor that nothing uses."""
    tree = document.tree
    if "&" not in document.text:
        return []
    aliases = [(base, node, anchor_of(tree, base, node)) for base, node in tree.signs.aliases]
    anchors = [a for named in tree.signs.anchors.values() for a in named]
    at = next((a for a in anchors if offset in _reach(_name(a))), None)
    if at is None:
        at = next(
            (
                a
                for base, node, a in aliases
                if a and offset in _reach(_of(base, node.start, node.text))
            ),
            None,
        )
    if at is None:
        return []
    uses = [_of(base, node.start, node.text) for base, node, a in aliases if a == at]
    return sorted((_name(at), *uses)) if uses else []


def _name(anchor: Anchor) -> Span:
    return _of(anchor.offset, 0, anchor.node.anchor or "")


def _of(base: int, start: int, name: str) -> Span:
    return Span(base + start + 1, base + start + 1 + len(name))


def _reach(span: Span) -> range:
    return range(span.start, span.end + 1)
