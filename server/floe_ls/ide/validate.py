"""Holds a document against its shape: types, choices, limits, forms, unknown and missing keys, tiers.

What an entry holds is judged from its own text alone (and the tier and dialect of the document), so the judgement
is kept with the entry: after an edit only the entries that it touched are judged again. Offsets are relative to
the entry, like those of its nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from floe_ls.forms.document import Document, plain
from floe_ls.forms.reading import loaded
from floe_ls.forms.tree import Folded, is_null, key_of
from floe_ls.ide.model import Fix, Tag
from floe_ls.ide.rule import Finding
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.meta import Breach, Dialect, ForbiddenKeys, Severity, Tier
from floe_ls.schema.nearest import nearest
from floe_ls.schema.secrets import looks_secret
from floe_ls.schema.shape import Shape
from floe_ls.schema.typed import WRONG, typed
from floe_ls.syntax.nodes import Collection, Entry, Mapping, Node, Scalar, Sequence
from floe_ls.syntax.scalars import differs, yaml11
from floe_ls.text import Span, TextEdit

_MEMO_LIMIT = 200_000


class Mend(NamedTuple):
    """A fix, relative to the entry."""

    title: str
    start: int
    end: int
    new: str
    preferred: bool = False
    safe: bool = False


class Slip(NamedTuple):
    """Something wrong, relative to the entry."""

    start: int
    end: int
    code: str
    severity: Severity
    message: str
    mends: tuple[Mend, ...] = ()
    tags: tuple[Tag, ...] = ()

    def moved(self, by: int) -> Slip:
        mends = tuple(m._replace(start=m.start + by, end=m.end + by) for m in self.mends)
        return self._replace(start=self.start + by, end=self.end + by, mends=mends)


def findings(document: Document, shape: Shape) -> Iterator[Finding]:
    """Everything that a document's own text breaks of its shape."""
    check = _Check(document, shape)
    base, node = document.root.base, document.root.node
    if node is None:
        return
    if not isinstance(node, Mapping):
        if not is_null(node):
            message = "A document of floe is a mapping: lines of the form `key: value`."
            span = Span(base + node.start, base + node.end)
            yield Finding("schema/not-a-mapping", span, message)
        return
    for slip in check.object(shape, node, node.start, _first_line(document)):
        yield _finding(document, slip, base)


def _finding(document: Document, slip: Slip, base: int) -> Finding:
    fixes = tuple(
        Fix(
            m.title,
            ((document, TextEdit(Span(base + m.start, base + m.end), m.new)),),
            m.preferred,
            m.safe,
        )
        for m in slip.mends
    )
    span = Span(base + slip.start, base + slip.end)
    return Finding(slip.code, span, slip.message, (), fixes, slip.tags, slip.severity)


def _first_line(document: Document) -> int:
    """How long the first line of the document is, for findings about the whole of it."""
    node = document.root.node
    assert node is not None
    start = document.root.base + node.start
    line, _ = document.lines.position(start)
    return max(document.lines.end(line) - document.root.base, node.start + 1)


