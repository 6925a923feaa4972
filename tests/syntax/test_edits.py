"""An edit changes what it is to change, and leaves all else as it is, byte for byte."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random

import pytest
import yaml12

from floe_ls.syntax.comments import comments
from floe_ls.syntax.edits import Replacement, append, delete, insert_key, set_value, written
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load
from syntax.samples import random_data, random_yaml

Path = tuple[str | int, ...]
SEEDS = range(300)


def applied(text: str, edit: Replacement | None) -> str:
    assert edit is not None
    start, end, new = edit
    return text[:start] + new + text[end:]


def paths(data: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    yield path, data
    steps = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for step, value in steps:
        yield from paths(value, (*path, step))


def inside(data: object, path: Path) -> object:
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


def sample(seed: int, end: str) -> tuple[Random, str, object]:
    random = Random(seed)
    data = random_data(random)
    while not isinstance(data, (dict, list)) or not data:
        data = random_data(random)
    return random, random_yaml(random, data).replace("\n", end), data


def check(seed: int, text: str, edit: Replacement | None, want: object) -> None:
    after = applied(text, edit)
    tree = Tree(after)
    about = f"seed {seed}: {edit} in {text!r}"
    assert [*tree.errors(), *tree.references()] == [], about
    assert load(tree) == [want], about
    assert yaml12.parse_yaml(after) == want, about


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_random_edits_do_what_they_say(end: str) -> None:
    for seed in SEEDS:
        random, text, data = sample(seed, end)
        tree = Tree(text)
        assert load(tree) == [data], f"seed {seed}: {text!r}"
        path, value = random.choice(list(paths(data))[1:])
        edited = copy.deepcopy(data)
        inside(edited, path[:-1])[path[-1]] = "new: value"  # type: ignore[index]
        check(seed, text, set_value(tree, path, written("new: value")), edited)

        edited = copy.deepcopy(data)
        del inside(edited, path[:-1])[path[-1]]  # type: ignore[attr-defined]
        edit = delete(tree, path)
        check(seed, text, edit, edited)

        path, value = random.choice([(p, v) for p, v in paths(data) if isinstance(v, (dict, list))])
        edited = copy.deepcopy(data)
        into = inside(edited, path)
        if isinstance(into, list):
            into.append(1)
            edit = append(tree, path, "1") if path or value else None
        else:
            assert isinstance(into, dict)
            into["new key"] = [1]
            edit = insert_key(tree, path, "new key", "[1]")
        check(seed, text, edit, edited)
        assert edit is not None
        assert edit[0] == edit[1]  # nothing that was there goes


def test_setting_a_scalar_replaces_it_alone() -> None:
    for seed in SEEDS:
        random, text, data = sample(seed, "\n")
        leaves = [(p, v) for p, v in paths(data) if p and not isinstance(v, (dict, list))]
        if leaves:
            path, _ = random.choice(leaves)
            tree = Tree(text)
            edit = set_value(tree, path, "x")
            assert edit is not None
            start, end, _ = edit
            before = [c.text for c in comments(tree)]
            after = applied(text, edit)
            assert [c.text for c in comments(Tree(after))] == before, f"{seed}: {text!r} {after!r}"
            assert (start, end) in {
                (base + e.value.start, base + e.value.end) for base, e in tree.walk() if e.value
            }


CASES = [
    # an edit, its path and text, before, after
    (set_value, ["a"], "2", "a: 1  # c\n", "a: 2  # c\n"),
    (set_value, ["a"], "2", "a:  # c\nb: 1\n", "a: 2  # c\nb: 1\n"),
    (set_value, ["a"], "2", "a:\n- x\n- y\nb: 1\n", "a: 2\nb: 1\n"),
    (set_value, ["a"], "2", "a:  # c\n  # d\n  x: 1\nb: 1\n", "a: 2  # c\n  # d\nb: 1\n"),
    (set_value, ["a"], "2", "a: &x\n  x: 1\nb: *x\n", "a: &x 2\nb: *x\n"),
    (set_value, ["a"], "2", "a: &x\nb: 1\n", "a: &x 2\nb: 1\n"),
    (set_value, ["a"], "2", "a: |\n  x\n  y\nb: 1\n", "a: 2\nb: 1\n"),
    (set_value, ["a", "b"], "2", "a: {b, c: 1}\n", "a: {b: 2, c: 1}\n"),
    (set_value, ["a", "b"], "2", "a:\n  b\n  c: 1\n", "a:\n  b: 2\n  c: 1\n"),
    (set_value, ["a"], "\n  x: 1\n  y: 2", "a: 1\nb: 2\n", "a:\n  x: 1\n  y: 2\nb: 2\n"),
    (set_value, ["a"], "\n  x: 1", "a:  # c\n  y: 1\nb: 2\n", "a:  # c\n  x: 1\nb: 2\n"),
    (set_value, ["a"], "\n  x: 1", "a:\nb: 2\n", "a:\n  x: 1\nb: 2\n"),
    (set_value, ["a", 0], "x: 1\ny: 2", "a:\n  - z\nb: 2\n", "a:\n  - x: 1\n    y: 2\nb: 2\n"),
    (delete, ["a"], None, "a: 1\nb: 2\n", "b: 2\n"),
    (delete, ["b"], None, "a: 1\nb: 2", "a: 1\n"),
    (delete, ["a", "x"], None, "a:\n  x: 1\nb: 2\n", "a: {}\nb: 2\n"),
    (delete, ["a", 0], None, "a:\n- x  # c\nb: 2\n", "a: []  # c\nb: 2\n"),
    (delete, ["a"], None, "a: 1  # c\n", "{}  # c\n"),
    (delete, [0, "x"], None, "- x: 1\n  y: 2\n", "- y: 2\n"),
    (delete, ["a"], None, "# c\na:\n  x: 1  # d\n# e\nb: 2\n", "# c\n# e\nb: 2\n"),
    (delete, ["a", "x"], None, "a: {x: 1, y: 2}\n", "a: {y: 2}\n"),
    (delete, ["a", "y"], None, "a: {x: 1, y: 2}\n", "a: {x: 1}\n"),
    (delete, ["a", 0], None, "a: [x]\n", "a: []\n"),
    (delete, ["a", 0], None, "a: [x, ]\n", "a: [ ]\n"),
    (delete, ["a", 1], None, "a: [x, # c\n  y]\n", "a: [x # c\n]\n"),
    (append, ["a"], "z", "a:\n  - x  # c\nb: 1\n", "a:\n  - x  # c\n  - z\nb: 1\n"),
    (append, ["a"], "z", "a:\n- x", "a:\n- x\n- z\n"),
    (append, ["a"], "z", "a: []\n", "a: [z]\n"),
    (append, ["a"], "z", "a: [x, y]\n", "a: [x, y, z]\n"),
    (append, ["a"], "z", "a: [\n  x,\n  y,  # c\n]\n", "a: [\n  x,\n  y, z,  # c\n]\n"),
    (append, ["a"], "z", "a:  # c\nb: 1\n", "a:  # c\n  - z\nb: 1\n"),
    (append, [], "z", "- x\n", "- x\n- z\n"),
    (append, ["a"], "k: 1\nl: 2", "a:\n  - x\n", "a:\n  - x\n  - k: 1\n    l: 2\n"),
    (append, ["a"], "z", "a:\n- |+\n  x\n\n\nb: 1\n", "a:\n- |+\n  x\n\n\n- z\nb: 1\n"),
]


@pytest.mark.parametrize(("edit", "path", "new", "before", "after"), CASES)
def test_an_edit_looks_as_if_its_author_had_made_it(
    edit: object, path: list[str | int], new: str | None, before: str, after: str
) -> None:
    assert callable(edit)
    tree = Tree(before)
    made = edit(tree, path) if new is None else edit(tree, path, new)
    assert applied(before, made) == after
    assert list(Tree(after).errors()) == []


KEYS = [
    (["a"], "a:\n  x: 1  # c\nb: 2\n", "a:\n  x: 1  # c\n  k: v\nb: 2\n"),
    (["a"], "a: {}\n", "a: {k: v}\n"),
    (["a"], "a: {x: 1}\n", "a: {x: 1, k: v}\n"),
    (["a"], "a:\nb: 1\n", "a:\n  k: v\nb: 1\n"),
    (["a", 0], "a:\n  - x: 1\n  - y: 2\n", "a:\n  - x: 1\n    k: v\n  - y: 2\n"),
    (["a", 0], "a:\n  -\n  - y: 2\n", "a:\n  - k: v\n  - y: 2\n"),
    ([], "a: 1", "a: 1\nk: v\n"),
    ([], "", "k: v\n"),
    ([], "# c", "# c\nk: v\n"),
    ([], "a: 1\n\n# the end\n", "a: 1\nk: v\n\n# the end\n"),
    ([], "a: 1\r\n", "a: 1\r\nk: v\r\n"),
]


@pytest.mark.parametrize(("path", "before", "after"), KEYS)
def test_a_key_is_added_to_the_end_of_its_mapping(
    path: list[str | int], before: str, after: str
) -> None:
    assert applied(before, insert_key(Tree(before), path, "k", "v")) == after


def test_a_value_of_several_lines_is_indented_as_its_key_is() -> None:
    text = "a:\n    b: 1\n"
    edit = insert_key(Tree(text), ["a"], "k", "\n  x: 1\n  y:\n    - 2")
    assert applied(text, edit) == "a:\n    b: 1\n    k:\n      x: 1\n      y:\n        - 2\n"


def test_another_document_can_be_edited() -> None:
    text = "a: 1\n---\na: 2\n"
    assert applied(text, set_value(Tree(text), ["a"], "3", document=1)) == "a: 1\n---\na: 3\n"


def test_what_is_not_there_is_not_edited() -> None:
    tree = Tree("a: [1]\nb: {c: 1}\n")
    assert set_value(tree, ["x"], "1") is None
    assert set_value(tree, ["a", 1], "1") is None
    assert set_value(tree, ["a", "x", "y"], "1") is None
    assert delete(tree, ["b", "x"]) is None
    assert append(tree, ["b"], "1") is None
    assert append(tree, ["x"], "1") is None
    assert insert_key(tree, ["a"], "k", "1") is None
    assert insert_key(tree, ["b", "c"], "k", "1") is None
    assert set_value(tree, [], "1") is None
    assert delete(tree, ["a"], document=1) is None


def test_of_equal_keys_the_last_is_edited() -> None:
    text = "a: 1\na: 2\n"
    assert applied(text, set_value(Tree(text), ["a"], "3")) == "a: 1\na: 3\n"
