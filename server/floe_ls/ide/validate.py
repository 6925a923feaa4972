"""Holds a document against its shape: types, choices, limits, forms, unknown and missing keys, tiers.

What an entry holds is judged from its own text alone (and the tier and dialect of the document). So the judgements
are kept as a tree beside the canonical one: after an edit only the entries that it touched are judged again.
Offsets are relative to the entry that holds a node, like those of the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Lookup
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from floe_ls.forms.document import Document
from floe_ls.forms.kept import common
from floe_ls.forms.preferred import preferred_key
from floe_ls.forms.reading import data, fits, loaded
from floe_ls.forms.tree import Folded, is_null, key_of
from floe_ls.ide import words
from floe_ls.ide.judgement import (
    Bundles,
    Judged,
    Names,
    Part,
    Parts,
    Slip,
    bundled,
    finding,
    plain_finding,
    slips_of,
)
from floe_ls.ide.model import Tag
from floe_ls.ide.remedy import Remedy
from floe_ls.ide.rule import Finding
from floe_ls.ide.shape_remedies import (
    as_written,
    changed,
    dropped,
    in_quotes,
    inserted,
    quoted,
    renamed,
    rewritten,
    source_of,
    stands_alone,
)
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.meta import Breach, By, Dialect, ForbiddenKeys, Only, Role, Severity, Unique
from floe_ls.schema.nearest import nearest
from floe_ls.schema.secrets import looks_secret
from floe_ls.schema.shape import ALL_DIALECTS, Shape
from floe_ls.schema.typed import WRONG, typed
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.scalars import UNREADABLE, yaml11
from floe_ls.text import Span

_ERROR = Severity.ERROR


def findings(
    document: Document, shape: Shape, mends: bool = True, bundles: Bundles | None = None
) -> Iterator[Finding]:
    """Everything that a document's own text breaks of its shape; with fixes, where they are wanted.

    What is wrong in entries of long lists goes to `bundles`, for those who can take it so."""
    base, node = document.root.base, document.root.node
    if node is None:
        return
    if not isinstance(node, Mapping):
        if not is_null(node):
            span = Span(base + node.start, base + node.end)
            message = "A document of floe is a mapping: lines of the form `key: value`."
            yield Finding("schema/not-a-mapping", span, message)
        return
    judgement = judged(document, shape, node)
    signs = document.tree.signs
    if bundles is None or signs.aliases or signs.merges:  # of an alias, all stands elsewhere
        slips = slips_of(judgement)
    else:
        slips = bundled(judgement, base, bundles)
    for at, slip in slips:
        if mends or slip.also is not None:
            yield finding(document, base + at, slip, mends)
        else:
            yield plain_finding(base + at, slip)


def judged(document: Document, shape: Shape, node: Mapping) -> Judged:
    """The judgement on a whole document, made from that on an earlier version of it."""
    seal = document.dialect, document.tier, shape
    known = document.memo.get("judged")
    old = known[1] if known is not None and known[0] == seal else None
    check = _Check(document, shape)
    new = check.of_object(shape, node, "", node.start, _first_line(document, node), old)
    document.memo["judged"] = seal, new
    return new


def _first_line(document: Document, node: Mapping) -> int:
    """Where the first line of the document ends, for findings about the whole of it."""
    start = document.root.base + node.start
    line, _ = document.lines.position(start)
    return max(document.lines.end(line) - document.root.base, node.start + 1)


Judge = Callable[[Shape | None, Entry, str, Judged | None], Part | None]
"""Judges an entry of a collection of a shape, under a key, from the judgement on what it held before."""


class _Check:
    """Judges the entries of one document."""

    def __init__(self, document: Document, root: Shape) -> None:
        self.deep = tuple(f for f in root.rules.forbidden if f.deep)
        """Keys that may stand nowhere in the document, save where a field is known or any key is."""
        self.kind, self.dialect, self.tier = document.kind, document.dialect, document.tier
        self.memo = document.memo
        self.clean: set[tuple[Shape, str, str]] = set()
        """Scalars with which nothing is wrong, as the shape, style and text of each."""

    def severity(self, by: By) -> Severity | None:
        return by[self.dialect]

    def parts(
        self,
        node: Collection,
        old: Judged | None,
        judge: Judge,
        shape: Shape | None,
        key: str,
    ) -> Parts:
        """A judgement for each entry, as far as there is none in `old`."""
        entries = node.entries
        if old is None:
            judged = [judge(shape, entry, key, None) for entry in entries]
            return Parts(judged, [n for n, part in enumerate(judged) if part and part.bad])
        was, known = old.node.entries, old.parts
        first, last = common(self.memo, was, entries)
        if first == len(entries) == len(was):
            return Parts(known.entries, known.wrong, first)
        middle: list[Part | None] = []
        before = iter(known.entries[first : len(was) - last])
        for entry in islice(entries, first, len(entries) - last):
            twin = next(before, None)
            below = twin.below if twin is not None else None
            middle.append(judge(shape, entry, key, below))
        moved = len(entries) - len(was)
        wrong = [n for n in known.wrong if n < first]
        wrong += [n for n, part in enumerate(middle, first) if part and part.bad]
        wrong += [n + moved for n in known.wrong if n >= len(was) - last]
        judged = [*known.entries[:first], *middle, *known.entries[len(was) - last :]]
        return Parts(judged, wrong, first, last)

    # --- objects

    def of_object(
        self, shape: Shape, node: Mapping, key: str, start: int, end: int, old: Judged | None
    ) -> Judged:
        """`start` and `end` is where things that are missing are shown; the first line where `end` is -1."""
        old = _same(old, shape, key)

        parts = self.parts(node, old, self.member, shape, key)
        fields, spellings = shape.fields, shape.spellings
        slips: list[Slip] = []
        seen: dict[str, tuple[int, Entry]] = {}
        strangers: dict[str, tuple[int, Entry, Scalar]] = {}
        muted: set[int] = set()
        for at, entry in zip(node.at, node.entries, strict=True):
            name = entry.key
            if type(name) is not Scalar:
                continue
            canonical = name.text
            if canonical not in fields:
                if canonical in spellings:
                    canonical = spellings[canonical]
                elif shape.child(canonical) is None:
                    strangers[canonical] = at, entry, name
            if canonical in seen:
                known = seen[canonical]
                if key_of(known[1]) != name.text:
                    slips += self.twice(shape, canonical, (at, name), known)
                elif known[1].key is None or known[1].key.tag is None:  # a tag makes another key
                    muted.add(node.entries.index(known[1]))
            seen[canonical] = at, entry
        for at, entry, name in strangers.values():
            slips += self.stranger(shape, at, entry, name, seen)
        if shape.wanted:
            slips += self.missing(shape, node, seen, start, end)
        calm = old.calm if old is not None else None
        if shape.rules.constraints and (calm is None or not _same_entries(calm, seen)):
            written = _Written(shape, seen)
            breaches = [*self.constraints(shape, node, written, start, end)]
            calm = written.read if old is not None and not breaches else None  # few are edited
            slips += breaches
        if shape.mistakable:
            slips += self.mistakes(shape, seen)
        judged = Judged(node, shape, key, parts, tuple(slips), muted=frozenset(muted))
        judged.calm = calm
        return judged

    def member(self, shape: Shape | None, entry: Entry, _: str, old: Judged | None) -> Part | None:
        """One key of an object and what it holds."""
        key, node = entry.key, entry.value
        if type(key) is not Scalar:
            return _part(_no_word(key), None)
        assert shape is not None
        name = key.text
        child = shape.fields.get(name) or shape.child(name)
        slips = _tagged(key)
        if child is None:
            if key.style == "" and not isinstance(yaml11(name), str):
                slips += _odd_key(key)
            return _part(slips, self.anything(node, name, slips, old))
        if (
            child.dialects is not ALL_DIALECTS
            or child.only is not None
            or child.deprecated is not None
        ):
            slips += self.presence(shape, child, entry, key)
            if self.dialect not in child.dialects and type(entry) is not Folded:
                # Nobody reads it here, so what it holds is nobody's concern.
                return _part(slips, self.anything(node, name, slips, old))
        elif type(node) is Scalar and (child, node.style, node.text) in self.clean:
            return _part(slips, None)
        if type(entry) is Folded and entry.written:
            if node is None and entry.colon < 0:
                return _part(slips, None)  # nobody left out a value
            name = entry.written[-1]  # messages call it as its author does
        below = self.value(child, node, key.start, key.end, name, slips, old)
        if child.dialects == _DESIGN and shape.rules.unknown.severity[Dialect.V1] is not _ERROR:
            return Part(tuple(slips), below, mild=True)
        return _part(slips, below)

    def presence(self, shape: Shape, child: Shape, entry: Entry, key: Scalar) -> Iterator[Slip]:
        """What the mere presence of a key breaks."""
        if isinstance(entry, Folded) and entry.written[:1] != (child.name,):
            return  # said in another way, with rules of its own
        only = child.only
        allowed = only is None or self.tier in only.tiers
        if only is not None and not allowed and not is_null(entry.value):
            severity = self.severity(only.severity)
            if severity is not None:
                drop = dropped(entry, key)
                here = words.TIER_WORDS[self.tier]
                message = f"`{key.text}` belongs in {_tiers(only)}, and this is {here}: {only.why}."
                yield Slip(key.start, key.end, only.code, severity, message, drop)
        if child.deprecated is not None and allowed:
            severity = self.severity(child.deprecated.severity)
            if severity is not None:
                code = child.deprecated.code
                message = f"`{key.text}` has no effect. {child.deprecated.why}"
                tags = (Tag.DEPRECATED, Tag.UNNECESSARY)
                yield Slip(key.start, key.end, code, severity, message, dropped(entry, key), tags)
        if isinstance(entry, Folded):
            return
        if self.dialect not in child.dialects:
            severity = self.severity(shape.rules.unknown.severity)
            where = " and ".join(sorted(words.DIALECT_WORDS[d] for d in child.dialects))
            message = (
                f"`{key.text}` is a key of {where}; the released compiler does not read it here."
            )
        elif self.dialect is Dialect.DESIGN and child.dialects == _DESIGN:
            # Documents of this dialect mix in what no compiler ever read.
            severity = shape.rules.unknown.severity[Dialect.V1]
            verb = "refuses"
            if severity is Severity.WARNING:
                severity, verb = Severity.INFORMATION, "passes over"
            message = (
                f"`{key.text}` stands in floe's design documents only;"
                f" the released compiler {verb} it."
            )
        else:
            return
        if severity is not None:
            drop = dropped(entry, key)
            yield Slip(key.start, key.end, "schema/not-shipped", severity, message, drop)

    def stranger(
        self, shape: Shape, at: int, entry: Entry, key: Scalar, seen: dict[str, tuple[int, Entry]]
    ) -> Iterator[Slip]:
        """A key that an object does not have."""
        a, b, name = at + key.start, at + key.end, key.text
        drop = dropped(entry, key, at)
        for forbidden in (*shape.rules.forbidden, *self.deep):
            grave = self.severity(forbidden.severity)
            if grave is not None and _forbids(forbidden, name):
                message = f"`{name}` does not belong here: {forbidden.why}."
                yield Slip(a, b, forbidden.code, grave, message, drop)
                return
        severity = self.severity(shape.rules.unknown.severity)
        if severity is None or name == "<<":
            return
        names = [c.name for c in shape.children() if self.dialect in c.dialects]
        free = [n for n in names if n not in seen]
        meant = nearest(name, free)
        message = f"`{name}` is not a known key{words.inside(shape)}."
        remedies: tuple[Remedy, ...] = drop
        if meant is not None:
            message += f" Did you mean `{meant}`?"
            if stands_alone(entry, key):
                remedies = (Remedy(f"Rename to `{meant}`", ((a, b, meant),), preferred=True), *drop)
        elif 0 < len(names) <= 12:
            message += f" Known: {words.every(names)}."
        yield Slip(a, b, shape.rules.unknown.code, severity, message, remedies)

    def twice(
        self, shape: Shape, name: str, here: tuple[int, Scalar], known: tuple[int, Entry]
    ) -> Iterator[Slip]:
        """One field written in two spellings."""
        severity = self.severity(shape.rules.unknown.severity)
        first = known[1].key
        if severity is None or first is None:
            return
        at, key = here
        message = f"`{key.text}` and `{key_of(known[1])}` are two spellings of `{name}`, which belongs here once."
        also = known[0] + first.start, known[0] + first.end, f"`{key_of(known[1])}` stands here"
        start, end = at + key.start, at + key.end
        remedy = Remedy(f"Remove `{key.text}`", drop=start)
        yield Slip(start, end, "spelling/twice", severity, message, (remedy,), also=also)

    def missing(
        self, shape: Shape, node: Mapping, seen: dict[str, tuple[int, Entry]], start: int, end: int
    ) -> Iterator[Slip]:
        for child in shape.wanted:
            name, needed = child.name, child.needed
            found = seen.get(name)
            if found is not None and (needed is None or not is_null(found[1].value)):
                continue
            if child.required and found is None:
                code, severity = "schema/required", _ERROR
            elif needed is not None and (not needed.tiers or self.tier in needed.tiers):
                wanted = self.severity(needed.severity)
                if wanted is None:
                    continue
                code, severity = needed.code, wanted
            else:
                continue
            if found is not None:
                a, b = _key_at(found, *(_head(node) if end < 0 else (start, end)))
                message = f"`{name}` is empty: {words.wants(child)}"
                yield Slip(a, b, code, severity, message)
                continue
            a, b = _head(node) if end < 0 else (start, end)
            if needed is not None and needed.at and (other := seen.get(needed.at[0])) is not None:
                a, b = _entry_at(other, start, end)
            called = preferred_key(self.kind, self.dialect, child.path)
            message = f"{words.place(shape, self.tier)} needs `{called}`: {words.wants(child)}"
            yield Slip(a, b, code, severity, message, inserted(child, called, node))

    def constraints(
        self, shape: Shape, node: Mapping, written: _Written, start: int, end: int
    ) -> Iterator[Slip]:
        if end < 0:
            start, end = _head(node)
        for constraint in shape.rules.constraints:
            for breach in constraint.check(written):
                severity = breach.severity or self.severity(constraint.severity)
                if severity is None:
                    continue
                place = _breached(shape, node, breach, start, end)
                remedies: tuple[Remedy, ...] = ()
                if breach.right and place.value is not None:
                    a, b = place.value
                    title = f"Change to `{breach.right}`"
                    remedies = (Remedy(title, ((a, b, breach.right),), preferred=True),)
                elif breach.drop and place.key is not None:
                    remedies = (Remedy(f"Remove `{breach.path[-1]}`", drop=place.key),)
                a, b = place.start, place.end
                yield Slip(a, b, constraint.code, severity, breach.message, remedies)

    def mistakes(self, shape: Shape, seen: dict[str, tuple[int, Entry]]) -> Iterator[Slip]:
        """Values written for others: the remedy may have to write other fields beside."""
        for child in shape.mistakable:
            name, mistaken = child.name, child.mistaken
            if mistaken is None or name not in seen:
                continue
            at, entry = seen[name]
            node = entry.value
            if not isinstance(node, Scalar) or (said := loaded(node)) not in mistaken.instead:
                continue
            right = mistaken.instead[said]
            a, b = at + node.start, at + node.end
            title, added = f"Change to `{right}`", []
            for other, value in mistaken.beside.get(said, {}).items():
                if other not in seen:
                    title += f", add `{other}: {value}`"
                    added.append(f"{other}: {value}")
            remedy = Remedy(
                title, ((a, b, in_quotes(str(right))),), preferred=True, below=(at, tuple(added))
            )
            message = f"`{name}` is `{node.text}`, but must be `{right}`. {mistaken.why}"
            yield Slip(a, b, mistaken.code, _ERROR, message, (remedy,))

    # --- values

    def value(
        self, shape: Shape, node: Node | None, a: int, b: int, key: str, out: list[Slip],
        old: Judged | None,
    ) -> Judged | None:  # fmt: skip
        """What a field holds: slips are added to `out`. `a` and `b` is where its key is."""
        if type(node) is Scalar:
            if (token := (shape, node.style, node.text)) in self.clean:
                return None
            if node.style == "*":
                return None  # an alias that leads nowhere, reported as YAML
            if shape.kind in _SCALARS and not is_null(node):
                slips = tuple(self.scalar(shape, node, key))
                if slips:
                    out += slips
                elif node.tag is None:
                    self.clean.add(token)
                return None
        if is_null(node):
            out += self.null(shape, node, a, b, key)
            return None
        assert node is not None
        if node.tag is not None and isinstance(node, Collection):
            out += _tagged_block(node)
        match shape.kind:
            case "object":
                if isinstance(node, Mapping):
                    return self.of_object(shape, node, key, a, b, old)
                out.append(self.wrong_type(shape, node, key))
            case "map":
                if isinstance(node, Mapping):
                    return self.of_map(shape, node, key, old)
                out.append(self.wrong_type(shape, node, key))
            case "list":
                if isinstance(node, Sequence):
                    return self.of_list(shape, node, key, old)
                out.append(self.wrong_type(shape, node, key))
            case "union":
                return self.union(shape, node, a, b, key, out, old)
            case "any":
                return self.anything(node, key, out, old)
            case _:
                out.append(self.wrong_type(shape, node, key))
        return None

    def null(self, shape: Shape, node: Node | None, a: int, b: int, key: str) -> Iterator[Slip]:
        if shape.kind == "any" or shape.needed is not None:
            return
        if shape.nullable and not (shape.category and self.dialect is Dialect.ADR):
            return
        if node is not None and node.end > node.start:
            a, b = node.start, node.end
        code = (shape.codes.type if shape.category else "") or "schema/empty"
        yield Slip(a, b, code, _ERROR, f"{_called(key)} is empty: {words.wants(shape)}")

    def of_map(self, shape: Shape, node: Mapping, key: str, old: Judged | None) -> Judged:
        old = _same(old, shape, key)
        parts = self.parts(node, old, self.map_entry, shape, key)
        return Judged(node, shape, key, parts, tuple(self.size(shape, node, key)))

    def map_entry(
        self, shape: Shape | None, entry: Entry, _: str, old: Judged | None
    ) -> Part | None:
        assert shape is not None
        assert shape.item is not None
        item, keys, key = shape.item, shape.keys, entry.key
        if not isinstance(key, Scalar):
            return _part(_no_word(key), None)
        slips = _tagged(key)
        if key.style == "" and not isinstance(yaml11(key.text), str):
            slips += _odd_key(key)
        elif keys is not None and keys.choices and key.text not in keys.choices:
            code = shape.codes.unknown or "schema/unknown-key"
            message = f"`{key.text}` must be {words.one_of(keys.choices)}."
            slips.append(
                Slip(key.start, key.end, code, _ERROR, message, renamed(key, keys.choices))
            )
        elif keys is not None and keys.known is not None and keys.known.code:
            slips += self.known(keys, key, words.inside(shape))
        return _part(slips, self.value(item, entry.value, key.start, key.end, key.text, slips, old))

    def of_list(self, shape: Shape, node: Sequence, key: str, old: Judged | None) -> Judged:
        item = shape.item
        assert item is not None
        old = _same(old, shape, key)
        parts = self.parts(node, old, self.item, shape, key)
        slips = [*self.size(shape, node, key)]
        names: list[Names | None] = []
        for number, unique in enumerate(shape.unique):
            if len(node.entries) < _SHORT and not unique.name and _differ(node):
                names.append(None)
                continue
            known = old.names[number] if old is not None else None
            names.append(found := _names(unique.name, item, node, known, parts))
            if found.repeat:
                slips += self.repeated(unique, item, node, key, found.values)
        return Judged(node, shape, key, parts, tuple(slips), tuple(names))

    def size(self, shape: Shape, node: Collection, key: str) -> Iterator[Slip]:
        """Too few or too many entries."""
        size, low, high = len(node.entries), shape.min_length, shape.max_length
        noun = "item" if shape.kind == "list" else "entry"
        if low is not None and size < low:
            code, severity = shape.codes.empty or "schema/empty", _ERROR
            if shape.needed is not None:
                wanted = self.severity(shape.needed.severity)
                if wanted is None:
                    return
                code, severity = shape.needed.code, wanted
            message = f"{_called(key)} needs at least {words.count(low, noun)}."
            yield Slip(node.start, node.end, code, severity, message)
        if high is not None and size > high:
            code = shape.codes.range or "schema/range"
            message = f"{_called(key)} has {words.count(size, noun)}; {high:,} at most are allowed."
            yield Slip(*_head(node), code, _ERROR, message)

    def repeated(
        self, unique: Unique, item: Shape, node: Sequence, key: str, names: list[Any]
    ) -> Iterator[Slip]:
        """Items that another item before them equals, in the field that tells them apart."""
        severity = self.severity(unique.severity)
        first: dict[Any, int] = {}
        for index, name in enumerate(names):
            earlier = first.setdefault(name, index)
            if earlier == index or severity is None:
                continue
            at, value = _named(node, index, unique.name, item)
            other, before = _named(node, earlier, unique.name, item)
            also = other + before.start, other + before.end, f"`{name}` stands here first"
            remedies: tuple[Remedy, ...] = ()
            tags: tuple[Tag, ...] = ()
            if unique.name:
                message = (
                    f"`{name}` is the `{unique.name}` of an entry above;"
                    f" in `{_bare(key)}` each entry has its own."
                )
            else:
                message = f"`{name}` stands in `{_bare(key)}` already."
                remedies = (Remedy("Remove it", drop=node.at[index], preferred=True, safe=True),)
                tags = (Tag.UNNECESSARY,)
            a, b = at + value.start, at + value.end
            yield Slip(a, b, unique.code, severity, message, remedies, tags, also)

    def item(self, shape: Shape | None, entry: Entry, key: str, old: Judged | None) -> Part | None:
        assert shape is not None
        assert shape.item is not None
        item, node = shape.item, entry.value
        if type(node) is Scalar and (item, node.style, node.text) in self.clean:
            return None
        slips: list[Slip] = []
        if is_null(node):
            if item.nullable or item.kind == "any":
                return None
            a, b = (node.start, node.end) if node is not None else (0, 1)
            code = shape.codes.empty or "schema/empty"
            message = f"This item of `{_bare(key)}` is empty: {words.wants(item)}"
            return Part((Slip(a, max(b, a + 1), code, _ERROR, message),), None)
        assert node is not None
        return _part(slips, self.value(item, node, node.start, -1, _ITEM + key, slips, old))

    def union(
        self, shape: Shape, node: Node, a: int, b: int, key: str, out: list[Slip],
        old: Judged | None,
    ) -> Judged | None:  # fmt: skip
        option = _option(shape, node)
        if isinstance(option, Shape):
            if Dialect.V1 not in option.dialects and self.dialect is not Dialect.ADR:
                start, end = _head(node)
                message = (
                    f"{_called(key)} is {words.what(node)}, as floe's design documents have it;"
                    " the released compiler refuses that."
                )
                out.append(Slip(start, end, "schema/not-shipped", _ERROR, message))
            return self.value(option, node, a, b, key, out, old)
        if option is None:
            out.append(self.wrong_type(shape, node, key))
            return None
        choices = _discriminators(shape)
        found = _at_key(node, shape.discriminator)
        if found is None or found[1].value is None:
            a, b = _head(node) if b < 0 else (a, b)
            message = f"`{shape.discriminator}` must be written out: {words.one_of(choices)}."
            out.append(Slip(a, b, "schema/required", _ERROR, message))
            return None
        at, said = found[0], found[1].value
        a, b = at + said.start, at + said.end
        message = f"`{shape.discriminator}` is `{option}`, but must be {words.one_of(choices)}."
        remedies = changed(a, b, nearest(option, choices), choices)
        out.append(Slip(a, b, "schema/choice", _ERROR, message, remedies))
        return None

    def anything(
        self, node: Node | None, key: str, out: list[Slip], old: Judged | None
    ) -> Judged | None:
        """Values whose shape nobody knows: only secrets are looked for, and what floe's loader trips over."""
        if isinstance(node, Scalar):
            out += _unloadable(node)
            out += _secret(node, key)
            if node.style == "" and node.text[:1] in _DIGITS:
                out += _two_numbers(node, loaded(node))
            return None
        if not isinstance(node, Collection):
            return None
        if node.tag is not None:
            out += _tagged_block(node)
        old = _same(old, None, key)

        parts = self.parts(node, old, self.stray, None, key)
        return Judged(node, None, key, parts, ())

    def stray(self, _: Shape | None, entry: Entry, key: str, old: Judged | None) -> Part | None:
        """A key or item that is nobody's."""
        name = entry.key
        slips = _tagged(name) if isinstance(name, Scalar) else []
        if name is not None and not isinstance(name, Scalar):
            slips += _no_word(name)
        elif self.deep and name is not None and name.style == "":
            # The compiler looks through all keys of such a document, and trips over others.
            slips += _odd_key(name) if not isinstance(yaml11(name.text), str) else ()
        return _part(slips, self.anything(entry.value, key_of(entry) or key, slips, old))

    # --- scalars

    def scalar(self, shape: Shape, node: Scalar, key: str) -> Iterator[Slip]:
        value, plain = loaded(node), node.style == ""
        if value is UNREADABLE or (node.tag is not None and node.tag not in _TAGS):
            yield from _unloadable(node)
            return
        if shape.mistaken is not None and value in shape.mistaken.instead:
            return
        fitting = typed(shape, value)
        if fitting is WRONG and shape.form is not None and isinstance(value, str):
            yield from self.form(shape, node, key)
            return
        if fitting is WRONG:
            yield (
                self.misread(shape, node, value, key)
                if plain
                else self.wrong_type(shape, node, key)
            )
            return
        if plain and not isinstance(value, str):
            yield from self.doubtful(shape, node, value, key)
        if shape.choices and fitting not in shape.choices:
            yield self.not_a_choice(shape, node, value, key)
            return
        yield from self.limits(shape, node, fitting, key)
        if shape.form is not None:
            yield from self.form(shape, node, key)
        elif isinstance(fitting, str):
            if shape.known is not None:
                yield from self.known(shape, node)
            elif not shape.choices:
                yield from _secret(node, key)

    def misread(self, shape: Shape, node: Scalar, value: Any, key: str) -> Slip:
        """A plain scalar that is of another type to floe's loader."""
        a, b, text = node.start, node.end, node.text
        modern = typed(shape, node.value)
        if modern is not WRONG and (not shape.choices or modern in shape.choices):
            message = (
                f"Unquoted `{text}` is {words.shown(value)} to floe's loader, which reads YAML 1.1;"
                f" {_called(key, 'an')} {words.must(shape, self.dialect)}."
            )
            remedy = quoted(shape, node) if shape.kind == "str" else rewritten(node, modern)
            return Slip(a, b, "yaml/ambiguous-scalar", _ERROR, message, (remedy,))
        if shape.kind == "str" and not shape.choices:
            code = shape.codes.type or "schema/type"
            message = f"{_called(key)} is {words.shown(value)}, but {words.must(shape, self.dialect)}: quote it."
            return Slip(a, b, code, _ERROR, message, (quoted(shape, node),))
        if shape.kind == "str":
            return self.not_a_choice(shape, node, value, key)
        return self.wrong_type(shape, node, key)

    def doubtful(self, shape: Shape, node: Scalar, value: Any, key: str) -> Iterator[Slip]:
        """A value that floe takes, though hardly for what was meant."""
        a, b = node.start, node.end
        if isinstance(value, bool) and shape.kind in ("int", "float"):
            severity = _ERROR if shape.codes.type else Severity.WARNING
            message = (
                f"{_called(key)} is {words.shown(value)}, which floe counts as {int(value)};"
                f" it {words.must(shape, self.dialect)}."
            )
            yield Slip(a, b, shape.codes.type or "schema/type", severity, message)
        else:
            yield from _two_numbers(node, value)

    def not_a_choice(self, shape: Shape, node: Scalar, value: Any, key: str) -> Slip:
        choices = [str(choice) for choice in shape.choices]
        said = words.shown(value)
        a, b = node.start, node.end
        meant = nearest(node.text, choices)
        message = f"{_called(key)} is {said}, but must be {words.one_of(choices)}."
        if meant is not None and len(choices) > 1:
            message += f" Did you mean `{meant}`?"
        remedies = partial(changed, a, b, meant, choices)
        return Slip(a, b, shape.codes.choice or "schema/choice", _ERROR, message, remedies)

    def limits(self, shape: Shape, node: Scalar, value: Any, key: str) -> Iterator[Slip]:
        a, b = node.start, node.end
        if isinstance(value, str):
            low, high = shape.min_length, shape.max_length
            if low is not None and len(value) < low:
                few = "is empty" if not value else f"needs at least {words.count(low, 'character')}"
                message = f"{_called(key)} {few}: {words.wants(shape)}"
                yield Slip(a, b, shape.codes.empty or "schema/empty", _ERROR, message)
            if high is not None and len(value) > high:
                message = f"{_called(key)} has {words.count(len(value), 'character')}; {high:,} at most are allowed."
                yield Slip(a, b, shape.codes.range or "schema/range", _ERROR, message)
        elif isinstance(value, int | float):
            low_, high_ = shape.minimum, shape.maximum
            if (low_ is None or value >= low_) and (high_ is None or value <= high_):
                return
            message = f"{_called(key)} is {words.number(value)}, but must be {words.interval(low_, high_)}."
            near = low_ if low_ is not None and value < low_ else high_
            remedies: tuple[Remedy, ...] = ()
            if near is not None:
                remedies = (
                    Remedy(f"Change to {words.number(near)}", ((a, b, words.number(near)),)),
                )
            yield Slip(a, b, shape.codes.range or "schema/range", _ERROR, message, remedies)

    def form(self, shape: Shape, node: Scalar, key: str) -> Iterator[Slip]:
        assert shape.form is not None
        text = node.text
        if not text and shape.min_length:
            return
        if shape.role in _REFERENCES and text.strip():
            return  # judged part by part elsewhere
        form = FORMATS[shape.form.name]
        wrong = form.check(text)
        if wrong is not None:
            severity = self.severity(shape.form.severity or form.severity)
            code = shape.codes.form or form.code
        else:
            wrong = form.doubt(text) if form.doubt is not None else None
            severity, code = self.severity(form.doubt_severity), form.doubt_code or form.code
        if wrong is None or severity is None:
            return
        a, b = node.start, node.end
        remedies: tuple[Remedy, ...] = ()
        if form.suggest is not None and (right := form.suggest(text)):
            remedies = (Remedy(f"Change to `{right}`", ((a, b, as_written(node, right)),), True),)
        yield Slip(a, b, code, severity, f"{_called(key)}: {wrong}", remedies)

    def known(self, shape: Shape, node: Scalar, where: str = "") -> Iterator[Slip]:
        """A value that is allowed, though nobody knows it."""
        known = shape.known
        assert known is not None
        severity = self.severity(known.severity) if known.code else None
        if severity is None or node.text in known.values:
            return
        meant = nearest(node.text, known.values)
        message = f"`{node.text}` is not a known {'key' if where else 'value'}{where}."
        message += f" Did you mean `{meant}`?" if meant else f" Known: {words.every(known.values)}."
        remedies = renamed(node, known.values)
        yield Slip(node.start, node.end, known.code, severity, message, remedies)

    def wrong_type(self, shape: Shape, node: Node, key: str) -> Slip:
        start, end = _head(node)
        if shape.single is not None and isinstance(node, Sequence):
            message = f"{_called(key)} is a list. {shape.single.why}"
            return Slip(start, end, shape.single.code, _ERROR, message)
        code = shape.codes.type or "schema/type"
        message = f"{_called(key)} is {words.what(node)}, but {words.must(shape, self.dialect)}."
        remedies: tuple[Remedy, ...] = ()
        if not isinstance(node, Scalar) or "\n" in node.text:
            return Slip(start, end, code, _ERROR, message)
        if shape.kind == "object" and len(shape.wanted) == 1 and shape.wanted[0].kind == "str":
            # One text in place of the object that it is the heart of.
            called = preferred_key(self.kind, self.dialect, shape.wanted[0].path)
            mapped = f"{{{called}: {source_of(node)}}}"
            remedies = (Remedy(f"Write it as `{mapped}`", ((start, end, mapped),)),)
        elif shape.kind == "list":
            item = shape.item
            if item is not None and fits(item, node):
                listed = f"[{source_of(node)}]"
                remedies = (Remedy("Write it as a list", ((start, end, listed),), preferred=True),)
        return Slip(start, end, code, _ERROR, message, remedies)