class _Check:
    def __init__(self, document: Document, root: Shape) -> None:
        self.deep = tuple(f for f in root.rules.forbidden if f.deep)
        """Keys that may stand nowhere in the document, save where a field is known or any key is."""
        self.memo = document.memo
        if len(self.memo) > _MEMO_LIMIT:
            self.memo.clear()
        self.dialect, self.tier = document.dialect, document.tier
        self.seal = (document.dialect, document.tier)

    # --- collections

    def object(self, shape: Shape, node: Mapping, start: int, end: int) -> list[Slip]:
        """An object's slips, relative to the entry that holds it; `start` and `end` is where things that are
        missing are shown."""
        out: list[Slip] = []
        seen: dict[str, tuple[int, Entry]] = {}
        memo, seal, sid = self.memo, self.seal, id(shape)
        for at, entry in zip(node.at, node.entries, strict=True):
            token = id(entry), sid
            hit = memo.get(token)
            if hit is not None and hit[0] is entry and hit[1] == seal:
                slips = hit[2]
            else:
                slips = tuple(self.entry(shape, entry))
                memo[token] = entry, seal, slips, shape
            if slips:
                out += [slip.moved(at) for slip in slips] if at else slips
            key = entry.key
            if type(key) is Scalar:
                seen[shape.canonical(key.text)] = at, entry
        self.missing(shape, node, seen, start, end, out)
        self.constraints(shape, node, seen, start, end, out)
        return out

    def entry(self, shape: Shape, entry: Entry) -> Iterator[Slip]:
        """One key of an object and what it holds."""
        key = entry.key
        if not isinstance(key, Scalar):
            if key is not None:
                yield Slip(key.start, key.end, "schema/key", Severity.ERROR, "A key is a word here, not a list or mapping.")
            return
        name = key.text
        if key.style == "" and not isinstance(yaml11(name), str) and name not in ("<<",):
            yield from self.odd_key(key)
            if shape.child(name) is None:
                return
        forbidden = next((f for f in shape.rules.forbidden if not f.deep and _forbids(f, name)), None)
        child = shape.child(name)
        if forbidden is not None:
            severity = forbidden.severity[self.dialect]
            if severity is not None:
                message = f"`{name}` does not belong here: {forbidden.why}"
                yield Slip(key.start, key.end, forbidden.code, severity, message)
                return
        if child is None:
            yield from self.unknown(shape, entry, key)
            return
        yield from self.keyed(shape, child, entry, key)
        yield from self.value(child, entry.value, key.start, key.end, name)

    def odd_key(self, key: Scalar) -> Iterator[Slip]:
        read = _shown(yaml11(key.text))
        message = f"floe's loader reads the key `{key.text}` as {read}, and keys must be strings. Quote it."
        mend = Mend("Quote it", key.start, key.end, f'"{key.text}"', True, True)
        yield Slip(key.start, key.end, "schema/key", Severity.ERROR, message, (mend,))

    def keyed(self, shape: Shape, child: Shape, entry: Entry, key: Scalar) -> Iterator[Slip]:
        """What the presence of a known key breaks."""
        only = child.only
        if only is not None and self.tier not in only.tiers and not is_null(entry.value):
            severity = only.severity[self.dialect]
            if severity is not None:
                where = " or ".join(sorted(f"{tier} manifest" for tier in only.tiers))
                here = _TIER_WORDS[self.tier]
                message = f"`{key.text}` belongs in {_a(where)}, and this is {here}: {only.why}."
                yield Slip(key.start, key.end, only.code, severity, message)
        if child.deprecated is not None and (only is None or self.tier in only.tiers):
            severity = child.deprecated.severity[self.dialect]
            if severity is not None:
                code = child.deprecated.code or "schema/deprecated"
                message = f"`{key.text}` has no effect: {child.deprecated.why}"
                tags = (Tag.DEPRECATED, Tag.UNNECESSARY)
                yield Slip(key.start, key.end, code, severity, message, (), tags)
        if self.dialect not in child.dialects and not isinstance(entry, Folded):
            yield from self.foreign(shape, child, key)
        elif self.dialect is Dialect.DESIGN and Dialect.V1 not in child.dialects and shape.path:
            if Dialect.ADR not in child.dialects and not _dropped_by_adapter(shape):
                severity = shape.rules.unknown.severity[Dialect.V1]
                if severity is not None:
                    message = (
                        f"`{key.text}` stands in floe's design documents only: the released compiler refuses it."
                    )
                    yield Slip(key.start, key.end, "schema/not-shipped", severity, message)

    def foreign(self, shape: Shape, child: Shape, key: Scalar) -> Iterator[Slip]:
        severity = shape.rules.unknown.severity[self.dialect]
        if severity is None:
            return
        where = " and ".join(sorted(_DIALECT_WORDS[d] for d in child.dialects))
        message = f"`{key.text}` is a key of {where}; the released compiler does not read it here."
        yield Slip(key.start, key.end, "schema/not-shipped", severity, message)

    def unknown(self, shape: Shape, entry: Entry, key: Scalar) -> Iterator[Slip]:
        forbidden = next((f for f in self.deep if _forbids(f, key.text)), None)
        if forbidden is not None and (grave := forbidden.severity[self.dialect]) is not None:
            message = f"`{key.text}` does not belong here: {forbidden.why}"
            yield Slip(key.start, key.end, forbidden.code, grave, message)
            return
        severity = shape.rules.unknown.severity[self.dialect]
        code = shape.rules.unknown.code
        if severity is None:
            yield from self.anything(entry.value, key.text)
            return
        names = [c.name for c in shape.children() if self.dialect in c.dialects]
        meant = nearest(key.text, names)
        where = f" in `{shape.dotted}`" if shape.path else ""
        message = f"`{key.text}` is not a known key{where}."
        mends: tuple[Mend, ...] = ()
        if meant is not None:
            message += f" Did you mean `{meant}`?"
            if not isinstance(entry, Folded):
                mends = (Mend(f"Rename to `{meant}`", key.start, key.end, meant, True),)
        elif 0 < len(names) <= 12:
            message += f" Known here: {_list(names)}."
        yield Slip(key.start, key.end, code, severity, message, mends)
        yield from self.anything(entry.value, key.text)

    def anything(self, node: Node | None, key: str) -> Iterator[Slip]:
        """Values whose shape nobody knows: only secrets are looked for."""
        if isinstance(node, Scalar):
            yield from _secret(node, key)
        elif isinstance(node, Collection):
            for at, entry in zip(node.at, node.entries, strict=True):
                name = key_of(entry) or key
                for slip in self.anything(entry.value, name):
                    yield slip.moved(at)

    def missing(
        self, shape: Shape, node: Mapping, seen: dict[str, tuple[int, Entry]], start: int, end: int,
        out: list[Slip],
    ) -> None:  # fmt: skip
        for name, child in shape.fields.items():
            found = seen.get(name)
            if found is not None and (child.needed is None or not is_null(found[1].value)):
                continue
            if child.required and found is None:
                code, severity = "schema/required", Severity.ERROR
            elif child.needed is not None:
                if child.needed.tiers and self.tier not in child.needed.tiers:
                    continue
                wanted = child.needed.severity[self.dialect]
                if wanted is None:
                    continue
                code, severity = child.needed.code, wanted
            else:
                continue
            a, b = start, end
            if found is not None and found[1].key is not None:
                a, b = found[0] + found[1].key.start, found[0] + found[1].key.end
            elif child.needed is not None and child.needed.at:
                a, b = _place(node, seen, child.needed.at, a, b)
            where = f"`{shape.dotted}` needs" if shape.path else f"{_TIER_WORDS[self.tier].capitalize()} needs"
            if found is not None:
                message = f"`{name}` is empty: {_wants(child)}"
            else:
                message = f"{where} `{name}`: {_wants(child)}"
            out.append(Slip(a, b, code, severity, message, self.insertion(shape, child, node, found)))

    def insertion(
        self, shape: Shape, child: Shape, node: Mapping, found: tuple[int, Entry] | None
    ) -> tuple[Mend, ...]:
        """Adding a missing key whose only possible value is known."""
        if found is not None or node.flow or len(child.choices) != 1 or not node.entries:
            return ()
        at = node.at[0]
        text = f"{child.name}: {child.choices[0]}\n" + " " * max(node.column, 0)
        return (Mend(f"Add `{child.name}: {child.choices[0]}`", at, at, text, True, True),)

    def constraints(
        self, shape: Shape, node: Mapping, seen: dict[str, tuple[int, Entry]], start: int, end: int,
        out: list[Slip],
    ) -> None:  # fmt: skip
        if not shape.rules.constraints:
            return
        data = {name: self.plain(entry) for name, (_, entry) in seen.items()}
        for constraint in shape.rules.constraints:
            for breach in constraint.check(data):
                severity = breach.severity or constraint.severity[self.dialect]
                if severity is None:
                    continue
                a, b = _breached(shape, node, breach, start, end)
                out.append(Slip(a, b, constraint.code, severity, breach.message))

    def plain(self, entry: Entry) -> Any:
        """An entry's value as data, kept with the entry."""
        value = entry.value
        if isinstance(value, Scalar):
            return loaded(value)
        token = id(entry), 0
        hit = self.memo.get(token)
        if hit is None or hit[0] is not entry:
            if isinstance(value, Collection):
                data = self.plain_collection(value)
            else:
                data = plain(value)
            hit = self.memo[token] = entry, None, data
        return hit[2]

    def plain_collection(self, node: Collection) -> Any:
        if isinstance(node, Sequence):
            return [self.plain(entry) for entry in node.entries]
        return {loaded(e.key): self.plain(e) for e in node.entries if isinstance(e.key, Scalar)}

    # --- values

    def value(self, shape: Shape, node: Node | None, a: int, b: int, key: str) -> Iterator[Slip]:
        """What a field holds. `a` and `b` is where its key is."""
        if is_null(node):
            yield from self.null(shape, node, a, b, key)
            return
        assert node is not None
        if isinstance(node, Scalar) and node.style == "*":
            return  # an unknown anchor, reported as YAML
        match shape.kind:
            case "object":
                if isinstance(node, Mapping):
                    yield from self.object(shape, node, a, b)
                else:
                    yield self.wrong_type(shape, node, key)
            case "map":
                yield from self.map(shape, node, key)
            case "list":
                yield from self.list(shape, node, key)
            case "union":
                yield from self.union(shape, node, a, b, key)
            case "any":
                yield from self.anything(node, key)
            case _:
                yield from self.scalar(shape, node, key)

    def null(self, shape: Shape, node: Node | None, a: int, b: int, key: str) -> Iterator[Slip]:
        if shape.kind == "any" or (shape.needed is not None):
            return
        if shape.nullable and not (shape.category and self.dialect is Dialect.ADR):
            return
        if node is not None and node.end > node.start:
            a, b = node.start, node.end
        code = (shape.codes.type if shape.category else "") or "schema/empty"
        yield Slip(a, b, code, Severity.ERROR, f"`{key}` is empty: {_wants(shape)}")

    def map(self, shape: Shape, node: Node, key: str) -> Iterator[Slip]:
        if not isinstance(node, Mapping):
            yield self.wrong_type(shape, node, key)
            return
        item, keys = shape.item, shape.keys
        assert item is not None
        if shape.min_length is not None and len(node.entries) < shape.min_length:
            yield Slip(node.start, node.end, shape.codes.empty or "schema/empty", Severity.ERROR, f"`{key}` needs at least {_count(shape.min_length, 'entry')}.")
        if shape.max_length is not None and len(node.entries) > shape.max_length:
            yield Slip(node.start, node.end, shape.codes.range or "schema/range", Severity.ERROR, f"`{key}` may have at most {_count(shape.max_length, 'entry')}; this one has {len(node.entries)}.")
        for at, entry in zip(node.at, node.entries, strict=True):
            token = id(entry), id(item)
            hit = self.memo.get(token)
            if hit is None or hit[0] is not entry or hit[1] != self.seal:
                slips = tuple(self.map_entry(shape, keys, item, entry))
                hit = self.memo[token] = entry, self.seal, slips, item
            for slip in hit[2]:
                yield slip.moved(at)

    def map_entry(self, shape: Shape, keys: Shape | None, item: Shape, entry: Entry) -> Iterator[Slip]:
        key = entry.key
        if not isinstance(key, Scalar):
            if key is not None:
                yield Slip(key.start, key.end, "schema/key", Severity.ERROR, "A key is a word here, not a list or mapping.")
            return
        if key.style == "" and not isinstance(yaml11(key.text), str) and key.text != "<<":
            yield from self.odd_key(key)
        elif keys is not None and keys.choices and key.text not in keys.choices:
            meant = nearest(key.text, [str(c) for c in keys.choices])
            message = f"`{key.text}` is not one of {_list(keys.choices)}."
            mends = (Mend(f"Rename to `{meant}`", key.start, key.end, meant, True),) if meant else ()
            yield Slip(key.start, key.end, shape.codes.unknown or "schema/unknown-key", Severity.ERROR, message, mends)
        elif keys is not None and keys.known is not None and keys.known.code:
            yield from self.known(keys, key)
        yield from self.value(item, entry.value, key.start, key.end, key.text)

    def list(self, shape: Shape, node: Node, key: str) -> Iterator[Slip]:
        if not isinstance(node, Sequence):
            yield self.wrong_type(shape, node, key)
            return
        item = shape.item
        assert item is not None
        if shape.min_length is not None and len(node.entries) < shape.min_length:
            code = shape.codes.empty or "schema/empty"
            severity = Severity.ERROR
            if shape.needed is not None:
                code = shape.needed.code
                wanted = shape.needed.severity[self.dialect]
                if wanted is None:
                    return
                severity = wanted
            yield Slip(node.start, node.end, code, severity, f"`{key}` is empty: at least {_count(shape.min_length, 'item')} is needed." if shape.min_length == 1 else f"`{key}` needs at least {shape.min_length} items.")
        if shape.max_length is not None and len(node.entries) > shape.max_length:
            yield Slip(node.start, node.end, shape.codes.range or "schema/range", Severity.ERROR, f"`{key}` may have at most {_count(shape.max_length, 'item')}; this one has {len(node.entries)}.")
        first: dict[Any, int] = {}
        memo, seal, iid = self.memo, self.seal, id(item)
        unique = shape.codes.duplicate
        for index, (at, entry) in enumerate(zip(node.at, node.entries, strict=True)):
            token = id(entry), iid
            hit = memo.get(token)
            if hit is None or hit[0] is not entry or hit[1] != seal:
                slips = tuple(self.item(shape, item, entry, key))
                hit = memo[token] = entry, seal, slips, item
            if hit[2]:
                for slip in hit[2]:
                    yield slip.moved(at)
            if unique and isinstance(entry.value, Scalar) and not is_null(entry.value):
                value = entry.value.value
                if value in first:
                    message = f"`{entry.value.text}` stands in `{key}` already, as item {first[value] + 1}."
                    a, b = at + entry.value.start, at + entry.value.end
                    yield Slip(a, b, unique, Severity.WARNING, message, (), (Tag.UNNECESSARY,))
                first.setdefault(value, index)

    def item(self, shape: Shape, item: Shape, entry: Entry, key: str) -> Iterator[Slip]:
        node = entry.value
        if is_null(node):
            if not item.nullable and item.kind != "any":
                a, b = (node.start, node.end) if node is not None else (0, 1)
                message = f"This item of `{key}` is empty: {_wants(item)}"
                yield Slip(a, max(b, a + 1), shape.codes.empty or "schema/empty", Severity.ERROR, message)
            return
        assert node is not None
        start = node.start
        end = node.end
        if isinstance(node, Mapping) and node.entries:  # show what is missing on the item's first line
            first = node.entries[0]
            value = first.value
            end = node.at[0] + max(
                first.key.end if first.key else 0,
                value.end if isinstance(value, Scalar) else 0,
            )
        yield from self.value(item, node, start, max(end, start + 1), key)

    def union(self, shape: Shape, node: Node, a: int, b: int, key: str) -> Iterator[Slip]:
        option = self.option(shape, node)
        if option is None:
            yield self.wrong_type(shape, node, key)
            return
        if isinstance(option, str):
            choices = _list(_discriminators(shape))
            where = node if not isinstance(node, Mapping) else None
            found = next((e for e in zip(node.at, node.entries, strict=True) if key_of(e[1]) == shape.discriminator), None) if isinstance(node, Mapping) else None
            if found is not None and found[1].value is not None:
                at, entry = found
                assert entry.value is not None
                a, b = at + entry.value.start, at + entry.value.end
            elif where is not None:
                a, b = where.start, where.end
            mends: tuple[Mend, ...] = ()
            if found is not None and (meant := nearest(option, _discriminators(shape))):
                mends = (Mend(f"Change to `{meant}`", a, b, meant, True),)
            message = (
                f"`{shape.discriminator}` is `{option}`, but must be one of {choices}."
                if option
                else f"`{shape.discriminator}` must be written out: one of {choices}."
            )
            yield Slip(a, b, "schema/choice", Severity.ERROR, message, mends)
            return
        yield from self.value(option, node, a, b, key)

    def option(self, shape: Shape, node: Node) -> Shape | str | None:
        """The option that a node is meant to be; the wrong discriminator where none is; None for a wrong type."""
        if shape.discriminator and isinstance(node, Mapping):
            said = ""
            for entry in node.entries:
                if key_of(entry) == shape.discriminator and isinstance(entry.value, Scalar):
                    said = entry.value.text
            for option in shape.options:
                field = option.fields.get(shape.discriminator)
                if field is not None and said in field.choices:
                    return option
            return said
        fitting = [option for option in shape.options if _fits(option, node)]
        if len(fitting) > 1 and isinstance(node, Mapping):
            keys = {key_of(entry) for entry in node.entries}
            fitting.sort(key=lambda o: len(keys & set(o.fields)), reverse=True)
        return fitting[0] if fitting else None

    def scalar(self, shape: Shape, node: Node, key: str) -> Iterator[Slip]:
        if not isinstance(node, Scalar):
            yield self.wrong_type(shape, node, key)
            return
        modern, value = node.value, loaded(node)
        ok = typed(shape, value)
        if ok is WRONG:
            other = typed(shape, modern)
            if other is not WRONG and node.style == "" and (not shape.choices or other in shape.choices):
                yield self.ambiguous(node, value, key)
                return
            if shape.kind == "str" and node.style == "":
                yield self.unquoted(shape, node, value, key)
                return
            yield self.wrong_type(shape, node, key)
            return
        if node.style == "" and modern != value and type(modern) is type(value):
            message = (
                f"`{node.text}` is {_shown(modern)} in YAML 1.2, but floe's loader reads YAML 1.1, "
                f"where it is {_shown(value)}."
            )
            yield Slip(node.start, node.end, "yaml/ambiguous-scalar", Severity.WARNING, message)
        if shape.choices and ok not in shape.choices:
            yield from self.not_a_choice(shape, node, value, key)
            return
        yield from self.limits(shape, node, ok, key)
        if isinstance(ok, str):
            yield from self.form(shape, node, ok, key)
            if shape.known is not None and shape.known.code:
                yield from self.known(shape, node)
            if key and shape.form is None:
                yield from _secret(node, key)

    def ambiguous(self, node: Scalar, value: Any, key: str) -> Slip:
        message = (
            f"Unquoted `{node.text}` is {_shown(value)} to floe's loader, which reads YAML 1.1: "
            f"{differs(node.text) or 'write it in quotes'}. Quote it to keep the word."
        )
        mend = Mend("Quote it", node.start, node.end, f'"{node.text}"', True, True)
        return Slip(node.start, node.end, "yaml/ambiguous-scalar", Severity.ERROR, message, (mend,))

    def unquoted(self, shape: Shape, node: Scalar, value: Any, key: str) -> Slip:
        message = f"`{key}` is a string, and unquoted `{node.text}` is {_shown(value)}. Quote it."
        mend = Mend("Quote it", node.start, node.end, f'"{node.text}"', True, True)
        code = shape.codes.type or "schema/type"
        return Slip(node.start, node.end, code, Severity.ERROR, message, (mend,))

    def not_a_choice(self, shape: Shape, node: Scalar, value: Any, key: str) -> Iterator[Slip]:
        a, b = node.start, node.end
        mistaken = shape.mistaken
        if mistaken is not None and value in mistaken.instead:
            right = mistaken.instead[value]
            mend = Mend(f"Change to `{right}`", a, b, str(right), True)
            yield Slip(a, b, mistaken.code, Severity.ERROR, f"{mistaken.why}", (mend,))
            return
        words = [str(c) for c in shape.choices]
        meant = nearest(node.text, words) if isinstance(value, str) else None
        said = f"`{node.text}`" + ("" if isinstance(value, str) else f" ({_shown(value)})")
        message = f"`{key}` is {said}, but must be {_one_of(words)}."
        if meant:
            message += f" Did you mean `{meant}`?"
        mends = tuple(
            Mend(f"Change to `{word}`", a, b, _quoted_choice(word), word == meant or len(words) == 1)
            for word in sorted(words, key=lambda w: w != meant)[:6]
        )
        code = shape.codes.choice or "schema/choice"
        yield Slip(a, b, code, Severity.ERROR, message, mends)

    def limits(self, shape: Shape, node: Scalar, value: Any, key: str) -> Iterator[Slip]:
        a, b = node.start, node.end
        if isinstance(value, int | float) and not isinstance(value, bool):
            low, high = shape.minimum, shape.maximum
            if (low is not None and not value >= low) or (high is not None and not value <= high):
                message = f"`{key}` is {_number(value)}, but must be {_interval(low, high)}."
                near = low if low is not None and value < low else high
                mends: tuple[Mend, ...] = ()
                if near is not None:
                    mends = (Mend(f"Change to {_number(near)}", a, b, _number(near)),)
                yield Slip(a, b, shape.codes.range or "schema/range", Severity.ERROR, message, mends)
        elif isinstance(value, str):
            low, high = shape.min_length, shape.max_length
            if low is not None and len(value) < low:
                message = f"`{key}` is empty: {_wants(shape)}" if not value else f"`{key}` is too short: at least {_count(int(low), 'character')}."
                yield Slip(a, b, shape.codes.empty or "schema/empty", Severity.ERROR, message)
            if high is not None and len(value) > high:
                message = f"`{key}` has {len(value)} characters, {len(value) - int(high)} too many: at most {int(high)} are allowed."
                yield Slip(a, b, shape.codes.range or "schema/range", Severity.ERROR, message)

    def form(self, shape: Shape, node: Scalar, value: str, key: str) -> Iterator[Slip]:
        if shape.form is None or (not value and shape.min_length):
            return
        form = FORMATS[shape.form.name]
        wrong = form.check(value)
        if wrong is None:
            return
        severity = (shape.form.severity or form.severity)[self.dialect]
        if severity is None:
            return
        a, b = node.start, node.end
        mends: tuple[Mend, ...] = ()
        if form.suggest is not None and (right := form.suggest(value)):
            mends = (Mend(f"Change to `{right}`", a, b, _as_written(node, right), True),)
        code = shape.codes.form or form.code
        yield Slip(a, b, code, severity, f"`{key}`: {wrong}", mends)

    def known(self, shape: Shape, node: Scalar) -> Iterator[Slip]:
        """A value that is allowed, though nobody knows it."""
        known = shape.known
        assert known is not None
        severity = known.severity[self.dialect]
        if severity is None or node.text in known.values:
            return
        meant = nearest(node.text, list(known.values))
        message = f"`{node.text}` is not a known value."
        message += f" Did you mean `{meant}`?" if meant else f" Known: {_list(known.values)}."
        mends = (Mend(f"Change to `{meant}`", node.start, node.end, meant, True),) if meant else ()
        yield Slip(node.start, node.end, known.code, severity, message, mends)

    def wrong_type(self, shape: Shape, node: Node, key: str) -> Slip:
        what = _what(node)
        start, end = node.start, node.end
        code = shape.codes.type or "schema/type"
        message = f"`{key}` is {what}, but {_must(shape)}."
        if shape.kind == "list" and isinstance(node, Scalar):
            mend = Mend("Write it as a list", start, end, f"[{_source(node)}]", True)
            return Slip(start, end, code, Severity.ERROR, message, (mend,))
        if isinstance(node, Collection) and not node.flow and node.entries:
            first = node.entries[0]  # a whole block in red says less than its first line
            value = first.value if isinstance(first.value, Scalar) else None
            end = node.at[0] + max(first.colon, first.key.end if first.key else 0, value.end if value else 0)
        return Slip(start, max(end, start + 1), code, Severity.ERROR, message)


