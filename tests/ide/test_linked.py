"""Anchors and aliases are edited together."""

from __future__ import annotations

import re

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.linked import WORD, linked
from soup import names, offsets, soup

TEXT = """\
first: &base
  type: duckdb
second: *base
third:
  <<: *base
other: &basement 1
"""


def names_at(text: str) -> list[tuple[int, str]]:
    here = world(text)
    document = here.document
    spans = linked(document, here.cursor)
    return [(document.lines.position(s.start)[0], document.text[s.start : s.end]) for s in spans]


ALL = [(0, "base"), (2, "base"), (4, "base")]


def test_from_the_anchor() -> None:
    assert names_at(TEXT.replace("&base\n", "&ba$0se\n")) == ALL


def test_from_an_alias_at_its_very_end() -> None:
    assert names_at(TEXT.replace("<<: *base", "<<: *base$0")) == ALL


def test_an_anchor_that_nothing_uses_is_left_alone() -> None:
    assert names_at(TEXT.replace("&basement", "&base$0ment")) == []


def test_nothing_elsewhere() -> None:
    assert names_at(TEXT.replace("duckdb", "du$0ckdb")) == []


def test_an_anchor_set_again_has_the_aliases_below_it() -> None:
    text = "a: &x 1\nb: *x\nc: &x 2\nd: *$0x\n"
    assert names_at(text) == [(2, "x"), (3, "x")]


@given(soup, names, offsets)
def test_all_of_them_are_the_same_name(text: str, name: str, offset: int) -> None:
    document = read_document("file:///w/" + name, text)
    found = linked(document, offset)
    words = {document.text[s.start : s.end] for s in found}
    assert len(words) <= 1
    assert len(found) != 1
    assert all(re.fullmatch(WORD, word) for word in words)
