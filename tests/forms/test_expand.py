"""Aliases and merge keys stand for what they name, and for no more than can be read."""

from __future__ import annotations

import pytest
import yaml

from floe_ls.forms.document import Document, read_document
from floe_ls.forms.expand import BUDGET
from floe_ls.syntax.nodes import Collection, Node


def read(text: str, old: Document | None = None) -> Document:
    return read_document("file:///w/manifest.yaml", text, old=old)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: &x {k: 1}\nb: *x\nc: [*x, *x]\n",
        "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\n",
        "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc:\n  <<: [*x, *y]\n  m: 3\n",
        "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n",
        "a: &x\n  k: &y 1\n  l: *y\nb: *x\n",
        "a:\n  <<: {k: 1}\n",
        "a: &x [1, 2]\nb:\n  - *x\n  - 3\n",
        "a: &x {k: 1, k: 2}\nb: {<<: *x}\n",
        "a: &x {k: 1, k: 2}\nb: &y {k: 3, l: 4}\nc: {<<: [*x, *y]}\n",
        "a: &x k\nb:\n  *x : 1\n",
        "a: &x k\nb: {*x : &y {l: 1}, m: *y, n: null}\nc: {*x : }\n",
        "&x a: 1\nb: {*x : 2, a: 3}\n",
        "governance: &g\n  pii_encryption: required\nb:\n  c:\n    <<: *g\n    audit_logging: enabled\n",
    ],
)
def test_aliases_stand_for_what_floes_loader_reads(text: str) -> None:
    assert read(text).root.value == yaml.safe_load(text)


def test_an_alias_means_the_last_anchor_of_its_name_above_it() -> None:
    """As YAML has it; floe's loader refuses such a file."""
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").root.value == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_what_an_alias_brings_stands_at_its_anchor() -> None:
    document = read("a: &x\n  k: v\nb:\n  c: *x\n")
    at = document.at(("b", "c", "k"))
    assert at is not None
    assert document.text[at.value_span.start : at.value_span.end] == "v"
    assert at.value_span == document.at(("a", "k")).value_span  # type: ignore[union-attr]


def test_what_a_merge_key_brings_stands_at_its_anchor() -> None:
    document = read("a: &x\n  k: v\nb:\n  <<: *x\n  l: w\n")
    assert [key for key, _ in document.at(("b",)).children()] == ["l", "k"]  # type: ignore[union-attr]
    at = document.at(("b", "k"))
    assert at is not None
    assert document.text[at.key_span.start : at.key_span.end] == "k"


@pytest.mark.parametrize(
    "text",
    ["a: *x\n", "a: &x [*x]\n", "a: &x {b: *x}\n", "a: *x\nb: &x 1\n", "<<: *x\n", "a: {<<: 5}\n",
     "a: &x {<<: *x}\n", "a: &x\n  <<: [*x, *x]\n", "&x a: *x\n"],
)  # fmt: skip
def test_aliases_that_lead_nowhere_or_back_are_left_alone(text: str) -> None:
    document = read(text)
    assert not document.too_many_aliases
    document.root.value  # noqa: B018


def size(node: Node | None) -> int:
    total, stack = 0, [node]
    while stack:
        here = stack.pop()
        total += 1
        if isinstance(here, Collection):
            stack += (entry.value for entry in here.entries)
    return total


def test_a_billion_laughs_stay_within_the_budget() -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    document = read("\n".join(lines) + "\n")
    assert document.too_many_aliases
    assert size(document.root.node) < 4 * BUDGET


def test_entries_without_aliases_are_the_syntax_trees_own() -> None:
    document = read("a: &x 1\nb: *x\nc: {d: 1}\n")
    own = document.tree.documents[0].root
    assert isinstance(own, Collection)
    assert isinstance(document.root.node, Collection)
    assert document.root.node.entries[2] is own.entries[2]
    assert document.root.node.entries[1] is not own.entries[1]