# --- reading


_TIER_WORDS = {
    Tier.ENTERPRISE: "an enterprise manifest",
    Tier.DOMAIN: "a domain manifest",
    Tier.PLATFORM: "a manifest without scope",
    Tier.PRODUCT: "a data product",
}
_DIALECT_WORDS = {
    Dialect.ADR: "the ADR's short form",
    Dialect.DESIGN: "floe's design documents",
    Dialect.V1: "the released form",
}


def _fits(shape: Shape, node: Node) -> bool:
    """Whether a node is of the sort that a shape wants."""
    match shape.kind:
        case "any":
            return True
        case "object" | "map":
            return isinstance(node, Mapping)
        case "list":
            return isinstance(node, Sequence)
        case "union":
            return any(_fits(option, node) for option in shape.options)
    return isinstance(node, Scalar) and typed(shape, loaded(node)) is not WRONG


def _forbids(forbidden: ForbiddenKeys, name: str) -> bool:
    return (name.lower() if forbidden.ignore_case else name) in forbidden.names


def _dropped_by_adapter(shape: Shape) -> bool:
    """Parts of a design document that have no counterpart and do no harm: its metadata and transforms."""
    return shape.rules.unknown.severity[Dialect.DESIGN] is None


def _secret(node: Scalar, key: str) -> Iterator[Slip]:
    if node.style == "*" or not isinstance(node.value, str):
        return
    reason = looks_secret(key, node.value)
    if reason is not None:
        message = (
            f"`{key}` {reason}. A file that is committed and published is no place for a secret: "
            "name a Kubernetes Secret, or an environment variable, instead."
        )
        yield Slip(node.start, node.end, "security/plain-secret", Severity.WARNING, message)