# --- parts of judging


_DESIGN = frozenset({Dialect.DESIGN})
_SCALARS = frozenset({"str", "int", "float", "bool", "date", "datetime"})
_REFERENCES = frozenset({Role.PARENT, Role.PLATFORM})


def _part(slips: list[Slip], below: Judged | None) -> Part | None:
    return Part(tuple(slips), below) if slips or below is not None else None


def _same(old: Judged | None, shape: Shape | None, key: str) -> Judged | None:
    """An earlier judgement, where it was asked the same question."""
    return old if old is not None and old.shape is shape and old.key == key else None


class _Written(Lookup[str, Any]):
    """What stands in an object, as plain data that is made when it is asked for."""

    def __init__(self, shape: Shape, seen: dict[str, tuple[int, Entry]]) -> None:
        self._shape = shape
        self._seen = seen
        self._made: dict[str, Any] = {}
        self.read: dict[str, Entry | None] | None = {}
        """The entries that were asked for; None where all were."""

    def get(self, key: str, default: Any = None) -> Any:
        found = self._seen.get(key)
        if self.read is not None:
            self.read[key] = found[1] if found is not None else None
        if found is None:
            return default
        if key not in self._made:
            self._made[key] = data(self._shape.child(key), found[1].value)
        return self._made[key]

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, self)
        if value is self:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, self) is not self

    def __iter__(self) -> Iterator[str]:
        self.read = None
        return iter(self._seen)

    def __len__(self) -> int:
        self.read = None
        return len(self._seen)


