"""Which lines can be folded away: blocks, lists, long texts, brackets, and comments that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from floe_ls.forms.document import Document
from floe_ls.syntax.comments import comments
from floe_ls.syntax.nodes import Collection, Entry, Scalar, Sequence


class FoldKind(StrEnum):
    BLOCK = ""
    COMMENT = "comment"


@dataclass(frozen=True, order=True)
class Fold:
    """Lines `first` to `last`, from 0, of which the first one stays."""

    first: int
    last: int
    kind: FoldKind = FoldKind.BLOCK
    shown: str = ""
    """What stands for the folded lines."""


def folds(document: Document, most: int | None = None) -> list[Fold]:
    """The foldable lines in the order of the text. Of more than `most`, those that are furthest out."""
    found: dict[int, tuple[int, Fold]] = {}
    for depth, fold in (*_blocks(document), *_comments(document)):
        known = found.get(fold.first)
        if known is None or fold.last > known[1].last:
            found[fold.first] = depth, fold
    ranked = sorted(found.values(), key=lambda pair: (pair[0], pair[1]))
    return sorted(fold for _, fold in (ranked if most is None else ranked[:most]))


def _blocks(document: Document) -> Iterator[tuple[int, Fold]]:
    line_of = document.lines.position
    stack: list[tuple[int, int, Entry]] = [(0, d.at, d.entry) for d in document.tree.documents]
    while stack:
        depth, base, entry = stack.pop()
        for node in (entry.value, entry.rest):
            if not isinstance(node, Collection | Scalar):
                continue
            if depth:
                first = line_of(base + entry.start)[0]
                last = line_of(base + node.end)[0]
                if last > first:
                    yield depth, Fold(first, last, shown=_count(node))
            if isinstance(node, Collection):
                stack += (
                    (depth + 1, base + at, inner)
                    for at, inner in zip(node.at, node.entries, strict=True)
                )


def _count(node: Collection | Scalar) -> str:
    if not isinstance(node, Sequence):
        return ""
    size = len(node.entries)
    return "… one item" if size == 1 else f"… {size:,} items"


def _comments(document: Document) -> Iterator[tuple[int, Fold]]:
    """Comments alone on lines that follow each other."""
    first = last = -2
    if "#" not in document.text:
        return
    for comment in comments(document.tree):
        if not comment.alone:
            continue
        line = document.lines.position(comment.start)[0]
        if line != last + 1:
            if last > first:
                yield 1, Fold(first, last, FoldKind.COMMENT)
            first = line
        last = line
    if last > first:
        yield 1, Fold(first, last, FoldKind.COMMENT)