def _breached(shape: Shape, node: Mapping, breach: Breach, a: int, b: int) -> tuple[int, int]:
    """Where a breach is shown: its value, or its key, or what is nearest to it."""
    here: Node | None = node
    base = 0
    for step in breach.path:
        entry, at = None, 0
        if isinstance(step, int) and isinstance(here, Sequence) and step < len(here.entries):
            entry, at = here.entries[step], here.at[step]
        elif isinstance(step, str) and isinstance(here, Mapping):
            for offset, candidate in zip(here.at, here.entries, strict=True):
                if key_of(candidate) == step or (
                    here is node and shape.canonical(key_of(candidate) or "") == step
                ):
                    entry, at = candidate, offset
        if entry is None:
            break
        base += at
        here = entry.value
        if entry.key is not None:
            a, b = base + entry.key.start, base + entry.key.end
        if here is not None and not breach.on_key and (isinstance(here, Scalar) or here.flow):  # type: ignore[attr-defined]
            a, b = base + here.start, base + here.end
        elif entry.key is None and isinstance(here, Mapping) and here.entries:
            first = here.entries[0]
            a = base + here.at[0]
            b = a + max(first.colon, first.key.end if first.key else 0)
    return a, b


def _place(
    node: Mapping, seen: dict[str, tuple[int, Entry]], path: tuple[str, ...], a: int, b: int
) -> tuple[int, int]:
    found = seen.get(path[0])
    if found is None or found[1].key is None:
        return a, b
    at, entry = found
    assert entry.key is not None
    return at + entry.key.start, at + max(entry.key.end, entry.value.end if entry.value else 0)


