"""What can be folded."""

from __future__ import annotations

from hypothesis import given

from fixture import world
from floe_ls.ide.folding import folds
from soup import names, soup

TEXT = """\
# Who may do what.
# Ask the platform team.
scope: enterprise
plugins:
  compute:
    type: duckdb
    version: 1.0.0

approved_plugins:
  compute:
  - duckdb
  - snowflake
  # not yet:
  # - spark
governance:
  policies: [
    {name: a},
    {name: b}
  ]
  note: |
    one
    two
"""


def test_blocks_lists_brackets_texts_and_comments_fold() -> None:
    found = [(f.first, f.last, f.kind.value, f.shown) for f in folds(world(TEXT).document)]
    assert found == [
        (0, 1, "comment", ""),
        (3, 6, "", ""),
        (4, 6, "", ""),
        (8, 11, "", ""),
        (9, 11, "", "… 2 items"),
        (12, 13, "comment", ""),
        (14, 21, "", ""),
        (15, 18, "", "… 2 items"),
        (19, 21, "", ""),
    ]


def test_of_too_many_the_outer_ones_stay() -> None:
    found = folds(world(TEXT).document, most=4)
    assert [(f.first, f.last) for f in found] == [(0, 1), (3, 6), (8, 11), (12, 13)]


def test_items_of_a_list_fold_one_by_one() -> None:
    found = folds(world("transforms:\n  - name: a\n    type: dbt\n  - name: b\n").document)
    assert [(f.first, f.last) for f in found] == [(0, 3), (1, 2)]


@given(soup, names)
def test_folds_are_within_the_text_whatever_it_is(text: str, name: str) -> None:
    document = world("#- " + name + "\n").snapshot.documents["file:///w/" + name]
    from floe_ls.forms.document import read_document

    document = read_document(document.uri, text)
    starts = [f.first for f in folds(document)]
    assert len(set(starts)) == len(starts)
    assert all(0 <= f.first < f.last < len(document.lines) for f in folds(document))