def _same_entries(known: dict[str, Entry | None], seen: dict[str, tuple[int, Entry]]) -> bool:
    """Whether there is under each key what there was."""
    for key, entry in known.items():
        found = seen.get(key)
        if (found[1] if found is not None else None) is not entry:
            return False
    return True


class _Nameless:
    """Stands for an item without the field that tells items apart: no two are the same."""


_SHORT = 32


def _differ(node: Sequence) -> bool:
    """Whether the texts of a short list of scalars all differ, so that its values do."""
    values = [entry.value for entry in node.entries]
    texts = {value.text for value in values if type(value) is Scalar}
    return len(texts) == len(values)


def _names(field: str, item: Shape, node: Sequence, known: Names | None, parts: Parts) -> Names:
    entries = node.entries
    if known is None:
        values = [_name(field, item, entry) for entry in entries]
        return Names(values, len(set(values)) < len(values))
    _, _, first, last = parts
    middle = [_name(field, item, entry) for entry in entries[first : len(entries) - last]]
    was = known.values
    values = [*was[:first], *middle, *was[len(was) - last :]]
    if was[first : len(was) - last] == middle:
        return Names(values, known.repeat)
    return Names(values, len(set(values)) < len(values))


def _name(field: str, item: Shape, entry: Entry) -> Any:
    value = entry.value
    if field:
        found = _at_key(value, field, item)
        value = found[1].value if found is not None else None
    if isinstance(value, Scalar) and value.style != "*" and not is_null(value):
        return loaded(value)
    return _Nameless()


