"""The tree of a whole text: its documents, its problems, and what it shares with the one before."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, islice

from floe_ls.syntax import cursor, references, tokens
from floe_ls.syntax.nodes import Collection, Document, Entry
from floe_ls.syntax.parser import Blocks, Change, Region
from floe_ls.syntax.problems import Problem
from floe_ls.syntax.splice import spliced

_FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ud800-\\udfff\\ufffe\\uffff]"
)
_FEW = 20
_SPECIAL = re.compile(r"(?:^|(?<=\ufeff)(?<![\s\S]{2}))(?:---|\.\.\.|<<<<<<<(?= ))", re.MULTILINE)
LINE_BREAKS = "\x85\u2028\u2029"
"""What YAML 1.1 takes for the end of a line, and YAML 1.2 for text."""
_NAME = rf"[^ \t\r\n,\[\]{{}}{LINE_BREAKS}]"
_RARE = re.compile(rf"&{_NAME}+|\*{_NAME}|<<|!\w+!|\?(?=[^\s?'\"])|floe-ls:|[{LINE_BREAKS}]")
_LONE_CR = re.compile(r"\r(?!\n)")


Places = list[tuple[int, str]]
"""Words, and where they stand."""


class Tree:
    """A parsed text. With the tree of an earlier text it shares all that has not changed."""

    text: str
    source: str
    """The text as it is parsed: of the same length, with comments for conflict markers and LF for CR."""
    documents: list[Document]
    conflicts: list[tuple[int, int]]
    forbidden: list[int]

    special: Places
    """Lines that may end a document, or begin a conflict of two versions."""
    rare: Places
    """What is rare and matters: the signs of anchors, aliases, merge keys and tag handles, question marks within a
    word, line breaks of YAML 1.1 alone, and words to this server."""

    def __init__(
        self,
        text: str,
        old: Tree | None = None,
        edit: tuple[int, int, int] | None = None,
        blocks: Blocks | None = None,
    ) -> None:
        """`edit` tells, where it is known, what made the text of the old one: the start and the end of what went
        (in the old text), and the length of what came. `blocks` are shared with other texts."""
        self.text = text
        self.conflicts = []
        self._lines: list[int] | None = None
        self._signs: references.Signs | None = None
        if "\r" in text and text.count("\r") != text.count("\r\n"):
            text = _LONE_CR.sub("\n", text)
        change = None
        if old and edit and text is self.text and old.source is old.text:
            change = Change(edit[0], edit[1], edit[2] - (edit[1] - edit[0]))
        self.special = _special(text, change, old)
        if any(word == "<<<<<<<" for _, word in self.special):
            self.conflicts = [m.span() for m in tokens.CONFLICT.finditer(text)]
            text = tokens.CONFLICT.sub(lambda m: "#" + m[0][1:], text)
            change = None  # there is more than the edit itself
        self.source = text
        if old and text == old.source:
            self.forbidden, self.documents, self.rare = old.forbidden, old.documents, old.rare
            return
        if old and change is None:
            change = _difference(old.source, text)
        self.rare = _rare(text, change, old)
        self.forbidden = _forbidden(text, change if old and not old.forbidden else None)
        if old and change and len(old.documents) == 1 and not (self.special or old.special):
            document = spliced(old.documents[0], text, change)
            if document is not None:
                self.documents = [document]
                return
        enabled = gc.isenabled()
        gc.disable()  # it would look in vain for cycles, again and again, in what is being built
        try:
            self.documents = self._parse(change, old, blocks)
        finally:
            if enabled:
                gc.enable()

    def _parse(
        self, change: Change | None, old: Tree | None, blocks: Blocks | None
    ) -> list[Document]:
        text = self.source
        at = int(text.startswith("\ufeff"))
        olds = {d.at: d for d in old.documents} if old else {}
        marks: list[re.Match[str] | None] = []
        marks += (m for i, _ in self.special if i >= at and (m := tokens.MARKER.match(text, i)))
        marks.append(None)
        if len(marks) > 1:  # two documents of one text may hold the same
            blocks = None
        documents: list[Document] = []
        dashes = False
        handles: frozenset[str] = frozenset()
        for mark in marks:
            stop = mark.start() if mark else len(text)
            region = Region(text[at:stop], 3 * dashes, 0, at, change, blocks=blocks)
            i = _text_start(region, 0)
            if not dashes:
                if documents and "\n" not in region.text[:i] and i < len(region.text):
                    region.error(
                        i,
                        region.line_end(i),
                        "yaml/unexpected",
                        "After '...' the document has ended; text goes on the next line.",
                    )
                handles, i = _directives(region, i, mark is not None and mark[0] == "---")
            entry = None
            if dashes and change and (was := _unmoved(change, at, stop)) in olds:
                entry = olds[was].entry  # it and the lines that begin and end it are the same
            elif dashes or i < len(region.text) or region.errors:
                twin = olds.get(at) if change and at <= change.same else None
                root = twin.root if twin else None
                value, end = region.node(0 if dashes else i, -1, not dashes, root)
                rest = region.rest(end, -1)
                entry = Entry(None, value, 0, rest, region.errors)
                entry.flawed = bool(region.errors) or (
                    isinstance(value, Collection) and value.flawed
                )
            if entry:
                documents.append(Document(at, entry, handles))
                handles = frozenset()
            if mark:
                at, dashes = mark.end(), mark[0] == "---"
        return documents

    def document_at(self, offset: int) -> Document | None:
        """The document that an offset belongs to."""
        k = bisect_right(self.documents, offset, key=lambda d: d.at) - 1
        return self.documents[k] if k >= 0 else None

    @property
    def lines(self) -> list[int]:
        """The offsets at which lines start, as the protocol counts them."""
        if self._lines is None:
            if "\r" in self.text:
                self._lines = [0, *(m.end() for m in re.finditer(r"\r\n?|\n", self.text))]
            else:
                self._lines = [0, *accumulate(len(s) + 1 for s in self.text.split("\n"))][:-1]
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column, in UTF-16 units, of an offset."""
        line = bisect_right(self.lines, offset) - 1
        before = self.text[self.lines[line] : offset]
        return line, len(before) if before.isascii() else _utf16(before) // 2

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column in UTF-16 units, or the nearest that there is."""
        if line >= len(self.lines):
            return len(self.text)
        start = self.lines[line]
        end = self.lines[line + 1] if line + 1 < len(self.lines) else len(self.text)
        text = self.text[start:end].rstrip("\r\n")
        if not text.isascii():
            units = text.encode("utf-16-le", "surrogatepass")[: 2 * column]
            column = len(units.decode("utf-16-le", "surrogatepass"))
        return start + min(column, len(text))

    def walk(self, flawed: bool = False) -> Iterator[tuple[int, Entry]]:
        """Every (flawed) entry in the order of the text, and what its positions are relative to."""
        stack = [(d.at, d.entry) for d in reversed(self.documents)]
        while stack:
            base, entry = stack.pop()
            if not flawed or entry.flawed:
                yield base, entry
                for node in (entry.rest, entry.value, entry.key):
                    if isinstance(node, Collection):
                        below = zip(reversed(node.at), reversed(node.entries), strict=True)
                        stack += [(base + a, e) for a, e in below if e.flawed or not flawed]

    @property
    def is_simple(self) -> bool:
        """Whether nothing is wrong with it, and nothing in it refers to anything, as after most keys."""
        odd = self.rare or self.conflicts or self.forbidden
        return not (odd or any([d.entry.flawed for d in self.documents]))  # noqa: C419 -- a list is faster here

    def errors(self) -> Iterator[Problem]:
        """Everything that is wrong with the text in itself."""
        for start, end in self.conflicts:
            yield Problem(start, end, "yaml/merge-conflict", "This merge conflict is not resolved.")
        for offset in self.forbidden:
            message = f"The character U+{ord(self.source[offset]):04X} is not allowed in YAML."
            yield Problem(offset, offset + 1, "yaml/character", message)
        for base, entry in self.walk(flawed=True):
            for problem in entry.errors:
                if not self.conflicts or problem.code != "yaml/duplicate-key":
                    yield problem.shifted(base)

    @property
    def signs(self) -> references.Signs:
        """Its anchors, aliases, merge keys and tags."""
        if self._signs is None:
            self._signs = references.signs(self)
        return self._signs

    def references(self) -> Iterator[Problem]:
        """What is wrong with its aliases, merge keys and tags."""
        return references.problems(self)

    def locate(self, offset: int) -> tuple[list[str | int | None], bool]:
        return cursor.locate(self, offset)


def _forbidden(text: str, change: Change | None) -> list[int]:
    """The offsets of the first few characters that YAML does not allow, within what has changed."""
    start, end = (change.same, change.moved + change.delta) if change else (0, len(text))
    return [m.start() for m in islice(_FORBIDDEN.finditer(text, start, end), _FEW)]


def _lines_of(text: str, change: Change) -> tuple[int, int]:
    """The lines that a change touched."""
    start = text.rfind("\n", 0, change.same) + 1
    end = text.find("\n", change.moved + change.delta)
    return start, len(text) if end < 0 else end + 1


_NEAR = 200
_GAP = r"[ \t\r\n,\[\]{}]"
_UP_TO_GAP, _NEXT_GAP = re.compile(rf"[\s\S]*{_GAP}"), re.compile(_GAP)


def _words_of(text: str, change: Change) -> tuple[int, int]:
    """The words, as `_RARE` knows them, that a change touched: the lines, where they are long without a gap."""
    start, end = change.same, change.moved + change.delta
    before = _UP_TO_GAP.match(text, max(start - _NEAR, 0), start)
    after = _NEXT_GAP.search(text, end, end + _NEAR)
    if before is None or after is None:
        return _lines_of(text, change)
    return before.end(), after.end()  # the gap tells whether a question mark counts


def _special(text: str, change: Change | None, old: Tree | None) -> Places:
    if change and old:
        return _moved(_at_line_starts(text, change), *_lines_of(text, change), change, old.special)
    if text.startswith(("---", "...", "<<<<<<< ", "\ufeff")) or any(
        f"\n{word}" in text for word in ("---", "...", "<<<<<<< ")
    ):
        return _found(_SPECIAL, text, 0, len(text))
    return []


def _at_line_starts(text: str, change: Change) -> Places:
    """The special words of the lines that a change touched, without a look at the rest of a long line."""
    start, new = (
        text.rfind("\n", 0, change.same) + 1,
        text[change.same : change.moved + change.delta],
    )
    starts = [start, start + 1] if text.startswith("\ufeff") and not start else [start]
    starts += [change.same + m.end() for m in re.finditer("\n", new)]
    return [(m.start(), m[0]) for at in starts if (m := _SPECIAL.match(text, at))]


def _rare(text: str, change: Change | None, old: Tree | None) -> Places:
    if change is None or old is None:
        return _found(_RARE, text, 0, len(text))
    start, end = _words_of(text, change)
    return _moved(_found(_RARE, text, start, end), start, end, change, old.rare)


def _found(pattern: re.Pattern[str], text: str, start: int, end: int) -> Places:
    return [(m.start(), m[0]) for m in pattern.finditer(text, start, end)]


def _moved(inside: Places, start: int, end: int, change: Change, old: Places) -> Places:
    """What was found in a part of a text, between what stood elsewhere before."""
    if not old:
        return inside
    above = [(at, word) for at, word in old if at < start]
    below = [(at + change.delta, word) for at, word in old if at + change.delta >= end]
    return above + inside + below


def _text_start(region: Region, i: int) -> int:
    m = tokens.SPACE.match(region.text, i)
    return m.end() if m else i


def _directives(region: Region, i: int, dashes: bool) -> tuple[frozenset[str], int]:
    """The tag handles that the lines from i on declare, and where the directives end."""
    text, first = region.text, i
    handles = set()
    while text.startswith("%", i):
        end = region.line_end(i)
        m = tokens.DIRECTIVE.match(text, i, end)
        if not m:
            message = "This line starts with % but is not a directive."
            region.error(i, end, "yaml/directive", message)
        elif text.startswith("%YAML", i) and "%YAML" in text[first:i]:
            region.error(i, end, "yaml/directive", "The version of YAML is given already.")
        if m and m[1]:
            handles.add(m[1])
        i = _text_start(region, end)
    if i > first and not dashes:
        message = "Directives need a line --- after them, where their document starts."
        region.error(first, i, "yaml/directive", message)
    return frozenset(handles), i


def _unmoved(change: Change, at: int, stop: int) -> int:
    """Where a document stood before an edit that did not touch it, or -1."""
    if stop + 4 < change.same:
        return at
    if at - change.delta - 4 > change.moved:
        return at - change.delta
    return -1


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


def _difference(old: str, new: str) -> Change:
    size = min(len(old), len(new))

    def common(equal: Callable[[int, int], bool]) -> int:
        """The largest length up to which all is equal, by halving."""
        low, step = 0, 1 << max(size.bit_length() - 1, 0)
        while step:
            if low + step <= size and equal(low, low + step):
                low += step
            else:
                step >>= 1
        return low

    start = common(lambda a, b: old[a:b] == new[a:b])
    size -= start
    end = common(lambda a, b: old[len(old) - b : len(old) - a] == new[len(new) - b : len(new) - a])
    return Change(start, len(old) - end, len(new) - len(old))
