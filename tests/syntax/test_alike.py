"""Entries that texts share are those that each text has anyhow."""

from __future__ import annotations

from random import Random

import pytest

from floe_ls.syntax import parser
from floe_ls.syntax.nodes import Collection, Entry
from floe_ls.syntax.parser import Blocks
from floe_ls.syntax.tree import Tree
from syntax.samples import BRACKETS, configuration, dump, mutated, random_data, random_yaml
from syntax.states import STATES


@pytest.mark.parametrize("seed", range(3))
def test_a_tree_that_shares_equals_a_fresh_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MOST_SHARED", 5_000)
    random = Random(seed)
    texts = [state.text for state in STATES] + BRACKETS + [configuration(2)]
    texts += ["---\na: [1,\n 2]\n---\na: [1,\n 2]\n", "a:\n  b: 1\na:\n  b: 1\n", "- a:\n   - 1\n"]
    blocks = Blocks()
    for _ in range(250):
        text = random.choice((*texts, random_yaml(random, random_data(random))))
        for edited in (text, mutated(random, text), text.replace("\n", "\r\n")):
            shared, fresh = Tree(edited, blocks=blocks), Tree(edited)
            assert dump(shared) == dump(fresh), f"seed {seed}: {edited!r}"
            assert [*shared.errors()] == [*fresh.errors()]


def test_what_is_the_same_in_two_texts_is_the_same_object() -> None:
    blocks = Blocks()
    one, two = (
        entries(Tree(f"name:\n  own: {n}\nlist:\n  - a: 1\n    b: 2\n", blocks=blocks))
        for n in "xy"
    )
    assert one[0] is not two[0]
    assert one[1] is two[1]


def test_what_a_text_has_twice_are_two_objects() -> None:
    one, two, three = entries(Tree("a:\n  b: 1\na:\n  b: 1\na:\n  b: 1\n", blocks=Blocks()))
    assert one is not two
    assert two is not three
    assert three is not one


def entries(tree: Tree) -> list[Entry]:
    root = tree.documents[0].root
    assert isinstance(root, Collection)
    return root.entries