def _named(node: Sequence, index: int, field: str, item: Shape) -> tuple[int, Node]:
    """The node that tells an item apart, and what its offsets are relative to."""
    at, value = node.at[index], node.entries[index].value
    found = _at_key(value, field, item) if field else None
    if found is not None and found[1].value is not None:
        return at + found[0], found[1].value
    assert value is not None
    return at, value


def _at_key(node: Node | None, name: str, shape: Shape | None = None) -> tuple[int, Entry] | None:
    """The entry of a mapping with a canonical key; the last one, as floe's loader takes it."""
    found = None
    if isinstance(node, Mapping):
        for at, entry in zip(node.at, node.entries, strict=True):
            key = key_of(entry)
            if key == name or (shape is not None and key and shape.canonical(key) == name):
                found = at, entry
    return found


def _option(shape: Shape, node: Node) -> Shape | str | None:
    """The option that a node is meant to be; what its discriminator says where none is; None for a wrong type."""
    if shape.discriminator and isinstance(node, Mapping):
        found = _at_key(node, shape.discriminator)
        said = found[1].value.text if found and isinstance(found[1].value, Scalar) else ""
        for option in shape.options:
            field = option.fields.get(shape.discriminator)
            if field is not None and said in field.choices:
                return option
        return said
    fitting = [option for option in shape.options if fits(option, node)]
    if len(fitting) > 1 and isinstance(node, Mapping):
        keys = {key_of(entry) for entry in node.entries}
        fitting.sort(key=lambda o: len(keys & set(o.fields)), reverse=True)
    return fitting[0] if fitting else None


