"""Where a new line begins."""

from __future__ import annotations

import pytest
from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.on_type import indented
from floe_ls.text import apply_edits
from soup import names, offsets, soup


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("plugins:\n$0", 2),
        ("plugins: # what does what\n$0", 2),
        ("plugins:\n  compute:\n  $0", 4),
        ("transforms:\n  - name: a\n  $0", 4),
        ("transforms:\n  - name:\n  $0", 6),
        ("approved_products:\n  - orders\n$0", 2),
        ("approved_products:\n- orders\n$0", 0),
        ("approved_products:\n  -\n$0", 4),
        ("governance:\n  note: |\n$0", 4),
        ("governance:\n  policies: [\n$0", 4),
        ("scope: enterprise\n$0", 0),
        ("scope: enterprise\n    $0", 0),
        ("uri: http://x:\n$0", 2),
    ],
)
def test_after_enter(text: str, column: int) -> None:
    here = world(text)
    after = apply_edits(here.document.text, indented(here.document, here.cursor))
    last = after.split("\n")[-1]
    assert last == " " * column


@pytest.mark.parametrize(
    "text", ["a: |\n  one:\n  $0", "# note:\n$0", "a: 'x\n  y:\n$0  z'\n", "$0", "a: 1\n\n   $0"]
)
def test_texts_comments_and_empty_lines_say_nothing(text: str) -> None:
    here = world(text)
    assert indented(here.document, here.cursor) == []


@given(soup, names, offsets)
def test_only_the_start_of_the_line_changes(text: str, name: str, offset: int) -> None:
    document = read_document("file:///w/" + name, text)
    for edit in indented(document, offset):
        assert not document.text[edit.span.start : edit.span.end].strip(" \t")
        assert not edit.new.strip(" ")
