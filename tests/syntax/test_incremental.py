"""A tree made from an earlier one is the tree that the text has anyhow, and shares what an edit left alone."""

from __future__ import annotations

import json
from random import Random

import pytest

from floe_ls.syntax.nodes import Collection, Entry
from floe_ls.syntax.tree import Tree
from syntax.samples import BRACKETS, configuration, dump, mutated, random_data, random_yaml
from syntax.states import STATES

ROUNDS = 300
EDITS = 8


@pytest.mark.parametrize("seed", range(4))
def test_after_random_edits_it_equals_a_fresh_tree(seed: int) -> None:
    random = Random(seed)
    texts = [state.text for state in STATES] + BRACKETS * 8 + [configuration(2)] * 4
    texts += ["---\na: 1\n---\nb: [1,\n 2]\n...\n# c\n--- |\n x\n"] * 4
    for _ in range(ROUNDS):
        made = random_yaml(random, random_data(random))
        text = random.choice((*texts, made, made.replace("\n", "\r\n")))
        tree = Tree(text)
        for _ in range(EDITS):
            edited = mutated(random, text)
            tree, before = Tree(edited, tree), text
            assert dump(tree) == dump(Tree(edited)), f"seed {seed}: {before!r} -> {edited!r}"
            text = edited


@pytest.mark.parametrize("seed", range(4))
def test_keys_in_values_make_the_tree_that_a_fresh_start_makes(seed: int) -> None:
    random = Random(seed)
    words = (
        "x",
        "1",
        ":",
        " ",
        "#",
        "-",
        "'",
        '"',
        "&a",
        "*b",
        "|",
        "[",
        "}",
        ",",
        "?",
        "@",
        "é",
        " #c",
    )
    words += ("\t", "\n", "...", "---", "<<", "<<<<<<< ", "\ufeff", "\u2028", "!a!", "\x01", "\\")
    fixed = (
        "a: 1\nb:\n  - x: y\n  - q\nc: d",
        '{"a": "bcd", "e": ["fg", {"i": "jkl"}], k: \'mno\'}',
    )
    for _ in range(60):
        made = random_yaml(random, random_data(random))
        text = random.choice((configuration(2), made, made.replace("\n", "\r\n"), *fixed))
        tree = Tree(text)
        for _ in range(10):
            start = random.randrange(len(text) + 1)
            end = min(len(text), start + random.choice((0, 0, 0, 1, 2)))
            new = random.choice(words)
            edited = text[:start] + new + text[end:]
            made_of, fresh = Tree(edited, tree, (start, end, len(new))), Tree(edited)
            assert dump(made_of) == dump(fresh), f"seed {seed}: {text!r} -> {edited!r}"
            assert (made_of.rare, made_of.special) == (fresh.rare, fresh.special), edited
            if random.random() < 0.5:
                text, tree = edited, made_of


def test_a_key_in_quotes_on_a_long_line_leaves_the_other_elements_the_same_objects() -> None:
    text = json.dumps([{"name": f"n{n}", "values": [1, 2, {"a": n}]} for n in range(300)])
    at = text.index("n150") + 2
    old = Tree(text)
    new = Tree(text[:at] + "x" + text[at:], old, (at, at, 1))
    assert dump(new) == dump(Tree(new.text))
    assert shared(old, new) == 299


def test_a_key_in_a_value_makes_only_the_entries_around_it_anew() -> None:
    text = configuration(50)
    at = text.index("LEVEL_25") + 3
    old = Tree(text)
    new = Tree(text[:at] + "x" + text[at:], old, (at, at, 1))
    assert dump(new) == dump(Tree(new.text))
    assert shared(old, new) == 50
    before, after = service(old, 26), service(new, 26)
    assert [a is b for a, b in zip(values(before), values(after), strict=True)].count(False) == 1


def test_an_edit_leaves_the_other_entries_the_same_objects() -> None:
    text = configuration(50)
    old = Tree(text)
    new = Tree(text.replace("app-25:", "app-xy:"), old)
    assert shared(old, new) == 50
    env = text.replace("LEVEL_25", "LEVEL_X")
    before, after = service(old, 26), service(Tree(env, old), 26)
    assert [a is b for a, b in zip(values(before), values(after), strict=True)].count(False) == 1


def test_entries_that_only_move_stay_the_same_objects() -> None:
    text = configuration(50)
    old = Tree(text)
    added = Tree(text.replace("version: 1", "version: 1\nextra: true"), old)
    removed = Tree(text.replace("version: 1\n", ""), old)
    assert shared(old, added) >= 49  # the neighbours of the edit may be new
    assert shared(old, removed) >= 49


def test_elements_in_brackets_stay_the_same_objects() -> None:
    data = [{"name": f"n{n}", "values": [1, 2, {"a": n}]} for n in range(300)]
    text = json.dumps(data, indent=1)
    old = Tree(text)
    assert shared(old, Tree(text.replace("n150", "changed"), old)) == 299


def test_documents_stay_the_same_objects() -> None:
    text = "---\n" + "---\n".join(f"name: n{n}\nvalues: [1, 2]\n" for n in range(100))
    old = Tree(text)
    new = Tree(text.replace("n50", "n50 changed"), old)
    same = [a.entry is b.entry for a, b in zip(old.documents, new.documents, strict=True)]
    assert same.count(False) == 1


def test_the_same_text_again_is_the_same_entries() -> None:
    text = configuration(3)
    old = Tree(text)
    assert shared(old, Tree(text, old)) == 4


def service(tree: Tree, number: int) -> Entry:
    root = tree.documents[0].root
    assert isinstance(root, Collection)
    return root.entries[number]


def values(entry: Entry) -> list[Entry]:
    assert isinstance(entry.value, Collection)
    return entry.value.entries


def shared(old: Tree, new: Tree) -> int:
    """How many entries of the root are the same objects in two trees."""
    before, after = old.documents[0].root, new.documents[0].root
    assert isinstance(before, Collection)
    assert isinstance(after, Collection)
    known = {id(entry) for entry in before.entries}
    return sum(id(entry) in known for entry in after.entries)