def _discriminators(shape: Shape) -> list[str]:
    fields = (option.fields.get(shape.discriminator) for option in shape.options)
    return [str(choice) for field in fields if field is not None for choice in field.choices]


def _forbids(forbidden: ForbiddenKeys, name: str) -> bool:
    return (name.lower() if forbidden.ignore_case else name) in forbidden.names


def _tiers(only: Only) -> str:
    """The tiers that may set a field: a domain manifest."""
    named = [words.TIER_WORDS[tier] for tier in sorted(only.tiers)]
    return " or ".join(named)


def _no_word(key: Node | None) -> list[Slip]:
    if key is None:
        return []
    message = "A key is a word here, not a list or mapping."
    return [Slip(key.start, key.end, "schema/key", _ERROR, message)]


def _tagged(key: Scalar) -> list[Slip]:
    """A tag makes something else of a key than a text, such as a merge key."""
    if key.tag in (None, "!!str", "!"):
        return []
    message = (
        f"The tag `{key.tag}` makes something else of this key to floe's loader: remove the tag."
    )
    return [Slip(key.start, max(key.end, key.start + 1), "security/hidden-key", _ERROR, message)]


def _tagged_block(node: Collection) -> list[Slip]:
    """A tag that is not that of the mapping or list makes something else of it, or stops the loader."""
    if node.tag in ("!", "!!map" if isinstance(node, Mapping) else "!!seq"):
        return []
    noun = "mapping" if isinstance(node, Mapping) else "list"
    message = f"The tag `{node.tag}` makes something else of this {noun} to floe's loader: remove the tag."
    return [Slip(*_head(node), "yaml/unknown-tag", _ERROR, message)]


