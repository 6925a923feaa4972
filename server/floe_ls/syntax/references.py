"""Which anchor an alias names, and what is wrong with aliases, merge keys and tags.

All of them are rare: they are looked up where their signs stand in the text, not by walking the tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from floe_ls.syntax import tokens
from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.problems import Problem

if TYPE_CHECKING:
    from floe_ls.syntax.tree import Tree


class Anchor(NamedTuple):
    """Where the `&` of an anchor stands, and its node with what the positions are relative to."""

    offset: int
    base: int
    node: Node


Anchors = dict[str, list[Anchor]]
"""The anchors of each name, in the order of the text."""


class Signs(NamedTuple):
    """All in a text that refers to something else, each with what its positions are relative to."""

    anchors: Anchors
    aliases: list[tuple[int, Scalar]]
    merges: list[tuple[int, Entry]]
    tagged: list[tuple[int, Node]]
    """The nodes whose tag has a handle."""


def signs(tree: Tree) -> Signs:
    """The anchors, aliases, merge keys and tags with handles of a text."""
    found = Signs({}, [], [], [])
    seen: set[tuple[int, int, str]] = set()
    for offset, sign in tree.rare:
        path = enclosing(tree, offset) if sign[0] in "&*<!" else []
        if not path:
            continue
        base, entry = path[-1]
        if sign == "<<":
            if is_merge(entry) and entry.key and base + entry.key.start == offset:
                found.merges.append((base, entry))
        elif sign[0] == "*":
            for node in (entry.key, entry.value, entry.rest):
                if is_alias(node) and base + node.start == offset:
                    found.aliases.append((base, node))
        elif owner := _owner(path, offset, sign):
            base, it = owner
            if (place := (base, id(it), sign[0])) in seen:
                continue
            seen.add(place)
            if sign[0] == "!":
                found.tagged.append(owner)
            elif it.anchor:
                found.anchors.setdefault(it.anchor, []).append(Anchor(offset, base, it))
    return found


def anchor_of(tree: Tree, base: int, alias: Scalar) -> Anchor | None:
    """The anchor that an alias names: the last of its name above it, in the same document."""
    named = tree.signs.anchors.get(alias.text, ())
    k = bisect_left(named, base + alias.start, key=lambda a: a.offset) - 1
    document = tree.document_at(base + alias.start)
    return named[k] if k >= 0 and document and document.at <= named[k].offset else None


class MergePart(NamedTuple):
    """One of the mappings that `<<` names: where it is named, and what it is, with its own base."""

    span: tuple[int, int]
    base: int
    target: Node | None
    unknown: bool
    """Whether it is an alias without an anchor."""


def merge_parts(tree: Tree, base: int, entry: Entry) -> list[MergePart]:
    """What a merge key is to take over, the parts that win first."""
    value, key = entry.value, entry.key
    if value is None:
        start, end = (base + key.start, base + key.end) if key else (base, base)
        return [MergePart((start, end), base, None, False)]
    whole = _merge_part(tree, base, value)
    it = whole.target
    if not isinstance(it, Sequence):
        return [whole]
    parts = [
        _merge_part(tree, whole.base + a, e.value)
        for a, e in zip(it.at, it.entries, strict=True)
        if e.value is not None
    ]
    if it is value:
        return parts
    return [p._replace(span=whole.span) for p in parts]  # the list stands elsewhere


def _merge_part(tree: Tree, base: int, node: Node) -> MergePart:
    span = base + node.start, base + node.end
    if not is_alias(node):
        return MergePart(span, base, node, False)
    anchor = anchor_of(tree, base, node)
    if not anchor:
        return MergePart(span, base, None, True)
    return MergePart(span, anchor.base, anchor.node, False)


def problems(tree: Tree) -> Iterator[Problem]:
    """Aliases without an anchor, merge keys that merge nothing, and tags with unknown handles."""
    found = [
        *_unknown_anchors(tree),
        *_bad_merges(tree),
        *_unknown_handles(tree),
    ]
    yield from sorted(found)


def is_alias(node: Node | None) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and node.style == "*"


def is_merge(entry: Entry) -> bool:
    """Whether an entry takes over the entries of other mappings."""
    key = entry.key
    return isinstance(key, Scalar) and key.text == "<<" and not key.style and not key.tag


def _owner(path: list[tuple[int, Entry]], offset: int, sign: str) -> tuple[int, Node] | None:
    """The node that an anchor or tag in the text belongs to: the first after it, innermost."""
    for base, entry in reversed(path):
        for node in (entry.key, entry.value, entry.rest):
            if node is not None and base + node.end > offset:
                if sign[0] == "&" and node.anchor == sign[1:]:
                    return base, node
                if sign[0] == "!" and node.tag and node.tag.startswith(sign):
                    return base, node
    return None


def _unknown_anchors(tree: Tree) -> Iterator[Problem]:
    for base, alias in tree.signs.aliases:
        if not anchor_of(tree, base, alias):
            message = f"No anchor &{alias.text} stands above this."
            start = base + alias.start
            yield Problem(start, base + alias.end, "yaml/unknown-anchor", message)


def _bad_merges(tree: Tree) -> Iterator[Problem]:
    for base, entry in tree.signs.merges:
        if entry.colon < 0:  # half typed
            continue
        for part in merge_parts(tree, base, entry):
            if not isinstance(part.target, Mapping) and not part.unknown:
                message = "Only a mapping, or a list of mappings, can be taken over by <<."
                yield Problem(*part.span, "yaml/merge-value", message)


def _unknown_handles(tree: Tree) -> Iterator[Problem]:
    for base, node in tree.signs.tagged:
        handle = tokens.TAG_HANDLE.match(node.tag or "")
        document = tree.document_at(base)
        if handle and document and handle[0] not in document.handles:
            message = f"The handle {handle[0]} of this tag is not declared by a %TAG line."
            start = base + node.start
            yield Problem(start, base + node.end, "yaml/unknown-tag-handle", message)
