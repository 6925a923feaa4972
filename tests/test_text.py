"""The line table after edits is the line table of the text, whatever is shared with the one before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from floe_ls.text import Encoding, Lines

TEXTS = st.text(alphabet="ab \n\r🎉é\u2028", max_size=24)
EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 9), st.text(alphabet="x\n🎉", max_size=3)),
    max_size=5,
)


@given(TEXTS, EDITS)
def test_an_edited_table_is_that_of_the_new_text(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    lines = Lines(text)
    for at, size, new in edits:
        start = min(at, len(lines.text))
        end = min(start + size, len(lines.text))
        lines = lines.changed(start, end, new)
        fresh = Lines(lines.text)
        assert len(lines) == len(fresh)
        for encoding in Encoding:
            for offset in range(len(fresh.text) + 1):
                found = lines.position(offset, encoding)
                assert found == fresh.position(offset, encoding)
                end = min(offset + 3, len(fresh.text))
                assert lines.places(offset, end, encoding) == (
                    *found,
                    *fresh.position(end, encoding),
                )
        for number in range(len(fresh)):
            assert (lines.start(number), lines.line(number)) == (
                fresh.start(number),
                fresh.line(number),
            )
    assert lines.starts == Lines(lines.text).starts


def test_typing_on_one_line_shares_the_table_with_the_text_before() -> None:
    before = Lines("a: 1\nb: 2\nc: 3\n")
    after = before.changed(4, 4, "0").changed(5, 5, "0")
    assert after.text == "a: 100\nb: 2\nc: 3\n"
    assert [after.start(line) for line in range(4)] == [0, 7, 12, 17]
    assert [before.start(line) for line in range(4)] == [0, 5, 10, 15]
