"""What could be written at the cursor: keys that are allowed there and missing, and values that are right.

`insert` may have several lines. As editors do with snippets, the white space with which the cursor's line begins
is meant to be put before each line but the first (the protocol's `adjustIndentation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from floe_ls.chain.layers import Found
from floe_ls.chain.ref import OciRef, parse_ref, resolve_path
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.preferred import preferred_key, writes_names_alone
from floe_ls.ide import markdown as md
from floe_ls.ide.approved import Approved, approved_plugins, approved_sinks, categories_with
from floe_ls.ide.cursor import INDENT, Cursor, Place, cursor_at, shorthand, written_as
from floe_ls.ide.freshness import after_colon, tags_for
from floe_ls.ide.hover import MANIFESTS, documentation_of
from floe_ls.ide.mend import relative_path
from floe_ls.ide.model import Completion, ItemKind
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row, called
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.meta import Category, Merge, Role, Severity, Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.schema.timezones import ZONES
from floe_ls.syntax.edits import written

_SCOPES = {
    "enterprise": "the top of three tiers: decides for all domains",
    "domain": "the middle of three tiers: decides for its products",
}
_OFFERED = frozenset(
    {
        Role.PLUGIN_NAME, Role.TRANSFORM_COMPUTE, Role.SINK_TYPE, Role.PARENT, Role.PLATFORM,
        Role.TRANSFORM_PATH, Role.NAME, Role.PRODUCTS, Role.DEPENDS_ON, Role.WHITELIST,
    }
)  # fmt: skip
"""Roles for whose values there are proposals of their own."""
_MANY = 2_000
"""Products of a workspace beyond which only those of the domain itself are proposed to it."""
_DEEPEST = 3
"""Blocks that a snippet opens in one another."""


def completions(
    snapshot: Snapshot, document: Document, offset: int, *, snippets: bool = False
) -> list[Completion]:
    """The proposals for a place in a document, the best first. `snippets` says whether the client takes them."""
    if versions := after_colon(snapshot, document, offset):
        return versions
    root = snapshot.shapes.get(document.kind)
    cursor = cursor_at(document, root, offset) if root is not None else None
    if cursor is None:
        return []
    here = _Here(snapshot, document, cursor, snippets)
    found = here.keys() if cursor.place is Place.KEY else here.values()
    out: dict[str, Completion] = {}
    for item in found:
        out.setdefault(item.label, item)
    return sorted(out.values(), key=lambda item: item.sort)


def documentation(snapshot: Snapshot, document: Document, item: Completion) -> str:
    """What there is to say of a proposal, asked for when a reader looks at it."""
    if item.doc or not item.path:
        return item.doc
    return documentation_of(snapshot, document, item.path)


@dataclass(frozen=True)
class _Value:
    """A proposed value. `rank` orders: lower is better."""

    value: Any
    kind: ItemKind = ItemKind.VALUE
    detail: str = ""
    doc: str = ""
    rank: int = 5
    deprecated: bool = False


@dataclass(frozen=True)
class _Here:
    snapshot: Snapshot
    document: Document
    cursor: Cursor
    snippets: bool

    @property
    def tier(self) -> Tier:
        return self.document.tier

    @cached_property
    def above(self) -> bool:
        """Whether some layer above is known."""
        return len(self.snapshot.chain(self.document).layers) > 1

    # --- keys

    def keys(self) -> Iterator[Completion]:
        cursor = self.cursor
        for shape in cursor.shapes:
            for index, child in enumerate(shape.children()):
                if child.name not in cursor.present and self.allowed(child):
                    yield self.key(child, self.rank(child), index)
            if shape.kind == "map" and shape.item is not None and shape.keys is not None:
                for index, name in enumerate(shape.keys.known.values if shape.keys.known else ()):
                    if name not in cursor.present:
                        yield self.key(shape.item, 2, index, name)
        if self.snippets and cursor.lead.endswith("- "):
            yield from self.whole_items()

    def allowed(self, child: Shape) -> bool:
        """Whether a field may stand in a document of this tier and dialect."""
        if self.document.dialect not in child.dialects:
            return False
        return (
            child.only is None
            or self.tier in child.only.tiers
            or self.document.kind is Kind.PRODUCT
        )

    def rank(self, child: Shape) -> int:
        """What is required first, then what floe's released form requires, what is of no use last."""
        if child.deprecated is not None:
            return 9
        if child.needed is None:
            return 2 if child.role is Role.SCOPE else 1 if child.required else 3
        if child.needed.tiers and self.tier not in child.needed.tiers:
            return 3
        severity = child.needed.severity[self.document.dialect]
        if severity is None:
            return 6 if _is_envelope(child) else 2
        return 1 if severity is Severity.ERROR else 2

    def key(self, child: Shape, rank: int, index: int, name: str = "") -> Completion:
        path = (*self.cursor.path, name or child.name)
        label = preferred_key(self.document.kind, self.document.dialect, path)
        required = rank == 1
        words = md.prose(child.doc).split("\n")[0]
        tail, retrigger = self.tail(child)
        if self.snippets and sum(child.name in s.fields for s in self.cursor.shapes) > 1:
            tail, retrigger = ": $0", True  # what stands here chooses which other keys there are
        made = Completion(
            label, self.inserted_key(label, tail), self.cursor.word, ItemKind.KEY,
            detail="required" if required else "", snippet=self.snippets and not self.cursor.colon,
            sort=f"{rank}{index:03d}", deprecated=child.deprecated is not None,
            retrigger=retrigger and not self.cursor.colon, path=path,
        )  # fmt: skip
        return (
            made if words or child.deprecated is None else replace(made, doc=child.deprecated.why)
        )

    def inserted_key(self, label: str, tail: str) -> str:
        cursor = self.cursor
        if cursor.quote:
            quoted = _in_quotes(label, cursor.quote)
            if cursor.colon or cursor.closed:
                return quoted
            label = quoted + cursor.quote
        else:
            label = written(label, cursor.flow)
        if cursor.colon:
            return label
        lead = self.lead
        return (_escaped(lead + label) if self.snippets else lead + label) + tail

    def tail(self, child: Shape) -> tuple[str, bool]:
        """What follows a new key, from its colon on, and whether proposals for its value should follow."""
        cursor = self.cursor
        if not self.snippets:
            return (": " if cursor.flow or not self.is_block(child) else ":"), False
        if cursor.flow:
            brackets = {"object": "{$0}", "map": "{$0}", "list": "[$0]"}
            name = shorthand(child) if child.kind == "object" else None
            inside = "$0" if self.names_alone(child) else brackets.get(child.kind, "$0")
            if name is not None and inside != "$0":
                inside = f"{{{name.name}: $0}}"
            return ": " + inside, self.offers(child)
        if self.reindents:
            return ":$0" if self.is_block(child) else ": $0", self.offers(child)
        snippet = _Snippet(self, cursor.column)
        text = snippet.value(child)
        return ":" + text, snippet.offers

    def offers(self, child: Shape, holder: Shape | None = None) -> bool:
        """Whether there are proposals for what a field holds."""
        if len(child.choices) > 1 or child.kind in ("bool", "object", "map"):
            return True
        if child.kind == "list" and child.item is not None:
            return self.offers(child.item, child)
        if child.role in _OFFERED or (holder is not None and holder.role in _OFFERED):
            return True
        return bool(child.known or child.form or child.examples or child.default is not None)

    @cached_property
    def lead(self) -> str:
        return self.relative(self.cursor.lead)

    @property
    def reindents(self) -> bool:
        """Whether the white space before the cursor is replaced too, so that editors disagree on what further
        lines are relative to."""
        return self.cursor.word.start < self.cursor.offset and not self.cursor.typed.strip(" ")

    def is_block(self, child: Shape) -> bool:
        """Whether its value stands on the lines below its key."""
        if self.names_alone(child):
            return False
        return written_as(child, self.document.dialect).kind in ("object", "map", "list")

    def names_alone(self, child: Shape) -> bool:
        """Whether a plugin is written as its name alone."""
        name = shorthand(child) if child.kind == "object" else None
        if name is None or not writes_names_alone(self.document.dialect):
            return False
        plugins = self.snapshot.manifest_shape.role_shape(Role.PLUGIN_NAME)
        return plugins is not None and plugins.name == name.name

    def whole_items(self) -> Iterator[Completion]:
        """A whole new item of a list of mappings."""
        for shape in self.cursor.shapes:
            needed = [c for c in shape.children() if self.rank(c) == 1 and self.allowed(c)]
            if len(needed) > 1:
                text = _Snippet(self, self.cursor.column).item(shape)
                insert = _escaped(self.lead) + text
                label = f"new: {', '.join(c.name for c in needed)}"
                yield Completion(
                    label, insert, self.cursor.word, ItemKind.SNIPPET, detail="a whole entry", snippet=True,
                    sort="0000", filter=needed[0].name, path=self.cursor.path,
                )  # fmt: skip

    def relative(self, text: str) -> str:
        """A text whose lines, but for the first, begin at columns of the document, as seen from the cursor's line."""
        first, *rest = text.split("\n")
        indent = 0 if self.reindents else self.cursor.line_indent
        return "\n".join(
            (first, *(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in rest))
        )

    # --- values

    def values(self) -> Iterator[Completion]:
        index = 0
        for shape in self.cursor.shapes:
            for value in self.proposed(shape):
                if value.value in self.siblings:
                    continue
                yield self.value(value, index)
                index += 1

    @cached_property
    def siblings(self) -> list[Any]:
        """What the list holds already that the value would be an item of."""
        path = self.cursor.path
        if not path or not isinstance(path[-1], int):
            return []
        holder = self.document.at(path[:-1])
        span = self.cursor.word
        return [
            child.value
            for _, child in (holder.children() if holder is not None else ())
            if not (child.value_span.start <= span.start <= span.end <= child.value_span.end)
        ]

    def value(self, proposed: _Value, index: int) -> Completion:
        cursor = self.cursor
        text = _text(proposed.value)
        label = md.visible(text, 120)
        insert = self.inserted_value(proposed.value)
        return Completion(
            label, insert, cursor.word, proposed.kind, detail=proposed.detail, doc=proposed.doc,
            sort=f"{proposed.rank}{index:04d}", filter=text if insert != label else "",
            deprecated=proposed.deprecated, path=self.field_path,
        )  # fmt: skip

    @property
    def field_path(self) -> Path:
        path = self.cursor.path
        return path[:-1] if path and isinstance(path[-1], int) else path

    def inserted_value(self, value: Any) -> str:
        cursor = self.cursor
        if cursor.quote:
            return _in_quotes(_text(value), cursor.quote) + ("" if cursor.closed else cursor.quote)
        text = written(value, cursor.flow or cursor.bracket)
        return self.lead + (f"[{text}]" if cursor.bracket else text)

    def proposed(self, shape: Shape) -> Iterator[_Value]:
        """The values that a field may have, as far as they can be told."""
        if shape.kind == "union":
            for option in shape.options:
                yield from self.proposed(option)
            examples = (e for e in shape.examples if isinstance(e, str | int | float))
            yield from (_Value(e, detail="example", rank=6) for e in examples)
            return
        special = list(self.by_role(shape))
        yield from special
        if shape.choices:
            yield from self.choices(shape)
        elif shape.kind == "bool":
            yield from self.choices(shape, (True, False))
        elif not special:
            yield from self.suggestions(shape)

    def choices(self, shape: Shape, values: tuple[Any, ...] = ()) -> Iterator[_Value]:
        limit = self.least(shape)
        for choice in values or shape.choices:
            default = shape.has_default and choice == shape.default
            detail = "default" if default else ""
            rank = 3 if default else 4
            if shape.role is Role.SCOPE:
                detail = _SCOPES.get(choice, "")
            if limit is not None and (strictness := shape.inherit.strictness(choice)) is not None:
                least, who = limit
                if strictness < least:
                    detail, rank = f"weaker than {who} requires", 8
            doc = md.document("The default." if default else "", _choice_words(shape, choice))
            yield _Value(choice, ItemKind.CHOICE, detail, doc, rank)

    def least(self, shape: Shape) -> tuple[float, str] | None:
        """How strict the layers above already are, and who says so, where a lower one may only tighten it."""
        if (
            shape.inherit.merge is not Merge.STRENGTHEN
            or self.document.kind is not Kind.MANIFEST
            or not self.above
        ):
            return None
        setting = self.snapshot.inherited(self.document).at(self.cursor.path)
        said = [
            (rank, _origin_name(o.layer.tier))
            for o in (setting.origins if setting is not None else ())
            if o.layer.document is not self.document
            and (rank := shape.inherit.strictness(o.value)) is not None
        ]
        return max(said, default=None)

    def suggestions(self, shape: Shape) -> Iterator[_Value]:
        """Where any value may stand: those that are known, that have the right form, or that are the default."""
        form = FORMATS.get(shape.form.name) if shape.form else None
        if shape.known is not None:
            for name in shape.known.values:
                yield _Value(name)
        if form is not None and form.name == "timezone":
            for rank, zone in enumerate((*form.examples, *ZONES)):
                yield _Value(zone, rank=4 if rank < len(form.examples) else 5)
            return
        if shape.has_default and isinstance(shape.default, str | int | float):
            yield _Value(shape.default, detail="default", rank=4)
        for example in (*shape.examples, *(form.examples if form is not None else ())):
            if isinstance(example, str | int | float):
                told = (
                    form.meaning(example)
                    if form and form.meaning and isinstance(example, str)
                    else None
                )
                yield _Value(example, detail=told or "example", rank=6)

    # --- values that depend on what else there is

    def by_role(self, shape: Shape) -> Iterator[_Value]:
        path = self.cursor.path
        match shape.role:
            case Role.PLUGIN_NAME:
                yield from self.plugins(str(path[-2]) if len(path) > 1 else "")
            case Role.TRANSFORM_COMPUTE if shape.known is not None:
                category = categories_with(self.snapshot, shape.known.values)
                yield from self.approved(
                    approved_plugins(self.snapshot, self.document, category), shape.known.values
                )
            case Role.SINK_TYPE:
                known = tuple(v for v in shape.examples if isinstance(v, str))
                yield from self.approved(approved_sinks(self.snapshot, self.document), known)
            case Role.PARENT | Role.PLATFORM:
                yield from self.references(shape.role)
            case Role.TRANSFORM_PATH:
                yield from self.folders()
            case Role.NAME:
                name = called(self.document.uri, self.document.kind)
                form = FORMATS.get(shape.form.name) if shape.form else None
                if name and (form is None or form.check(name) is None):
                    yield _Value(name, detail="the folder's name", rank=3)
        if len(path) > 1 and isinstance(path[-1], int):
            yield from self.items(path)

    def items(self, path: Path) -> Iterator[_Value]:
        root = self.snapshot.shapes[self.document.kind]
        holder = root.at(path[:-1])
        whitelist = root.role_path(Role.WHITELIST)
        if (
            whitelist is not None
            and path[: len(whitelist)] == whitelist
            and len(path) > len(whitelist) + 1
        ):
            category = self.category(str(path[len(whitelist)]))
            yield from (
                _Value(name, ItemKind.PLUGIN) for name in (category.known if category else ())
            )
        role = holder.role if holder is not None else None
        if role is Role.PRODUCTS:
            yield from self.products()
        elif role is Role.DEPENDS_ON:
            yield from self.transforms(path)

    def category(self, name: str) -> Category | None:
        plugins = self.snapshot.manifest_shape.role_shape(Role.PLUGINS)
        shape = plugins.fields.get(name) if plugins is not None else None
        return shape.category if shape is not None else None

    def plugins(self, category: str) -> Iterator[_Value]:
        known = self.category(category)
        approved = approved_plugins(self.snapshot, self.document, category)
        names = known.known if known is not None else ()
        decided = self.decided()
        if decided is not None:
            who, name, place = decided
            yield _Value(name, ItemKind.PLUGIN, f"{who} decides", f"Set by {place}.", 1)
            yield from (
                _Value(
                    n,
                    ItemKind.PLUGIN,
                    f"{who} decides: {name}",
                    f"Set by {place}: {md.code(name)}.",
                    8,
                )
                for n in names
                if n != name
            )
            return
        yield from self.approved(approved, names)

    def decided(self) -> tuple[str, str, str] | None:
        """Who above has chosen for all, what, and where; None where this document may choose."""
        setting = self.snapshot.inherited(self.document).at(self.cursor.path)
        if setting is None or setting.rule != Merge.IMMUTABLE.value or setting.winner is None:
            return None
        winner = setting.winner
        if winner.layer.document is self.document or not isinstance(winner.value, str):
            return None
        return (
            _origin_name(winner.layer.tier),
            winner.value,
            self.place(winner.layer.document, winner.line),
        )

    def approved(self, approved: Approved, known: Iterable[str]) -> Iterator[_Value]:
        """The approved names first, and the others with the reason why they are not."""
        if approved.waits_for:
            told = "not known whether it is approved"
            yield from (_Value(name, ItemKind.PLUGIN, told, rank=4) for name in known)
            return
        if approved.names is None:
            yield from (_Value(name, ItemKind.PLUGIN, rank=4) for name in known)
            return
        origin = approved.origin
        file = origin.layer.document if origin is not None else self.document
        line = origin.line if origin is not None else None
        place = self.place(file, line)
        own = file is self.document
        for name in approved.names:
            yield _Value(name, ItemKind.PLUGIN, "approved", f"Approved by {place}.", 2)
        names = ", ".join(approved.names) or "none"
        where = "this file" if own else file.name
        told = (
            f"not approved by {where}"
            + (f" line {line + 1}" if line is not None else "")
            + f": {names}"
        )
        listed = md.listed(md.code(n) for n in approved.names) or "nothing"
        for name in known:
            if name not in approved.names:
                doc = f"Not approved: {place} approves {listed}."
                # Struck out, so that it is told from the approved ones before it is chosen.
                yield _Value(name, ItemKind.PLUGIN, told, doc, 8, deprecated=True)

    def products(self) -> Iterator[_Value]:
        census = self.snapshot.census
        approving = {
            name: row.document.name
            for row in census.manifests
            if row.document is not self.document
            for name in row.approves or ()
        }
        leads: dict[str, bool] = {}
        many = len(census.products) > _MANY
        for row in census.products:
            builds = self.leads_here(row, leads)
            other = approving.get(row.name)
            if many and not builds:
                continue  # of thousands, those of other domains would only be in the way
            detail = "builds on this domain" if builds else row.document.name
            if other is not None:
                detail = f"approved by {other}; a product has one domain"
            doc = self.place(row.document) + (
                f", builds on {md.code(row.ref)}." if row.ref else "."
            )
            rank = 8 if other is not None else 2 if builds else 5
            yield _Value(row.name, ItemKind.PRODUCT, detail, doc, rank)

    def leads_here(self, row: Row, known: dict[str, bool]) -> bool:
        """Whether a product names this manifest. What references to registries lead to is found out once for all."""
        everywhere = row.ref.startswith("oci://")
        if everywhere and row.ref in known:
            return known[row.ref]
        found = self.snapshot.find(row.ref, row.document) if row.ref else None
        here = isinstance(found, Found) and found.document is self.document
        if everywhere:
            known[row.ref] = here
        return here

    def transforms(self, path: Path) -> Iterator[_Value]:
        root = self.snapshot.shapes[self.document.kind]
        holder = root.role_path(Role.TRANSFORMS)
        name = root.role_shape(Role.TRANSFORM_NAME)
        at = self.document.at(holder) if holder is not None else None
        if at is None or name is None or holder is None:
            return
        own = path[len(holder)] if len(path) > len(holder) else None
        for index, item in at.children():
            child = item.child(name.name)
            if index != own and child is not None and isinstance(child.value, str):
                line = self.document.lines.position(child.value_span.start)[0]
                yield _Value(child.value, ItemKind.TRANSFORM, f"transform in line {line + 1}")

    def folders(self) -> Iterator[_Value]:
        """The folders beside a product."""
        base = self.document.uri.rpartition("/")[0] + "/"
        for folder in sorted(self.snapshot.folders):
            inner = folder.removeprefix(base)
            if folder.startswith(base) and inner and inner.count("/") <= 2:
                yield _Value(unquote(inner), ItemKind.FILE, "folder")

    # --- references

    def references(self, role: Role) -> Iterator[_Value]:
        """The manifests that may stand above, by the references that lead to them; versions of the one being typed."""
        for ref, told in tags_for(self.snapshot, self.cursor.typed):
            yield _Value(ref, ItemKind.REFERENCE, told, rank=0)
        seen: set[str] = set()
        for row in self.snapshot.census.manifests:
            rank = self.fits(role, row.tier)
            if row.document is self.document or rank is None:
                continue
            what = MANIFESTS[row.tier]
            name = row.name if row.stated else ""
            doc = f"{_capital(what)} {md.label_text(name) + ', ' if name else ''}{self.place(row.document)}."
            for text, told in self.names_of(row):
                if text not in seen:
                    seen.add(text)
                    yield _Value(
                        text, ItemKind.REFERENCE, f"{what}{told}", doc, rank + (told == "")
                    )
        yield from self.used_elsewhere(role, seen)

    def fits(self, role: Role, tier: Tier) -> int | None:
        if role is Role.PARENT:
            return 2 if tier is Tier.ENTERPRISE else None
        return {Tier.DOMAIN: 2, Tier.PLATFORM: 3, Tier.ENTERPRISE: 6}.get(tier)

    def names_of(self, row: Row) -> Iterator[tuple[str, str]]:
        """The published references of a manifest, then its path, each with what to add about it."""
        settings = self.snapshot.settings_for(self.document.uri)
        for key, path in settings.sources.items():
            if resolve_path(settings.folder or "file:///", path) != row.uri:
                continue
            ref = parse_ref(key)
            if isinstance(ref, OciRef):
                version = (
                    f":v{row.version.removeprefix('v')}" if row.version and not ref.version else ""
                )
                yield key + version, f", published from {row.document.name}"
        yield unquote(relative_path(self.document.uri, row.uri)), ""

    def used_elsewhere(self, role: Role, seen: set[str]) -> Iterator[_Value]:
        """References to registries that other files of the workspace have in the same place."""
        census = self.snapshot.census
        rows = census.manifests if role is Role.PARENT else census.products
        for ref in dict.fromkeys(row.ref for row in rows if row.document is not self.document):
            if ref.startswith("oci://") and ref not in seen:
                user = next(row for row in rows if row.ref == ref)
                yield _Value(ref, ItemKind.REFERENCE, f"as in {user.document.name}", rank=3)

    def place(self, document: Document, line: int | None = None) -> str:
        if document is self.document:
            return "this file" if line is None else f"this file, line {line + 1}"
        if document.ref:
            return md.code(document.ref) + (f", line {line + 1}" if line is not None else "")
        label = document.label or document.name
        return md.link(label if line is None else f"{label}:{line + 1}", document.uri, line)


