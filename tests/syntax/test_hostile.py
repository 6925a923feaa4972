"""No text takes the parser down, nor keeps it busy for ever: a watchdog ends what does."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from floe_ls.syntax.comments import comments
from floe_ls.syntax.nodes import Mapping
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import UNRESOLVED, Resolver, load, plain

MB = 1_000_000
pytestmark = pytest.mark.timeout(60)


def laughs(levels: int, merge: bool = False) -> str:
    """Each level names the one above nine times."""
    if merge:
        lines = ["a0: &a0 {k: v}"]
        lines += [
            f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: {n}}}"
            for n in range(1, levels)
        ]
    else:
        lines = ["a0: &a0 [lol]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


TEXTS: dict[str, Callable[[], str]] = {
    "open brackets": lambda: "[" * 10_000,
    "open brackets in a value": lambda: "a: " + "[{" * 5_000,
    "closed brackets": lambda: "[" * 10_000 + "]" * 10_000,
    "closing brackets": lambda: "]" * 10_000,
    "brackets that may be keys": lambda: "[" * 5_000 + "]: 1" * 5_000,
    "nested keys": lambda: "".join(" " * n + f"k{n}:\n" for n in range(300)),
    "many nested keys": lambda: "".join(" " * n + "k:\n" for n in range(1_500)),
    "nested items": lambda: "- " * 10_000,
    "nested questions": lambda: "? " * 10_000,
    "keys on a line": lambda: "a: " * 10_000,
    "a long line": lambda: "a: " + "x" * (10 * MB),
    "a long line of words": lambda: "a: " + "x " * (5 * MB),
    "a long line of colons": lambda: "a:" * (2 * MB),
    "a long line of hashes": lambda: "a#" * (2 * MB),
    "a long quoted line": lambda: 'a: "' + "x" * (10 * MB) + '"',
    "a quote that is never closed": lambda: 'a: "' + "x" * (10 * MB),
    "a quote that is never closed over many lines": lambda: 'a: "' + "x\n  " * MB,
    "quotes": lambda: "'" * MB,
    "many quotes that are never closed": lambda: 'k: "x\n' * 20_000,
    "escapes": lambda: 'a: "' + "\\" * (2 * MB) + '"',
    "bad escapes": lambda: 'a: "' + "\\q" * 50_000 + '"',
    "a long number": lambda: "a: " + "1" * MB,
    "a long time": lambda: "a: 1" + ":1" * MB,
    "blank lines": lambda: "a:\n" + "\n" * MB + " b: 1\n",
    "blank lines in a text": lambda: "a: |\n" + "\n" * MB + " b\n",
    "spaces": lambda: " " * MB,
    "tabs": lambda: "\t" * MB,
    "comments": lambda: "# c\n" * 300_000,
    "hashes": lambda: "#" * MB,
    "anchors": lambda: "&a " * 20_000,
    "tags": lambda: "!t " * 20_000,
    "many anchors": lambda: "".join(f"- &a{n} x\n- *a{n}\n" for n in range(20_000)),
    "directives": lambda: "%YAML 1.2\n" * 2_000,
    "documents": lambda: "---\n" * 20_000,
    "ends of documents": lambda: "...\n" * 20_000,
    "conflict markers": lambda: "<<<<<<< a\n" * 20_000,
    "commas": lambda: "[" + "," * 100_000 + "]",
    "many keys": lambda: "".join(f"k{n}: {n}\n" for n in range(200_000)),
    "many equal keys": lambda: "k: 1\n" * 20_000,
    "many keys in brackets": lambda: "{" + ", ".join(f"k{n}: {n}" for n in range(100_000)) + "}",
    "lines that fit nothing": lambda: "a: b\n c\n  d: e\n f\n" * 5_000,
    "words without a colon": lambda: "word\n" * 20_000 + "a: 1\n",
    "falling indentation": lambda: "".join(" " * (1_000 - n) + "a:\n" for n in range(1_000)),
    "zigzag": lambda: "a:\n      b\n   c: d\n " * 5_000,
    "zero bytes": lambda: "\0" * MB,
    "halves of characters": lambda: "a: \ud800\udc00\ud83d\n" * 1_000,
    "carriage returns": lambda: "a: 1\r" * 50_000,
    "noise": lambda: "".join(random.Random(1).choices("".join(map(chr, range(300))), k=300_000)),
    "noise of signs": lambda: "".join(
        random.Random(2).choices("[]{},:-?&*!|>'\"%@`# \n\ta", k=300_000)
    ),
    "laughs": lambda: laughs(50),
    "laughs that merge": lambda: laughs(50, merge=True),
    "an alias of itself": lambda: "a: &a [*a, {b: *a}]\nc: &c {<<: *c}\n&d *d : &e *e\n",
}


@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS.keys())
def test_it_is_read_to_its_end(make: Callable[[], str]) -> None:
    text = make()
    tree = Tree(text)
    for problem in (*tree.errors(), *tree.references()):
        assert 0 <= problem.start <= problem.end <= len(text)
    load(tree)
    comments(tree, 0, 10_000)
    for offset in (0, len(text) // 2, len(text)):
        tree.locate(offset)
        assert tree.offset(*tree.position(offset)) <= len(text)
    middle = len(text) // 2
    Tree(text[:middle] + "x" + text[middle:], tree)


@pytest.mark.parametrize("merge", [False, True])
def test_aliases_cannot_make_more_than_the_budget(merge: bool) -> None:
    tree = Tree(laughs(50, merge))
    resolver = Resolver(tree, budget=5_000)
    assert size(resolver.plain(tree.documents[0].root, 0)) < 12_000


def test_a_resolver_tells_that_its_budget_is_spent() -> None:
    tree = Tree(laughs(50))
    resolver = Resolver(tree, budget=5_000)
    resolver.plain(tree.documents[0].root, 0)
    assert not resolver.complete


def test_an_alias_of_an_enclosing_node_is_unresolved() -> None:
    tree = Tree("a: &a [1, *a]\n")
    resolver = Resolver(tree)
    assert resolver.plain(tree.documents[0].root, 0) == {"a": [1, UNRESOLVED]}
    assert not resolver.complete


def test_a_mapping_that_merges_itself_ends() -> None:
    tree = Tree("a: &a {<<: *a, b: 1}\nc: &c {<<: *d}\nd: &d {<<: *c, e: 2}\n")
    assert load(tree) == [{"a": {"b": 1}, "c": {}, "d": {"e": 2}}]


def test_deep_nesting_is_a_problem_and_what_is_above_stays() -> None:
    tree = Tree("".join(" " * n + f"k{n}:\n" for n in range(300)) + "after: 1\n")
    assert [p.code for p in tree.errors()] == ["yaml/too-deep"]
    root = tree.documents[0].root
    assert isinstance(root, Mapping)
    assert [plain(entry.key) for entry in root.entries] == ["k0", "after"]


def test_only_the_first_forbidden_characters_are_named() -> None:
    assert len(list(Tree("\0" * 1_000).errors())) < 30


def size(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(size(v) for v in value.values())
    return 1 + sum(map(size, value)) if isinstance(value, list) else 1
