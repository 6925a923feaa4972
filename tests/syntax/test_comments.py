"""Comments are found where they are, and nowhere else."""

from __future__ import annotations

from floe_ls.syntax.comments import comment_at, comment_beside, comments, comments_above
from floe_ls.syntax.tree import Tree

TEXT = """\
# first
a: 1  # one
# about b
# more about b
b: "# text"  # two # too
c: 'x # y'
d: x#y
e: |  # three
  # text
  more

# four
f: [1, # five
  # six
  '#', 2]
g:
  # seven
  - x y  #eight
  -  # nine
    h: http://x#y
"""


def test_all_comments_are_found_and_no_text() -> None:
    found = comments(Tree(TEXT))
    names = "first one two three four five six seven eight nine".split()
    assert [c.text.split()[0] for c in found if "about" not in c.text] == names
    assert all(TEXT[c.start] == "#" and TEXT[c.end] == "\n" for c in found)


def test_a_comment_tells_whether_it_has_the_line_to_itself() -> None:
    alone = [c.text for c in comments(Tree(TEXT)) if c.alone]
    assert alone == ["first", "about b", "more about b", "four", "six", "seven"]


def test_a_part_of_the_text_has_its_own_comments() -> None:
    start, end = TEXT.index("b:"), TEXT.index("f:")
    assert [c.text for c in comments(Tree(TEXT), start, end)] == ["two # too", "three", "four"]


def test_the_comments_above_a_line_are_those_directly_above() -> None:
    tree = Tree(TEXT)
    above = {
        key: [c.text for c in comments_above(tree, TEXT.index(f"\n{key}:") + 2)] for key in "abcfg"
    }
    assert above == {
        "a": ["first"],
        "b": ["about b", "more about b"],
        "c": [],
        "f": ["four"],
        "g": [],
    }
    assert comments_above(tree, 0) == []


def test_the_comment_beside_is_that_of_the_line() -> None:
    tree = Tree(TEXT)
    found = {key: comment_beside(tree, TEXT.index(f"\n{key}:") + 1) for key in "abcde"}
    assert {k: c.text if c else None for k, c in found.items()} == {
        "a": "one",
        "b": "two # too",
        "c": None,
        "d": None,
        "e": "three",
    }


def test_the_comment_at_a_place_is_the_one_it_is_in() -> None:
    tree = Tree(TEXT)
    comment = comment_at(tree, TEXT.index("one"))
    assert comment is not None
    assert TEXT[comment.start : comment.end] == "# one"
    assert comment_at(tree, TEXT.index("a: 1")) is None
    assert comment_at(tree, TEXT.index("# text")) is None


def test_line_ends_do_not_matter() -> None:
    texts = [c.text for c in comments(Tree(TEXT))]
    for end in ("\r\n", "\r"):
        found = comments(Tree(TEXT.replace("\n", end)))
        assert [c.text for c in found] == texts
    tree = Tree("# a\r\n# b\r\nc: 1\r\n")
    assert [c.text for c in comments_above(tree, 11)] == ["a", "b"]


def test_a_text_may_start_and_end_with_a_comment() -> None:
    assert [c.text for c in comments(Tree("\ufeff# a\nb: 1 # c"))] == ["a", "c"]
    assert comments(Tree("#"))[0][:2] == (0, 1)


def test_conflict_markers_are_no_comments() -> None:
    assert comments(Tree("<<<<<<< a # b\nc: 1\n>>>>>>> d\n")) == []


def test_a_comment_in_a_half_typed_text_is_found() -> None:
    tree = Tree("a:\n  b  # floe-ls: ignore[x/y]\n  c: 1\nd: [1 # two\n")
    assert [c.text for c in comments(tree)] == ["floe-ls: ignore[x/y]", "two"]