class _Snippet:
    """The text behind a new key: what is required below it, with a stop where something is to be typed."""

    def __init__(self, here: _Here, column: int) -> None:
        self.here = here
        self.column = column
        self.stops = 0
        self.offers = False
        """Whether there are proposals for the first stop."""

    def value(self, shape: Shape) -> str:
        """From behind the colon on."""
        return self._ended(self._value(shape, self.column, 0))

    def item(self, shape: Shape) -> str:
        """The keys of a mapping, the first of them at the cursor."""
        return self._ended(self._fields(shape, self.column, 0).lstrip("\n "))

    def _ended(self, text: str) -> str:
        """The last stop is where the cursor ends up."""
        return text.replace(f"${{{self.stops}}}", "$0") if self.stops else f"{text}$0"

    def _stop(self, shape: Shape | None = None, holder: Shape | None = None, word: str = "") -> str:
        self.stops += 1
        if self.stops == 1:
            self.offers = bool(word) or (shape is not None and self.here.offers(shape, holder))
        return f"${{{self.stops}:{word}}}" if word else f"${{{self.stops}}}"

    def _value(self, shape: Shape, column: int, depth: int) -> str:
        shape = written_as(shape, self.here.document.dialect)
        if len(shape.choices) == 1:
            return " " + _escaped(written(shape.choices[0]))
        if self.here.names_alone(shape) or depth >= _DEEPEST:
            return f" {self._stop(shape)}"
        match shape.kind:
            case "object":
                return self._fields(shape, column + INDENT, depth)
            case "map":
                return self._entries(shape, column + INDENT, depth)
            case "list" if shape.item is not None:
                return self._items(shape, shape.item, column + INDENT, depth)
        return f" {self._stop(shape)}"

    def _fields(self, shape: Shape, column: int, depth: int) -> str:
        here = self.here
        allowed = [c for c in shape.children() if here.allowed(c) and c.deprecated is None]
        needed = [c for c in allowed if here.rank(c) == 1]
        if needed:
            lines = [
                self._line(column) + self._name(c) + ":" + self._value(c, column, depth + 1)
                for c in needed
            ]
            return "".join(lines)
        first = next((c for c in allowed if here.rank(c) < 6), None)
        if first is None or (first.is_container and first.category is None):
            return self._line(column) + self._stop(shape)
        name = self._stop(word=self._name(first))
        return self._line(column) + name + ":" + self._value(first, column, depth + 1)

    def _entries(self, shape: Shape, column: int, depth: int) -> str:
        known = shape.keys.known if shape.keys is not None else None
        if known is None or not known.values or shape.item is None:
            return self._line(column) + self._stop()
        name = self._stop(word=known.values[0])
        if shape.item.kind == "list":
            return self._line(column) + f"{name}: [{self._stop()}]"
        return self._line(column) + name + ":" + self._value(shape.item, column, depth + 1)

    def _items(self, holder: Shape, item: Shape, column: int, depth: int) -> str:
        dash = self._line(column) + "- "
        if item.kind == "union" and item.discriminator:
            return f"{dash}{item.discriminator}: {self._stop(item)}"
        if item.kind == "object":
            return dash + self._fields(item, column + INDENT, depth + 1).lstrip("\n ")
        return dash + self._stop(item, holder)

    def _name(self, child: Shape) -> str:
        document = self.here.document
        return _escaped(preferred_key(document.kind, document.dialect, child.path))

    def _line(self, column: int) -> str:
        return "\n" + " " * max(0, column - self.here.cursor.line_indent)


def _is_envelope(child: Shape) -> bool:
    """Whether it belongs to the keys around a document of the released form, which the others leave out."""
    if child.role in (Role.API_VERSION, Role.KIND):
        return True
    return len(child.path) == 1 and any(c.role is Role.NAME for c in child.fields.values())


def _in_quotes(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "''")
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _escaped(text: str) -> str:
    """A text in which a snippet has no marks."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else written(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _origin_name(tier: Tier) -> str:
    return f"the {tier.value}"


def _choice_words(shape: Shape, choice: Any) -> str:
    """What the field's text says of one of its choices: the clause that the choice begins."""
    words = md.prose(shape.doc)
    others = "|".join(re.escape(_text(other)) for other in shape.choices if other != choice)
    clause = rf"(?:^|[.,;:] |and )(`{re.escape(_text(choice))}`:? .+?)(?:,? (?:and )?`(?:{others or '$'})`|[.;] |\.?$)"
    found = re.search(clause, words)
    return f"{found[1].rstrip(' ,.')}." if found else ""