def _odd_key(key: Scalar) -> list[Slip]:
    if key.text == "<<":
        return []
    value = words.shown(yaml11(key.text))
    message = f"floe's loader reads the key `{key.text}` as {value}, and keys are texts: quote it."
    remedy = Remedy("Quote it", ((key.start, key.end, f'"{key.text}"'),), preferred=True, safe=True)
    return [Slip(key.start, max(key.end, key.start + 1), "schema/key", _ERROR, message, (remedy,))]


def _secret(node: Scalar, key: str) -> Iterator[Slip]:
    if node.style == "*" or not isinstance(node.value, str):
        return
    reason = looks_secret(_bare(key), node.value)
    if reason is not None:
        message = (
            f"This value {reason}. A file that is committed and published is no place for a secret:"
            " name a Kubernetes secret, or an environment variable, instead."
        )
        yield Slip(node.start, node.end, "security/plain-secret", Severity.WARNING, message)


_DIGITS = frozenset("0123456789+-")


def _two_numbers(node: Scalar, value: Any) -> Iterator[Slip]:
    """A number that floe's loader reads otherwise than its author will have meant it."""
    modern = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or modern == value:
        return
    if ":" in node.text or type(modern) is type(value):
        message = (
            f"`{node.text}` is {words.shown(value)} to floe's loader, which reads YAML 1.1;"
            f" today's YAML reads {words.shown(modern)}."
        )
        yield Slip(node.start, node.end, "yaml/ambiguous-scalar", Severity.WARNING, message)


