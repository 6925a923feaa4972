"""Positions in text and changes to it. Offsets are code points; columns are converted only at the edges."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

_BREAK = re.compile(r"\r\n?|\n")


class Encoding(StrEnum):
    """The unit that a client counts columns in."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Span:
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
    """The line table of one text. A line ends at LF, CRLF or a lone CR, as the protocol says, and nowhere else."""

    __slots__ = ("_ascii", "starts", "text")

    def __init__(self, text: str, starts: list[int] | None = None) -> None:
        self.text = text
        self.starts = _starts(text) if starts is None else starts
        self._ascii = text.isascii()

    def __len__(self) -> int:
        return len(self.starts)

    def position(self, offset: int, encoding: Encoding = Encoding.UTF16) -> tuple[int, int]:
        """Line and column, both from 0; the column in units of `encoding`."""
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        if self._ascii:
            return line, offset - start
        return line, width(self.text[start:offset], encoding)

    def offset(self, line: int, column: int, encoding: Encoding = Encoding.UTF16) -> int:
        """The offset of a position, clamped to the text and to its line as the protocol asks."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[line], self.end(line)
        if self._ascii:
            return min(start + max(column, 0), end)
        return start + _units_to_characters(self.text[start:end], max(column, 0), encoding)

    def end(self, line: int) -> int:
        """Where the text of a line ends, before its line break."""
        if line + 1 >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] - 1
        if self.text[end] == "\n" and end > self.starts[line] and self.text[end - 1] == "\r":
            end -= 1
        return end

    def line(self, number: int) -> str:
        """The text of a line without its line break."""
        return self.text[self.starts[number] : self.end(number)]

    def changed(self, start: int, end: int, new: str) -> Lines:
        """The table of the text in which `new` has replaced what stood from `start` to `end`.

        Only the lines that the change touches are looked at again; those below are moved.
        """
        text = self.text[:start] + new + self.text[end:]
        if "\r" in text:  # a change may join or split a CRLF
            return Lines(text)
        first = bisect_right(self.starts, start)
        last = bisect_right(self.starts, end)
        delta = len(new) - (end - start)
        inside = [start + m.end() for m in re.finditer("\n", new)]
        below = self.starts[last:]
        if delta:
            below = [at + delta for at in below]
        return Lines(text, self.starts[:first] + inside + below)


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
