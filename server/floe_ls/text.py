"""Positions in text and changes to it. Offsets are code points; columns are converted only at the edges."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

_BREAK = re.compile(r"\r\n?|\n")


class Encoding(StrEnum):
    """The unit that a client counts columns in."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Span(NamedTuple):
    """A half-open range of offsets."""

    start: int
    end: int

    def shifted(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replaces what stands at `span`."""

    span: Span
    new: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after edits that do not overlap, whose spans are those of the text before."""
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        out += text[at : edit.span.start], edit.new
        at = edit.span.end
    return "".join((*out, text[at:]))


class Lines:
    """The line table of one text. A line ends at LF, CRLF or a lone CR, as the protocol says, and nowhere else.

    What a line holds changes with every key, where the lines below start moves by one: versions share the list of
    starts, and remember from which line on (`_pivot`) by how much (`_delta`) it is to be read differently.
    """

    __slots__ = ("_ascii", "_delta", "_pivot", "_starts", "text")

    def __init__(self, text: str, starts: list[int] | None = None) -> None:
        self.text = text
        self._starts = _starts(text) if starts is None else starts
        self._ascii = text.isascii()
        self._pivot = self._delta = 0

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def starts(self) -> list[int]:
        """Where each line starts. Not to be changed."""
        if self._delta:
            starts, pivot, delta = self._starts, self._pivot, self._delta
            self._starts = [*starts[:pivot], *[at + delta for at in starts[pivot:]]]
            self._delta = 0
        return self._starts

    def start(self, line: int) -> int:
        """Where a line starts."""
        return self._starts[line] + self._delta * (line >= self._pivot)

    def line_at(self, offset: int) -> int:
        """The line of an offset."""
        starts, delta = self._starts, self._delta
        if delta and self._pivot < len(starts) and offset >= starts[self._pivot] + delta:
            return bisect_right(starts, offset - delta, self._pivot) - 1
        return bisect_right(starts, offset, 0, self._pivot if delta else len(starts)) - 1

    def position(self, offset: int, encoding: Encoding = Encoding.UTF16) -> tuple[int, int]:
        """Line and column, both from 0; the column in units of `encoding`."""
        line = self.line_at(offset)
        start = self._starts[line] + self._delta * (line >= self._pivot)
        if self._ascii:
            return line, offset - start
        return line, width(self.text[start:offset], encoding)

    def places(
        self, start: int, end: int, encoding: Encoding = Encoding.UTF16
    ) -> tuple[int, int, int, int]:
        """The lines and columns of two offsets, the first not behind the second."""
        line = self.line_at(start)
        if self._ascii:
            begin = self.start(line)
            below = self.start(line + 1) if line + 1 < len(self._starts) else end + 1
            if end < below:
                return line, start - begin, line, end - begin
        return *self.position(start, encoding), *self.position(end, encoding)

    def offset(self, line: int, column: int, encoding: Encoding = Encoding.UTF16) -> int:
        """The offset of a position, clamped to the text and to its line as the protocol asks."""
        if line < 0:
            return 0
        if line >= len(self):
            return len(self.text)
        start, end = self.start(line), self.end(line)
        if self._ascii:
            return min(start + max(column, 0), end)
        return start + _units_to_characters(self.text[start:end], max(column, 0), encoding)

    def end(self, line: int) -> int:
        """Where the text of a line ends, before its line break."""
        if line + 1 >= len(self):
            return len(self.text)
        end = self.start(line + 1) - 1
        if self.text[end] == "\n" and end > self.start(line) and self.text[end - 1] == "\r":
            end -= 1
        return end

    def line(self, number: int) -> str:
        """The text of a line without its line break."""
        return self.text[self.start(number) : self.end(number)]

    def changed(self, start: int, end: int, new: str) -> Lines:
        """The table of the text in which `new` has replaced what stood from `start` to `end`.

        Only the lines that the change touches are looked at again; those below are moved.
        """
        text = "".join((self.text[:start], new, self.text[end:]))
        if "\r" in text:  # a change may join or split a CRLF
            return Lines(text)
        first, last = self.line_at(start) + 1, self.line_at(end) + 1
        delta = len(new) - (end - start)
        if first == last and "\n" not in new:
            within = Lines(text, self._starts if self._pivot == first else self.starts)
            within._pivot, within._delta = first, self._delta + delta
            return within
        inside = [start + m.end() for m in re.finditer("\n", new)]
        starts = self.starts
        below = starts[last:]
        if delta:
            below = [at + delta for at in below]
        return Lines(text, starts[:first] + inside + below)


def _starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(m.end() for m in _BREAK.finditer(text))]
    return [0, *accumulate(len(part) + 1 for part in text.split("\n"))][:-1]


def width(text: str, encoding: Encoding) -> int:
    """How many units of `encoding` a text takes."""
    if encoding is Encoding.UTF32 or text.isascii():
        return len(text)
    if encoding is Encoding.UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > "\uffff" for character in text)


def _units_to_characters(text: str, units: int, encoding: Encoding) -> int:
    if encoding is Encoding.UTF32 or text.isascii():
        return min(units, len(text))
    if encoding is Encoding.UTF8:
        return len(text.encode("utf-8", "surrogatepass")[:units].decode("utf-8", "ignore"))
    taken = 0
    for index, character in enumerate(text):
        taken += 1 + (character > "\uffff")
        if taken > units:
            return index
    return len(text)
