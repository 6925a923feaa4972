"""Offsets, lines and columns in UTF-16 units are the same places."""

from __future__ import annotations

import pytest

from floe_ls.syntax.cursor import enclosing
from floe_ls.syntax.nodes import Scalar
from floe_ls.syntax.tree import Tree
from syntax.samples import configuration

TEXTS = [
    "",
    "a: 1",
    "a: 🎉é\r\nb: 🎉\rc: 🎉🎉\n\n  - 🎉 # x\n",
    "\ufeffa: 1\n\u2028b\x0c: 2\n",
    configuration(3),
]


@pytest.mark.parametrize("text", TEXTS, ids=["empty", "line", "mixed ends", "no ends", "long"])
def test_every_offset_survives_the_round_trip(text: str) -> None:
    tree = Tree(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # between the two there is no place
            assert tree.offset(*tree.position(offset)) == offset


def test_columns_are_counted_in_utf_16() -> None:
    tree = Tree("é: 🎉 x\n")
    assert tree.position(5) == (0, 6)
    assert tree.offset(0, 6) == 5


def test_places_that_do_not_exist_are_the_nearest_that_do() -> None:
    tree = Tree("ab\r\ncd")
    assert tree.offset(0, 99) == 2
    assert tree.offset(99, 0) == 6


def test_lines_end_only_where_the_protocol_says() -> None:
    assert Tree("a\u2028b\x0cc\x85d\ne\rf\r\ng").lines == [0, 8, 10, 13]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nodes_are_where_their_text_is(end: str) -> None:
    text = configuration(2).replace("\n", end)
    seen = 0
    for base, entry in Tree(text).walk():
        for node in (entry.key, entry.value):
            if isinstance(node, Scalar) and not node.style:
                assert text[base + node.start : base + node.end] == node.text
                seen += 1
    assert seen > 40


def test_nodes_in_brackets_are_where_their_text_is() -> None:
    text = "a:\n  b: [x, {k: v}, p: q, [\n    deep, 'er']]\n"
    found = {
        text[base + node.start : base + node.end]
        for base, entry in Tree(text).walk()
        for node in (entry.key, entry.value)
        if isinstance(node, Scalar)
    }
    assert found == {"a", "b", "x", "k", "v", "p", "q", "deep", "'er'"}


def test_an_offset_lies_in_entries_from_outside_inwards() -> None:
    text = "a:\n  - b: [c, {d: e}]\n"
    offset = text.index("e}")
    starts = [text[base : base + 1] for base, _ in enclosing(Tree(text), offset)]
    assert starts == ["a", "a", "-", "b", "{", "d"]
