"""What a selection grows to."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from fixture import world
from floe_ls.forms.document import read_document
from floe_ls.ide.selection import selections
from soup import names, offsets, soup


def grown(fixture: str) -> list[str]:
    here = world(fixture)
    text = here.document.text
    return [text[s.start : s.end] for s in selections(here.document, here.cursor)]


def test_from_a_word_to_the_whole_text() -> None:
    text = 'plugins:\n  compute:\n    type: "duck$0 db"\nscope: enterprise\n'
    whole = text.replace("$0", "")
    assert grown(text) == [
        "duck",
        "duck db",
        '"duck db"',
        'type: "duck db"',
        'compute:\n    type: "duck db"',
        'plugins:\n  compute:\n    type: "duck db"',
        whole.rstrip("\n"),
        whole,
    ]


def test_within_brackets_the_contents_come_before_the_brackets() -> None:
    assert grown("a: [one, t$0wo]\n") == [
        "two",
        "one, two",
        "[one, two]",
        "a: [one, two]",
        "a: [one, two]\n",
    ]


def test_in_a_comment() -> None:
    assert grown("a: 1 # see th$0is\n") == ["this", "# see this", "a: 1 # see this\n"]


@given(soup, names, offsets)
def test_each_is_within_the_next(text: str, name: str, offset: int) -> None:
    document = read_document("file:///w/" + name, text)
    found = selections(document, offset)
    at = min(offset, len(text))
    assert found[-1].start == 0
    assert found[-1].end == len(text)
    for inner, outer in pairwise(found):
        assert outer.start <= inner.start <= at <= inner.end <= outer.end
        assert inner != outer
