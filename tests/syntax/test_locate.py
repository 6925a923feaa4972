"""The path to a place in the text, and whether a key is written there."""

from __future__ import annotations

import pytest

from floe_ls.syntax.tree import Tree

PLACES = [
    ("a: ‸1\n", ["a"], False),
    ("‸a: 1\n", [], True),
    ("a‸: 1\n", [], True),
    ("a:‸ 1\n", ["a"], False),
    ("a:\n  ‸\n", ["a"], True),
    ("a:\n  b: 1\n  ‸\n", ["a"], True),
    ("a:\n  b: 1\n‸\n", [], True),
    ("a:\n  b:‸\n", ["a", "b"], False),
    ("a: ‸\n  b: 1\n", ["a"], False),
    ("a:\n  b‸\n", ["a"], True),
    ("a:\n  - ‸x\n", ["a", 0], False),
    ("a:\n  - x\n  - ‸y\n", ["a", 1], False),
    ("a:\n  - b: ‸1\n", ["a", 0, "b"], False),
    ("a:\n  - b: 1\n    ‸\n", ["a", 0], True),
    ("a: {‸}\n", ["a"], True),
    ("a: {b: ‸1}\n", ["a", "b"], False),
    ("a: {b: 1, ‸}\n", ["a"], True),
    ("a: {b: 1, c‸}\n", ["a"], True),
    ("a: [x, ‸y]\n", ["a", 1], False),
    ("a: [x, ‸]\n", ["a"], False),
    ("a: [{b: {c: ‸}}]\n", ["a", 0, "b", "c"], False),
    ("a: {b: 1}‸\n", ["a"], False),
    ("x: 1\n---\na: ‸1\n", ["a"], False),
    ("? a\n: ‸b\n", ["a"], False),
    ("? [a]\n: ‸b\n", [None], False),
    ("‸", [], True),
    ("# c‸\n", [], False),
    ("a: 1\r\nb:\r\n  ‸\r\n", ["b"], True),
]


@pytest.mark.parametrize(("text", "steps", "at_key"), PLACES, ids=[text for text, *_ in PLACES])
def test_a_place_has_a_path(text: str, steps: list[str | int | None], at_key: bool) -> None:
    tree = Tree(text.replace("‸", ""))
    assert tree.locate(text.index("‸")) == (steps, at_key)
