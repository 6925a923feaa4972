"""Comments, which no tree holds: they are found in the text between its nodes when asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Scalar
from floe_ls.syntax.tree import Tree

_HASH = re.compile(r"(?:(?<=[ \t\n\ufeff])|(?<![\s\S]))#")


class Comment(NamedTuple):
    """A comment from its `#` to the end of its line. An `alone` one has the line to itself."""

    start: int
    end: int
    text: str
    """What it says, without the `#` and the space around."""
    alone: bool


def comments(tree: Tree, start: int = 0, end: int | None = None) -> list[Comment]:
    """The comments that start between two offsets."""
    source = tree.source
    end = len(source) if end is None else end
    found = []
    while m := _HASH.search(source, start, end):
        start = m.end()
        if _in_scalar(tree, m.start()):
            continue
        stop = source.find("\n", start)
        words = source[start : stop if stop >= 0 else None].rstrip("\r")
        start += len(words)
        # A conflict marker is a comment to the parser alone: what is written starts otherwise.
        if tree.text[m.start()] == "#":
            alone = not source[source.rfind("\n", 0, m.start()) + 1 : m.start()].strip(" \t\ufeff")
            found.append(Comment(m.start(), start, words.strip(), alone))
    return found


def comment_at(tree: Tree, offset: int) -> Comment | None:
    """The comment that an offset is in."""
    beside = comment_beside(tree, offset)
    return beside if beside and beside.start <= offset else None


def comment_beside(tree: Tree, offset: int) -> Comment | None:
    """The comment on the line of an offset, whether it has the line to itself or ends it."""
    start = tree.source.rfind("\n", 0, offset) + 1
    end = tree.source.find("\n", offset)
    return next(iter(comments(tree, start, end if end >= 0 else None)), None)


def comments_above(tree: Tree, offset: int) -> list[Comment]:
    """The comments alone on the lines directly above that of an offset, in the order of the text."""
    found: list[Comment] = []
    line = tree.source.rfind("\n", 0, offset) + 1
    while line > 0:
        comment = comment_beside(tree, line - 1)
        if not comment or not comment.alone:
            break
        found.append(comment)
        line = tree.source.rfind("\n", 0, line - 1) + 1
    return found[::-1]


def _in_scalar(tree: Tree, offset: int) -> bool:
    path = enclosing(tree, offset)
    if not path:
        return False
    base, entry = path[-1]
    for node in (entry.key, entry.value, entry.rest):
        if isinstance(node, Scalar) and node.start <= offset - base < node.end:
            in_header = node.style in ("|", ">") and (
                tree.source.find("\n", base + node.start, offset) < 0
            )
            return not in_header
    return False