_TAGS = frozenset("! !!str !!int !!float !!bool !!null !!map !!seq !!timestamp !!binary".split())


def _unloadable(node: Scalar) -> Iterator[Slip]:
    """What floe's loader gives up at, and with it the whole file."""
    a, b = node.start, node.end
    if node.tag is not None and node.tag not in _TAGS:
        message = f"floe's loader knows no tag `{node.tag}` and refuses the whole file."
        yield Slip(a, b, "yaml/unknown-tag", _ERROR, message)
    elif loaded(node) is UNREADABLE:
        message = (
            f"Unquoted `{words.short(node.text)}` has a form that floe's loader, which reads YAML 1.1, cannot make"
            " a value of: it refuses the whole file."
        )
        remedy = Remedy("Quote it", ((a, b, f'"{node.text}"'),), preferred=True)
        yield Slip(a, b, "yaml/unreadable-scalar", _ERROR, message, (remedy,))


# --- words


_ITEM = "*"
"""In front of a key: an item of the list under it is spoken of."""


def _bare(key: str) -> str:
    return key.lstrip(_ITEM)


def _called(key: str, article: str = "An") -> str:
    return f"{article} item of `{_bare(key)}`" if key.startswith(_ITEM) else f"`{key}`"


# --- places


def _head(node: Node) -> tuple[int, int]:
    """Where something that is wrong with a whole node is shown: its first line says enough."""
    start, end = node.start, node.end
    if isinstance(node, Collection) and node.entries and not (node.flow and node.column < 0):
        entry = node.entries[0]
        ends = [entry.colon, entry.key.end if entry.key is not None else 0]
        if isinstance(entry.value, Scalar) and entry.value.style not in ("|", ">"):
            ends.append(entry.value.end)
        end = node.at[0] + max(ends)
    return start, max(end, start + 1)


