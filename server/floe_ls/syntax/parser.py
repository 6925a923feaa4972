"""From text to nodes: a parser that is driven by layout.

What holds YAML together is its layout. The entries of a block collection at column c start on the
lines indented by c, and everything up to the next such line is the entry's region. Nothing inside a
region reaches out of it: a quote or a bracket left open ends, at worst, with its region. That one
rule is the recovery from errors.

It also makes an entry a function of its own text, so that a block whose text was edited takes over
the old entries before and after the edit and parses only those that it touched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence as Seq
from typing import NamedTuple

from floe_ls.syntax import tokens
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.problems import Problem
from floe_ls.syntax.scalars import BREAK, bad_escapes, unblock, unfold, unquote

MAX_DEPTH = 100
MOST_SHARED = 500_000
"""Characters of which entries are kept for other documents."""

_OUTSIDE = "This line must be indented further: it belongs to a value that starts above."
_TOO_DEEP = f"This is nested more than {MAX_DEPTH} levels deep."
_HAS_VALUE = "what stands above it has a value already."
_NO_TAB = "A tab cannot indent a line; use spaces."
_MULTILINE_KEY = "A key must stand on one line."
_BARE_ALIAS = "An alias (*name) cannot have a tag or an anchor of its own."

Props = tuple[str | None, str | None]
"""A tag and an anchor."""

_NONE: Props = (None, None)


class Change(NamedTuple):
    """What an edit left: the text before `same`, and that from `moved` in the old text on.

    The latter has moved by `delta`.
    """

    same: int
    moved: int
    delta: int


class Blocks:
    """Entries of whole documents by their text. Where other documents have the same text they have the same entries."""

    __slots__ = ("entries", "size")

    def __init__(self) -> None:
        self.entries: dict[tuple[int, str], Entry] = {}
        self.size = 0

    def keep(self, column: int, text: str, entry: Entry) -> None:
        if self.size > MOST_SHARED:  # what was of use comes again
            self.entries.clear()
            self.size = 0
        self.entries[column, text] = entry
        self.size += len(text)


class Region:
    """The text of one entry, from column `base` on. `origin` is its offset in the whole text.

    An index into the text is `i` or `j`; `n` is the indentation that continuation lines must
    exceed, `c` a column, and `o` what offsets are relative to.
    """

    __slots__ = ("base", "blocks", "change", "depth", "errors", "origin", "text")

    def __init__(
        self,
        text: str,
        base: int,
        depth: int,
        origin: int,
        change: Change | None,
        errors: Seq[Problem] = (),
        blocks: Blocks | None = None,
    ) -> None:
        self.text = text
        self.base = base
        self.depth = depth
        self.origin = origin
        self.change = change
        self.errors = list(errors)
        self.blocks = blocks

    def error(self, start: int, end: int, code: str, message: str) -> None:
        self.errors.append(Problem(start, end, code, message))

    def column(self, i: int) -> int:
        line = self.text.rfind("\n", 0, i)
        return self.base + i if line < 0 else i - line - 1

    def line_end(self, i: int) -> int:
        """Where the text of a line ends."""
        end = self.text.find("\n", i)
        return i + len(self.text[i : end if end >= 0 else None].rstrip(" \t\r\n"))

    def node(self, i: int, n: int, block: bool, old: Node | None = None) -> tuple[Node | None, int]:
        """The node at or after i, on lines indented by more than n, and where it ends.

        `block` says whether a block collection may start on this very line.
        """
        t, size = self.text, len(self.text)
        outer = own = _NONE  # properties from lines above, and from this one
        first, end = -1, i
        j = start = _space(t, i)
        while True:
            gap, i = t[i:j], j
            if "\n" in gap:
                outer, own, start, block = self.merged(outer, own, end), _NONE, j, True
            if i >= size:
                if first < 0:
                    return None, end
                return Scalar(first, end, "", "", *self.merged(outer, own, end)), end
            if block and i == start and ((mark := _mark(t, i)) or _key(t, i)):
                if "\t" in gap and "\t" in gap[gap.rfind("\n") + 1 :]:
                    self.error(i - 1, i, "yaml/tab", _NO_TAB)
                if self.column(i) < n and not (self.errors and self.errors[-1].start == i):
                    self.error(i, self.line_end(i), "yaml/indentation", _OUTSIDE)
                return self.block(bool(mark) and t[i] == "-", i, old, outer)
            m = tokens.PROPERTIES.match(t, i)
            if not m:
                break
            if m[2] == "":
                self.error(i, i + 1, "yaml/property", "An anchor needs a name, as in &name.")
            own = self.merged(own, (tokens.tag_of(m[1]), m[2]), m.end())
            first = i if first < 0 else first
            i = end = m.end()
            j = _space(t, i)
        ch, problems = t[i], len(self.errors)
        if ch in "[{" and block and tokens.FLOW_KEY.search(t, i, self.line_end(i) + 1):
            trial = Region(t, self.base, self.depth, self.origin, None)
            j = trial.flow(i, 0, _NONE, None)[1]
            if tokens.COLON.match(t, j) and "\n" not in t[i:j]:  # a key in brackets
                return self.block(False, start, old, outer)
        props = self.merged(outer, own, end)
        node: Node
        if ch in "[{":
            node, end = self.flow(i, 0, props, old)
            self.check_indentation(i, end, n, True)
        elif ch in "'\"":
            node, end = self.quoted(i, 0, props)
            self.check_indentation(i, end, n, False)
        elif ch in "|>" and (m := tokens.HEADER.match(t, i)):
            node, end = self.literal(m[0], m.start(), n, props)
        elif m := tokens.ALIAS.match(t, i):
            node, end = Scalar(i, m.end(), m[1], "*", *props), m.end()
            if props != _NONE:
                self.error(i, end, "yaml/alias", _BARE_ALIAS)
        elif m := tokens.PLAIN.match(t, i):
            end = self.plain_end(m.end(), n)
            node = Scalar(i, end, unfold(t[i:end]), "", *props)
        else:
            end = self.line_end(i)
            self.error(i, end, *_no_value(t[i:end]))
            node = Scalar(i, end, t[i:end], "", *props)
        if block and i == start and (j := self.entry_below(i, end)) >= 0:
            # a key or an item, half typed above others
            del self.errors[problems:]
            return self.block(t[j] == "-" and self.column(j) == self.column(i), i, old, outer)
        return node, end

    def entry_below(self, i: int, end: int) -> int:
        """Where an entry starts below a value that has begun a line, at its column or deeper; or -1."""
        t = self.text
        if t[i] in "'\"" and "\n" in t[i:end]:
            j = _space(t, end)
            if j < len(t) and "\n" not in t[end:j] and t[j] != ":":
                end = self.line_end(i)  # the quote that ends it is another's
        j = _space(t, end)
        if j >= len(t) or "\n" not in t[end:j] or self.column(j) < self.column(i):
            return -1
        dashes = tokens.DASHES.match(t, j)
        item = t[j] == "-" and _mark(t, j)
        return j if item or (dashes and _key(t, dashes.end())) else -1

    def plain_end(self, end: int, n: int) -> int:
        """Where a plain text ends that has come to `end`: a key on a line of its own ends it too."""
        t = self.text
        while m := BREAK.match(t, end):
            i = m.end()
            if t[i : i + 1] == "#" or self.column(i) <= n:
                break
            dashes = tokens.DASHES.match(t, i)
            if dashes and _key(t, dashes.end()):
                break
            more = tokens.PLAIN_MORE.match(t, i)
            if not more or more.end() == i:
                break
            end = more.end()
        return end

    def merged(self, outer: Props, own: Props, end: int) -> Props:
        """Properties from two places as those of one node; the own ones count."""
        if own is _NONE or outer is _NONE:
            return outer if own is _NONE else own
        if (outer[0] and own[0]) or (outer[1] and own[1]):
            self.error(
                end - 1, end, "yaml/property", "A value can have only one tag and one anchor."
            )
        return own[0] or outer[0], own[1] or outer[1]

    def check_indentation(self, i: int, end: int, n: int, closers: bool) -> None:
        """Report the lines of a flow node not indented by more than n, but for `closers`."""
        if n >= 0 and self.text.find("\n", i, end) >= 0:
            for m in tokens.outdented(n, closers).finditer(self.text, i, end):
                i = m.start() + 1
                self.error(i, self.line_end(i), "yaml/indentation", _OUTSIDE)

    def quoted(self, i: int, o: int, props: Props) -> tuple[Scalar, int]:
        """The quoted text at i, with offsets relative to o."""
        m = tokens.QUOTED.match(self.text, i)
        quote = self.text[i]
        if not m:  # take the line
            end = self.line_end(i)
            self.error(
                i, end, "yaml/unclosed-quote", f"The text that starts with {quote} is never closed."
            )
            return Scalar(i - o, end - o, self.text[i + 1 : end], quote, *props), end
        raw = m[0][1:-1]
        if quote == '"':
            self.check_escapes(raw, i + 1)
        return Scalar(i - o, m.end() - o, unquote(raw, quote), quote, *props), m.end()

    def check_escapes(self, raw: str, i: int) -> None:
        if "\\" in raw:
            for start, end in bad_escapes(raw):
                self.error(
                    i + start,
                    i + end,
                    "yaml/escape",
                    f"{raw[start:end]} is no escape; double the backslash, or use single quotes.",
                )

    def literal(self, header: str, start: int, n: int, props: Props) -> tuple[Scalar, int]:
        """The block scalar whose first line is `header`."""
        t, i = self.text, start + len(header)
        size, end = len(t), start + len(header.rstrip(" \t\r\n"))
        style, chomp, digit = _header(header)
        indent = n + digit if digit else self.literal_indent(i, n, start, end)
        lines: list[str] = []
        while i < size:
            stop = t.find("\n", i) + 1 or size
            line = t[i:stop].rstrip("\r\n")
            if line[:indent].strip(" "):
                if not line.strip(" \t"):
                    self.error(i, i + len(line), "yaml/tab", _NO_TAB)
                break
            lines.append(line[indent:])
            if line.strip(" \t"):
                end = i + len(line)
            i = stop
        return Scalar(start, end, unblock(lines, style == ">", chomp), style, *props), i

    def literal_indent(self, i: int, n: int, start: int, end: int) -> int:
        """The indentation of a block scalar, which its first line of text decides."""
        t = self.text
        lead = tokens.BLANK.match(t, i)
        if not lead:
            return n + 1
        blank = max(len(s) - len(s.lstrip(" ")) for s in t[i : lead.start(1)].split("\n"))
        own = len(lead[1])
        if lead.end() >= len(t) or own <= n:
            return max(blank, own, n + 1)
        if blank > own:
            self.error(
                start,
                end,
                "yaml/block-scalar",
                "An empty line at the start of this text is indented further than the text itself.",
            )
        return own

    def block(
        self, items: bool, i: int, old: Node | None, props: Props
    ) -> tuple[Scalar | Collection, int]:
        """A block sequence or mapping from i to the end of the region."""
        t, size, start, c = self.text, len(self.text), i, self.column(i)
        if self.depth > MAX_DEPTH:
            self.error(i, size, "yaml/too-deep", _TOO_DEEP)
            return Scalar(i, size, t[i:], "", *props), size
        cls = Sequence if items else Mapping
        next_entry = tokens.next_entry(c, not items)
        simple = tokens.ITEM.match if items else tokens.PAIR.match
        entries: list[Entry] = []
        at: list[int] = []
        col = c
        olds: list[int] = []
        twins: list[Entry] = []
        same = moved = delta = k = 0
        if type(old) is cls and old.column == c and not old.flow and self.change:
            same, moved, delta = self.change
            olds, twins, same, moved = (
                old.at,
                old.entries,
                same - self.origin - 2,
                moved - self.origin,
            )
            keep = bisect_right(olds, same) - 1  # before the first that the edit may have touched
            if keep > 0 and old.start == start:
                entries, at, i = twins[:keep], olds[:keep], olds[keep]
                col = self.column(i)
        while i < size:
            if olds and i - delta - col > moved:  # from here on nothing has changed
                k = bisect_left(olds, i - delta)
                if k < len(olds) and olds[k] == i - delta:
                    entries += twins[k:]
                    at += [a + delta for a in olds[k:]] if delta else olds[k:]
                    break
            at.append(i)
            m = simple(t, i) if col == c else None
            if m and (
                m.end() == size or (len(m[4]) == c and (items or t[m.end()] != "-"))
            ):  # most lines are simple
                word, text, quoted, _ = m.groups()
                if quoted:
                    a = m.start(3) - i
                    value = Scalar(a, a + len(quoted), quoted[1:-1], quoted[0])
                else:
                    a = m.start(2) - i
                    value = Scalar(a, a + len(text), text)
                if items:
                    entries.append(Entry(None, value, 1))
                else:
                    a = len(word)
                    entries.append(Entry(Scalar(0, a, word), value, a + 1))
                i = m.end()
                continue
            twin = None
            if olds and i <= same:
                k = bisect_left(olds, i)
                if k < len(olds) and olds[k] == i:
                    twin = twins[k]
            m = None
            if twin and k + 1 < len(olds) and olds[k + 1] > moved and t[i] != "?":
                # Below the edit, the next entry is where it was.
                line = t.rfind("\n", i, olds[k + 1] + delta)
                if line >= moved + delta:
                    # Nor does one start above it that did not before.
                    above = max(i, t.rfind("\n", i, max(i, same - c - 4)))
                    m = next_entry.search(t, above, moved + delta + c + 4)
                    m = m or next_entry.match(t, line)
            m = m or next_entry.search(t, i)
            if m and t[i] == "?" and t[m.end()] == ":" and not items and _mark(t, i):
                m = next_entry.search(t, m.end()) if _mark(t, m.end()) else m  # its value
            part = t[i : m.start() + 1 if m else size]
            blocks = self.blocks if col == c and not twin and not items else None
            entry = blocks.entries.get((c, part)) if blocks else None
            if entry is None or entry in entries:  # of two that are the same, each has its place
                errors = () if col == c else (self.misplaced(i, col, c),)
                region = Region(part, c, self.depth + 1, self.origin + i, self.change, errors)
                entry = region.item(c, twin) if items else region.pair(c, twin)
                if blocks:
                    blocks.keep(c, part, entry)
            entries.append(entry)
            if not m:
                break
            i, col = m.end(), len(m[1])
        if not items:
            self.check_unique(entries, at, 0)
        end = at[-1] + entries[-1].end
        flawed = any([e.flawed for e in entries])  # noqa: C419 -- a list is faster here
        return cls(start, end, entries, at, c, False, flawed, *props), size

    def misplaced(self, i: int, col: int, c: int) -> Problem:
        """A line at another column than the entries that it stands with."""
        spaces = f"{col} space" if col == 1 else f"{col} spaces"
        return Problem(
            0,
            self.line_end(i) - i,
            "yaml/indentation",
            f"This line is indented by {spaces}; the lines that it belongs with, by {c}.",
        )

    def check_unique(self, entries: list[Entry], at: list[int], o: int) -> None:
        """Report the keys that a mapping has already."""
        if len({e.key.text for e in entries if type(e.key) is Scalar}) == len(entries):
            return
        seen: dict[object, tuple[int, Scalar]] = {}
        for a, entry in zip(at, entries, strict=True):
            key = entry.key
            if type(key) is Scalar and key.style != "*" and key.text not in ("<<", ""):
                value = type(key.value), key.value
                if value in seen:
                    first, other = seen[value]
                    message = (
                        f"The key {_short(key.text)} is there already; only the last one counts."
                    )
                    self.errors.append(
                        Problem(
                            o + a + key.start,
                            o + a + key.end,
                            "yaml/duplicate-key",
                            message,
                            (
                                o + first + other.start,
                                o + first + other.end,
                                "It is given here first.",
                            ),
                        )
                    )
                else:
                    seen[value] = a, key

    def item(self, c: int, old: Entry | None) -> Entry:
        dash = self.text[0] == "-" and bool(_mark(self.text, 0))
        if not dash:
            self.error(
                0,
                self.line_end(0),
                "yaml/missing-dash",
                "This line stands in a list, so it must start with '- '.",
            )
        value, end = self.node(int(dash), c, True, old.value if old else None)
        return _entry(None, value, 1 if dash else -1, self.rest(end, c), self.errors)

    def pair(self, c: int, old: Entry | None) -> Entry:
        t = self.text
        key: Node | None
        mark = _mark(t, 0)
        if mark and t[0] == "?":
            colon = tokens.answer(c).search(t)
            head = Region(
                t[: colon.start() + 1] if colon else t,
                self.base,
                self.depth,
                self.origin,
                self.change,
                self.errors,
            )
            key, end = head.node(1, c, True, old.key if old else None)
            head.rest(end, c)
            self.errors = head.errors
            if not colon:
                return _entry(key, None, -1, None, self.errors)
            i = colon.end()
        elif m := _key(t, 0):
            i = m.end()
            props, plain, quoted, alias = m.groups()
            tag, anchor = tokens.properties_of(props)
            j = len(props)
            if plain is not None:
                plain = plain.rstrip(" \t")
                key = Scalar(j, j + len(plain), plain, "", tag, anchor)
            elif quoted:
                if quoted[0] == '"':
                    self.check_escapes(quoted[1:-1], j + 1)
                text = unquote(quoted[1:-1], quoted[0])
                key = Scalar(j, j + len(quoted), text, quoted[0], tag, anchor)
            elif alias:
                key = Scalar(j, m.end(4), alias, "*", tag, anchor)
                if props:
                    self.error(0, i, "yaml/alias", _BARE_ALIAS)
            else:
                key = Scalar(0, i - 1, "", "", tag, anchor) if props else None
        else:
            key, end = self.node(0, c, False)
            m = tokens.COLON.match(t, end)
            if m and "\n" in t[:end]:
                self.error(0, end, "yaml/multiline-key", _MULTILINE_KEY)
            if not m:
                if not self.errors:  # one problem is enough: it may lie in what is wrong already
                    self.error(0, end, "yaml/missing-colon", _no_colon(key))
                value = None
                if t[end:].strip(" \t\r\n"):
                    value, end = self.node(end, c, False, old.value if old else None)
                return _entry(key, value, -1, self.rest(end, c), self.errors)
            i = m.end()
        value, end = self.node(i, c, bool(mark), old.value if old else None)
        return _entry(key, value, i, self.rest(end, c), self.errors)

    def rest(self, i: int, n: int) -> Node | None:
        """What is left in the region after its node: a problem, and a node all the same."""
        t = self.text
        j = _space(t, i)
        if j >= len(t):
            return None
        self.error(j, self.line_end(j), *self.left_over(i, j, n))
        if t[j] in "]},:" or self.depth > MAX_DEPTH:
            return None
        self.depth += 1
        node, end = self.node(j, n, True)
        more = self.rest(end, n) if end > j else None
        self.depth -= 1
        return more if isinstance(more, Collection) else node

    def left_over(self, i: int, j: int, n: int) -> tuple[str, str]:
        """Why text at j cannot follow a value that ends at i."""
        t = self.text
        if "\n" in t[i:j]:
            if "\t" in t[t.rfind("\n", i, j) : j]:
                return "yaml/tab", _NO_TAB
            if t[j] == "-" and _mark(t, j):
                return "yaml/indentation", "This item is in no list: " + _HAS_VALUE
            if 0 <= n < self.column(j):
                return "yaml/indentation", "This line is indented too far: " + _HAS_VALUE
            return "yaml/indentation", "This line belongs to nothing above it."
        if t[j] in "]}":
            return "yaml/unexpected", f"This {t[j]} closes nothing."
        last = t[i - 1 : i]
        if t[j] == ":" and last and last in "'\"]}":
            return "yaml/multiline-key", _MULTILINE_KEY
        if t[j] == ":":
            message = "A value with a colon and a space in it must be in quotes."
            return "yaml/unquoted-colon", message
        if last and last in "'\"":
            return "yaml/unexpected", "Nothing can follow the closing quote but a comment."
        if last and last in "]}":
            return "yaml/unexpected", f"Nothing can follow the closing {last} but a comment."
        return "yaml/unexpected", "This cannot stand here: the value ends before it."

    def flow(
        self, i: int, o: int, props: Props, old: Node | None
    ) -> tuple[Scalar | Collection, int]:
        """A collection in brackets, with offsets relative to o; its problems are the region's."""
        t, size, start = self.text, len(self.text), i
        mapping = t[i] == "{"
        close = "}" if mapping else "]"
        if self.depth > MAX_DEPTH:
            self.error(i, size, "yaml/too-deep", _TOO_DEEP)
            return Scalar(i - o, size - o, t[i:], "", *props), size
        self.depth += 1
        problems = len(self.errors)
        cls = Mapping if mapping else Sequence
        entries: list[Entry] = []
        at: list[int] = []
        comma = True
        olds: list[int] = []
        twins: list[Entry] = []
        same = moved = delta = k = 0
        if type(old) is cls and old.flow and not old.flawed and self.change and old.at:
            same, moved, delta = self.change
            olds, twins = old.at, old.entries
            same, moved = same - self.origin - o - 2, moved - self.origin - o
            keep = bisect_right(olds, same) - 1  # before the first that the edit may have touched
            if keep > 0 and old.start == start - o:
                entries, at, i = twins[:keep], olds[:keep], olds[keep] + o - 1
        i += 1
        while True:
            i = _space(t, i)
            ch = t[i : i + 1]
            if olds and comma and i - o - delta > moved and old and old.end + delta + o <= size:
                k = bisect_left(olds, i - o - delta)
                if k < len(olds) and olds[k] == i - o - delta:  # from here on nothing has changed
                    entries += twins[k:]
                    at += [a + delta for a in olds[k:]] if delta else olds[k:]
                    i = old.end + delta + o
                    break
            if not ch or ch in "]}":
                if not ch:
                    self.error(
                        start,
                        start + 1,
                        "yaml/unclosed-bracket",
                        f"This {t[start]} is never closed.",
                    )
                elif ch != close:
                    self.error(
                        i, i + 1, "yaml/unclosed-bracket", f"Here {close} is expected, not {ch}."
                    )
                i = min(i + 1, size)
                break
            if ch == ",":
                if comma:
                    self.error(i, i + 1, "yaml/unexpected", "There is nothing before this comma.")
                comma, i = True, i + 1
                continue
            if not comma:
                self.error(i, i + 1, "yaml/missing-comma", "A comma is missing before this.")
            comma = False
            asked = ch == "?" and bool(_mark(t, i))
            colon, value = -1, None
            twin = None
            if olds and i - o <= same:
                k = bisect_left(olds, i - o)
                twin = twins[k] if k < len(olds) and olds[k] == i - o else None
            key, end = self.flow_node(i + asked, i, _old_item(twin, mapping))
            j = _space(t, end)
            tight = isinstance(key, Collection) or (
                isinstance(key, Scalar) and key.style in ("'", '"')
            )
            if t[j : j + 1] == ":" and (tight or t[j + 1 : j + 2] in " \t\r\n,[]{}"):
                colon = j + 1
                value, end = self.flow_node(colon, i, _old_value(twin, mapping))
                if not mapping and not asked and "\n" in t[i:j]:
                    self.error(i, j, "yaml/multiline-key", _MULTILINE_KEY)
            elif end == i:  # nothing that could be read
                self.error(i, i + 1, "yaml/unexpected", f"{ch} is not expected here.")
                comma, i = True, i + 1
                continue
            at.append(i - o)
            if mapping:
                entries.append(Entry(key, value, -1 if colon < 0 else colon - i))
            elif asked or colon >= 0:
                pair = Entry(key, value, -1 if colon < 0 else colon - i)
                one = Mapping(0, end - i, [pair], [0], -1, True, False)
                entries.append(Entry(None, one, -1))
            else:
                entries.append(Entry(None, key, -1))
            i = end
        self.depth -= 1
        if mapping:
            self.check_unique(entries, at, o)
        flawed = len(self.errors) > problems
        return cls(start - o, i - o, entries, at, -1, True, flawed, *props), i

    def flow_node(self, i: int, o: int, old: Node | None = None) -> tuple[Node | None, int]:
        """The node at or after i within brackets, with offsets relative to o, and where it ends."""
        t = self.text
        tag = anchor = None
        start, end = -1, i
        while m := tokens.PROPERTIES.match(t, j := _space(t, i)):
            start = j if start < 0 else start
            tag, anchor = tokens.tag_of(m[1]) or tag, m[2] or anchor
            i = end = m.end()
        ch = t[j : j + 1]
        if ch and ch in "[{":
            return self.flow(j, o, (tag, anchor), old)
        if ch and ch in "'\"":
            return self.quoted(j, o, (tag, anchor))
        if m := tokens.ALIAS.match(t, j):
            return Scalar(j - o, m.end() - o, m[1], "*", tag, anchor), m.end()
        if m := tokens.FLOW_PLAIN.match(t, j):
            return Scalar(j - o, m.end() - o, unfold(m[0]), "", tag, anchor), m.end()
        return (None if start < 0 else Scalar(start - o, end - o, "", "", tag, anchor)), end


