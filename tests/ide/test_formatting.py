"""Formatting changes indentation and spaces, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given

from floe_ls.forms.document import read_document
from floe_ls.ide.formatting import formatted
from floe_ls.syntax.comments import comments
from floe_ls.syntax.tree import Tree
from floe_ls.syntax.values import load
from floe_ls.text import Span, apply_edits
from soup import names, soup, written

URI = "file:///w/manifest.yaml"


def done(text: str, indent: int = 2) -> str:
    return apply_edits(text, formatted(read_document(URI, text), indent))


def formats(before: str, after: str) -> None:
    assert done(dedent(before).lstrip("\n")) == dedent(after).lstrip("\n")


def test_blocks_stand_two_columns_further_in() -> None:
    formats(
        """
        plugins:
            compute:
                type:   duckdb
                version :  1.0.0
        scope: enterprise
        """,
        """
        plugins:
          compute:
            type: duckdb
            version: 1.0.0
        scope: enterprise
        """,
    )


def test_items_stand_behind_their_dash() -> None:
    formats(
        """
        transforms:
            -   name: a
                dependsOn:
                    -  b
            -
                name: b
        """,
        """
        transforms:
          - name: a
            dependsOn:
              - b
          -
            name: b
        """,
    )


def test_lists_stay_in_the_column_of_their_key_where_most_do() -> None:
    formats(
        """
        a:
        - 1
        - x: 1
          y: 2
        b:
           - 2
        c:
          d:
          - 3
        """,
        """
        a:
        - 1
        - x: 1
          y: 2
        b:
        - 2
        c:
          d:
          - 3
        """,
    )


def test_comments_move_with_what_they_stand_beside() -> None:
    formats(
        """
        # top
        plugins:
            # above compute
            compute: duckdb    # why
              # odd
            catalog: polaris
            # last of plugins
        # below
        scope: enterprise
        """,
        """
        # top
        plugins:
          # above compute
          compute: duckdb    # why
            # odd
          catalog: polaris
          # last of plugins
        # below
        scope: enterprise
        """,
    )


def test_texts_of_several_lines_move_as_they_are() -> None:
    formats(
        """
        a:
            note: |
                one
                  two

                three
            folded: "one
                two"
            plain: one
              two
        """,
        """
        a:
          note: |
              one
                two

              three
          folded: "one
              two"
          plain: one
            two
        """,
    )


def test_spaces_within_brackets() -> None:
    formats("a: {b: 1,c:   2 ,d: [1,2,  3]}\n", "a: {b: 1, c: 2, d: [1, 2, 3]}\n")


def test_white_space_at_the_ends_of_lines_and_of_the_file_goes() -> None:
    assert done("a: 1  \n\nb: 2\t\n\n\n") == "a: 1\n\nb: 2\n"
    assert done("a: 1") == "a: 1\n"


def test_the_end_of_a_text_that_keeps_its_blank_lines_stays() -> None:
    assert done("a: |+\n  x\n\n\n") == "a: |+\n  x\n\n\n"


def test_line_breaks_stay_as_they_are() -> None:
    assert (
        done("a:\r\n    b:  1\r\n    c: |\r\n        x\r\n")
        == "a:\r\n  b: 1\r\n  c: |\r\n      x\r\n"
    )


def test_a_client_may_ask_for_other_indentation() -> None:
    assert done("a:\n  b:\n    c: 1\n", 4) == "a:\n    b:\n        c: 1\n"


@pytest.mark.parametrize(
    "text", ["a: [1\n", "a: 1\n   b: 2\n", "a:\n\tb: 1\n", "a: 'x\n", "", "  \n"]
)
def test_a_text_with_errors_is_left_alone(text: str) -> None:
    assert formatted(read_document(URI, text)) == []


def test_what_is_right_needs_no_edit() -> None:
    text = "# note\nplugins:\n  compute: duckdb # why\n\n  list:\n    - 1\n"
    assert formatted(read_document(URI, text)) == []


def test_edits_are_small() -> None:
    text = "scope: enterprise\nplugins:\n    compute: duckdb\n"
    (edit,) = formatted(read_document(URI, text))
    assert (text[edit.span.start : edit.span.end], edit.new) == ("    ", "  ")


def test_of_a_range_only_its_lines_change() -> None:
    text = "a:   1\nb:   2\nc:   3\n"
    document = read_document(URI, text)
    start = text.index("b")
    edits = formatted(document, within=Span(start, start + 7))
    assert apply_edits(text, edits) == "a:   1\nb: 2\nc:   3\n"


def test_a_range_that_cannot_be_moved_alone_stays() -> None:
    text = "a:\n    b: 1\n    c: 2\n"
    document = read_document(URI, text)
    start = text.index("b")
    assert formatted(document, within=Span(start, start + 1)) == []


@given(written())
def test_values_and_comments_are_the_same_and_once_is_enough(text: str) -> None:
    after = done(text)
    before, now = Tree(text), Tree(after)
    assert load(now) == load(before)
    assert [c.text for c in comments(now)] == [c.text for c in comments(before)]
    assert formatted(read_document(URI, after)) == []


@given(written())
def test_a_well_formed_text_is_formatted_wholly(text: str) -> None:
    after = read_document(URI, done(text))
    stack = [(d.root, 0) for d in after.tree.documents]
    for node, column in stack:
        if getattr(node, "flow", True) or node is None:
            continue
        assert node.column == column  # type: ignore[attr-defined]
        for entry in node.entries:  # type: ignore[attr-defined]
            value = entry.value
            if getattr(value, "flow", True) is False:
                assert value.column in (column, column + 2)
                stack.append((value, value.column))


@given(soup, names)
def test_nothing_ever_fails_and_once_is_enough(text: str, name: str) -> None:
    uri = "file:///w/" + name
    after = apply_edits(text, formatted(read_document(uri, text)))
    assert repr(load(Tree(after))) == repr(load(Tree(text)))
    assert formatted(read_document(uri, after)) == []