def _discriminators(shape: Shape) -> list[str]:
    out: list[str] = []
    for option in shape.options:
        field = option.fields.get(shape.discriminator)
        out += [str(c) for c in field.choices] if field else []
    return out


# --- words


def _what(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    assert isinstance(node, Scalar)
    value = loaded(node)
    if isinstance(value, str):
        return f"the text `{_short(value)}`"
    return _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {_number(value)}"
    if hasattr(value, "isoformat"):
        return f"the date {value.isoformat()}"
    return f"`{_short(str(value))}`"


def _must(shape: Shape) -> str:
    match shape.kind:
        case "object":
            if shape.category is not None:
                return "a plugin is written as its name, or as a mapping with `type`"
            names = [c.name for c in shape.fields.values()][:5]
            return f"must be a mapping with keys such as {_list(names)}" if names else "must be a mapping"
        case "map":
            return "must be a mapping"
        case "list":
            return f"must be a list of {_plural(shape.item)}"
        case "bool":
            return "must be true or false"
        case "int":
            return f"must be a whole number{_limits_text(shape)}"
        case "float":
            return f"must be a number{_limits_text(shape)}"
        case "union":
            return "must be " + " or ".join(dict.fromkeys(_article(o) for o in shape.options))
        case "date":
            return "must be a date such as 2026-12-31"
        case "datetime":
            return "must be a date and time such as 2026-12-31T12:00:00Z"
    if shape.choices:
        return f"must be {_one_of([str(c) for c in shape.choices])}"
    return "must be a string"


def _wants(shape: Shape) -> str:
    """A sentence that says what a field wants, as it ends a message."""
    if shape.choices:
        return f"it is {_one_of([str(c) for c in shape.choices])}."
    doc = shape.doc.split("\n\n")[0].replace("\n", " ").strip()
    first = doc.split(". ")[0].rstrip(".")
    if first:
        lowered = first[0].lower() + first[1:] if not first[:2].isupper() else first
        return f"{lowered}."
    return f"it is {_article(shape)}."


def _article(shape: Shape) -> str:
    match shape.kind:
        case "list":
            return f"a list of {_plural(shape.item)}"
        case "object" | "map":
            return "a mapping"
        case "int":
            return "a whole number"
        case "float":
            return "a number"
        case "bool":
            return "true or false"
    return "a string"


def _plural(shape: Shape | None) -> str:
    if shape is None:
        return "values"
    return {
        "str": "strings", "int": "whole numbers", "float": "numbers", "object": "mappings",
        "map": "mappings", "list": "lists", "bool": "true or false",
    }.get(shape.kind, "values")  # fmt: skip


def _limits_text(shape: Shape) -> str:
    if shape.minimum is None and shape.maximum is None:
        return ""
    return f", {_interval(shape.minimum, shape.maximum)}"


def _interval(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {_number(low)} to {_number(high)}"
    return f"{_number(low)} or more" if low is not None else f"{_number(high or 0)} or less"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)


def _list(words: Any) -> str:
    words = [f"`{word}`" for word in words]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _one_of(words: list[str]) -> str:
    if len(words) == 1:
        return f"`{words[0]}`"
    quoted = [f"`{word}`" for word in words]
    return ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _count(number: int, noun: str) -> str:
    plural = "entries" if noun == "entry" else noun + "s"
    return f"one {noun}" if number == 1 else f"{number} {plural}"


def _a(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "…"


def _quoted_choice(word: str) -> str:
    return f'"{word}"' if not isinstance(yaml11(word), str) and word not in ("true", "false") else word


def _as_written(node: Scalar, new: str) -> str:
    return f"{node.style}{new}{node.style}" if node.style in ('"', "'") else new


def _source(node: Scalar) -> str:
    return _as_written(node, node.text)