def _space(t: str, i: int) -> int:
    """Where the white space and comments after i end."""
    m = tokens.SPACE.match(t, i)
    return m.end() if m else i


_mark = tokens.MARK.match
_key = tokens.KEY.match


def _entry(
    key: Node | None, value: Node | None, colon: int, rest: Node | None, errors: Seq[Problem]
) -> Entry:
    flawed = (
        bool(errors)
        or (isinstance(value, Collection) and value.flawed)
        or (isinstance(key, Collection) and key.flawed)
    )
    return Entry(key, value, colon, rest, errors or (), flawed)


def _old_item(twin: Entry | None, mapping: bool) -> Node | None:
    return twin.value if twin and not mapping else None


def _old_value(twin: Entry | None, mapping: bool) -> Node | None:
    return twin.value if twin and mapping else None


def _header(text: str) -> tuple[str, str, int]:
    """Style, chomping and indentation that the first line of a block scalar asks for."""
    m = tokens.HEADER.match(text)
    if not m:
        return text[:1], "", 0
    return m[1], m[2] or m[5] or "", int(m[3] or m[4] or 0)


def _no_value(text: str) -> tuple[str, str]:
    """Why a value cannot start like this."""
    ch = text[0]
    if ch in "|>":
        message = f"After {ch} only + or - and a digit may stand; the text starts on the next line."
        return "yaml/block-scalar", message
    if ch == "*":
        return "yaml/alias", "An alias needs the name of an anchor, as in *name."
    if ch in "]}":
        return "yaml/unexpected", f"This {ch} closes nothing."
    if ch == "-":
        return "yaml/unexpected", "A list must start on a line of its own."
    return "yaml/unexpected", f"A value cannot start with {ch}; put it in quotes."


def _no_colon(key: Node | None) -> str:
    text = key.text if isinstance(key, Scalar) and not key.style else ""
    name, colon, value = text.partition(":")
    if name and colon and value and "\n" not in text:
        return f"After the colon a space is missing: {_short(f'{name}: {value}')}."
    return "After this key a colon is missing."


def _short(text: str) -> str:
    """A text of the user's in a message."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= 60 else line[:57] + '…'}'"