def _key_at(found: tuple[int, Entry], a: int, b: int) -> tuple[int, int]:
    at, entry = found
    return (at + entry.key.start, at + entry.key.end) if entry.key is not None else (a, b)


def _entry_at(found: tuple[int, Entry], a: int, b: int) -> tuple[int, int]:
    """A key and its value, as far as that is one line."""
    at, entry = found
    if entry.key is None:
        return a, b
    end = entry.value.end if isinstance(entry.value, Scalar) else entry.key.end
    return at + entry.key.start, at + max(entry.key.end, end)


class _Place(NamedTuple):
    """Where a breach is shown."""

    start: int
    end: int
    key: int | None = None
    """Where the entry at its path starts, if it is there and has a key."""
    value: tuple[int, int] | None = None
    """And its value, where that is a scalar."""


def _breached(shape: Shape, node: Mapping, breach: Breach, a: int, b: int) -> _Place:
    """The value at a breach's path, or its key, or what is nearest to it."""
    here: Node | None = node
    below: Shape | None = shape
    base, found = 0, _Place(a, b)
    for number, step in enumerate(breach.path, 1):
        entry, at = _entry(here, step, below)
        if entry is None:
            return found._replace(key=None, value=None)
        base += at
        here = entry.value
        below = below.child(step) if below is not None else None
        if entry.key is not None:
            a, b = base + entry.key.start, base + entry.key.end
            found = _Place(a, b, a)
        last = number == len(breach.path)
        if here is not None and not (last and breach.on_key):
            start, end = base + here.start, base + here.end
            if isinstance(here, Scalar) and end > start:
                found = found._replace(start=start, end=end, value=(start, end))
            elif entry.key is None:
                start, end = _head(here)
                found = found._replace(start=base + start, end=base + end)
    return found


def _entry(node: Node | None, step: str | int, shape: Shape | None) -> tuple[Entry | None, int]:
    if isinstance(step, int):
        if isinstance(node, Sequence) and step < len(node.entries):
            return node.entries[step], node.at[step]
        return None, 0
    found = _at_key(node, step, shape)
    return (found[1], found[0]) if found is not None else (None, 0)
