"""What a key or value means, what it may be, and how its value came about over the tiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from floe_ls.chain.layers import Found, Pending
from floe_ls.chain.merge import Effective, dotted
from floe_ls.chain.ref import AnyRef, OciRef, parse_ref
from floe_ls.forms.document import At, Document, Kind
from floe_ls.ide import markdown as md
from floe_ls.ide.approved import Approved, approved_plugins, approved_sinks, categories_with
from floe_ls.ide.cursor import Token, at_path, shorthand, token_at
from floe_ls.ide.freshness import words
from floe_ls.ide.model import Hover
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.story import Say, Story, merge_words, stories, story, unknowns
from floe_ls.schema.formats import FORMATS
from floe_ls.schema.meta import MANIFEST_TIERS, Dialect, Merge, Role, Severity, Tier
from floe_ls.schema.nearest import nearest
from floe_ls.schema.secrets import looks_secret
from floe_ls.schema.shape import Path, Shape

MANIFESTS = {
    Tier.ENTERPRISE: "enterprise manifest",
    Tier.DOMAIN: "domain manifest",
    Tier.PLATFORM: "platform manifest",
}
_SCOPES = {
    Tier.PLATFORM: "Two tiers: this manifest, and its products right below it.",
    Tier.ENTERPRISE: "Three tiers, of which this is the top: domain manifests inherit from it, and products from them.",
    Tier.DOMAIN: "Three tiers, of which this is the middle: it inherits from an enterprise manifest, and the domain's "
    "products inherit from it.",
}
_MOST_LEAVES = 8
_MOST_INHERITED = 12


def hover(
    snapshot: Snapshot, document: Document, offset: int, now: float | None = None
) -> Hover | None:
    """What there is to say of the key or value at an offset. `now`, in seconds since 1970, gives fetched artifacts
    their age."""
    root = snapshot.shapes.get(document.kind)
    token = token_at(document, root, offset) if root is not None else None
    if token is None:
        return None
    text = _Page(snapshot, document, token, now).text()
    return Hover(token.span, text) if text else None


def documentation_of(
    snapshot: Snapshot, document: Document, path: Path, now: float | None = None
) -> str:
    """What there is to say of a field that is not written yet."""
    root = snapshot.shapes[document.kind]
    shape = root.at(path)
    if shape is None:
        return ""
    token = Token(
        document, document.root.key_span, path, (shape,), True, str(path[-1]) if path else ""
    )
    return _Page(snapshot, document, token, now).text()


@dataclass(frozen=True)
class _Page:
    snapshot: Snapshot
    document: Document
    token: Token
    now: float | None

    def text(self) -> str:
        shape = self.shape
        if shape is None:
            return self.unknown()
        return md.document(
            self.title(shape),
            self.meaning(shape),
            md.bullets(self.facts(shape)),
            *self.particulars(shape),
            self.effect(),
        )

    # --- what it is about

    @cached_property
    def path(self) -> Path:
        return self.token.path

    @cached_property
    def shape(self) -> Shape | None:
        if self.token.shape is not None:
            return self.token.shape
        if self.is_product and self.path and self.token.on_key:
            return self.snapshot.manifest_shape.at(self.path)
        return None

    @property
    def is_product(self) -> bool:
        return self.document.kind is Kind.PRODUCT

    @property
    def misplaced(self) -> bool:
        """Whether it is a manifest's key in a product."""
        return self.token.shape is None

    @cached_property
    def at(self) -> At | None:
        return at_path(self.document, self.path, self.token.shape)

    @cached_property
    def parent(self) -> Shape | None:
        """The shape of what holds it."""
        root = self.snapshot.shapes[self.document.kind]
        return root.at(self.path[:-1]) if self.path else None

    @cached_property
    def category(self) -> Shape | None:
        """The plugin category that it is, or that it is the name of."""
        shape = self.shape
        if shape is not None and shape.category is not None:
            return shape
        parent = self.parent
        if shape is not None and shape.role is Role.PLUGIN_NAME and parent is not None:
            return parent if parent.category is not None else None
        return None

    # --- paragraphs

    def title(self, shape: Shape) -> str:
        kind = "plugin" if self.category is not None else _type(shape, self.current)
        return f"**{md.code(dotted(self.token.written or self.path))}** · {kind}"

    @property
    def current(self) -> Any:
        return self.at.value if self.at is not None else None

    def meaning(self, shape: Shape) -> str:
        words = [md.prose(self.category.doc if self.category is not None else self.told(shape))]
        if shape.deprecated is not None:
            words.append(f"Of no use any more: {md.prose(shape.deprecated.why)}")
        if (read := self.read_out(shape)) is not None:
            words.append(f"Here: {read}.")
        return md.document(*words)

    def told(self, shape: Shape) -> str:
        """The field's text; for an item of a list or map, that of the field that holds it."""
        root = self.snapshot.shapes[self.document.kind]
        held = (root.at(self.path[:size]) for size in range(len(self.path) - 1, 0, -1))
        return shape.doc or next((s.doc for s in held if s is not None and s.doc), "")

    def read_out(self, shape: Shape) -> str | None:
        """The value in words, such as `every day at 06:00`."""
        form = FORMATS.get(shape.form.name) if shape.form else None
        current = self.current
        if form is None or form.meaning is None or not isinstance(current, str):
            return None
        return form.meaning(current) if form.check(current) is None else None

    def facts(self, shape: Shape) -> Iterator[str]:
        written = self.token.written
        if written and self.path[: len(written)] != written and written[-1] != self.path[-1]:
            yield f"Read as {md.code(dotted(self.path))}"
        if self.needed(shape):
            yield "Required"
        if shape.has_default and shape.default not in (None, [], {}) and not shape.is_container:
            yield f"Default: {md.value(shape.default)}"
        if self.current is None and shape.kind in ("str", "int", "float") and not shape.choices:
            known = shape.known.values if shape.known is not None else shape.examples[:3]
            if known:
                yield f"Such as {md.listed((md.value(v) for v in known), 'or')}"
        if not self.is_product or self.misplaced:
            words = merge_words(self.snapshot.manifest_shape, self.path)
            yield f"Set by {self.setters()}" + (f"; {words}" if words else "")
        if Dialect.V1 not in shape.dialects:
            yield "Not read by floe's released compiler"

    def needed(self, shape: Shape) -> bool:
        needed = shape.needed
        if self.category is not None:
            return False  # the name is what a choice consists of
        if needed is None:
            return shape.required
        here = not needed.tiers or self.document.tier in needed.tiers
        return here and needed.severity[self.document.dialect] is Severity.ERROR

    def setters(self) -> str:
        """Who may set it: the first field on the way says so."""
        root = self.snapshot.manifest_shape
        only = next(
            (
                s.only
                for n in range(1, len(self.path) + 1)
                if (s := root.at(self.path[:n])) and s.only
            ),
            None,
        )
        if only is None or only.tiers >= MANIFEST_TIERS:
            return "any manifest"
        who = md.listed(
            (_a(words) for tier, words in MANIFESTS.items() if tier in only.tiers), "or"
        )
        return f"{who} alone, because {md.prose(only.why)}"

    def particulars(self, shape: Shape) -> Iterator[str]:
        """What only the field of a certain role has to say."""
        if self.misplaced:
            yield self.forbidden()
            return
        role = shape.role
        text = self.current if isinstance(self.current, str) else ""
        if role is Role.SCOPE:
            yield _SCOPES[self.document.tier]
        elif role in (Role.PARENT, Role.PLATFORM) and text:
            yield self.reference(text)
        elif role is Role.SINK_TYPE and text:
            yield self.approval(approved_sinks(self.snapshot, self.document), text)
        elif role is Role.TRANSFORM_COMPUTE and text and shape.known is not None:
            category = categories_with(self.snapshot, shape.known.values)
            yield self.approval(approved_plugins(self.snapshot, self.document, category), text)
        elif self.category is not None:
            name = self.plugin_name()
            yield self.approval(
                approved_plugins(self.snapshot, self.document, self.category.name), name
            )
        if len(self.path) > 1 and isinstance(self.path[-1], int):
            holder = self.parent.role if self.parent is not None else None
            if holder is Role.PRODUCTS and text:
                yield self.product(text)
            elif holder is Role.DEPENDS_ON and text:
                yield self.transform(text)
        if self.is_product and self.leads_up(shape):
            yield self.inherited_summary()

    def leads_up(self, shape: Shape) -> bool:
        """Whether it is the product's reference, or the block that holds it."""
        return any(s.role is Role.PLATFORM for s in (shape, *shape.fields.values()))

    def effect(self) -> str:
        """The value that holds, and how it came about."""
        if self.is_product and not self.misplaced:
            return ""
        shape = self.shape
        name = shorthand(shape) if shape is not None and shape.category is not None else None
        path = (*self.path, name.name) if name is not None else self.path
        effective = self.snapshot.inherited_at(self.document, self.path)
        told = story(self.snapshot, self.document, path, effective)
        if told is not None:
            return self.tell(told)
        return self.leaves(effective) if shape is not None and shape.is_container else ""

    # --- stories

    def tell(self, told: Story) -> str:
        if told.rule == Merge.LOCAL.value:
            return ""
        shown = f"**In effect:** {self.shown(told.path, told.value)}"
        notes = md.document(*told.notes)
        if len(told.says) == 1 and told.says[0].document is self.document:
            if told.notes:
                return md.document(f"{shown}, as far as is known.", notes)
            alone = len(self.snapshot.chain(self.document).layers) < 2
            return "" if alone else f"{shown}, set here and by no other tier."
        why = "" if looks_hidden(told.path, told.value) else told.why
        lines = md.bullets(self.say(told, said) for said in told.says)
        return md.document(f"{shown}. {why}".rstrip(), lines, notes)

    def say(self, told: Story, said: Say) -> str:
        tier = f"**{said.tier.value}**" if said.won else said.tier.value
        parts = [
            f"{tier}: {self.shown(told.path, said.value)}",
            self.place(said.document, said.line),
        ]
        if said.why and not said.won and said.document is self.document:
            parts.append(said.why)
        return " · ".join(parts)

    def leaves(self, effective: Effective) -> str:
        """The leaves below a block, one line each."""
        found = [
            s
            for s in stories(self.snapshot, self.document, self.path, effective)
            if s.winner is not None and s.rule != Merge.LOCAL.value
        ]
        others = [s for s in found if any(say.document is not self.document for say in s.says)]
        notes = md.document(*unknowns(self.snapshot.chain(self.document)))
        if not others:
            return notes
        return md.document(
            "**In effect:**", self.summary(found, _MOST_LEAVES, len(self.path)), notes
        )

    def summary(self, found: list[Story], most: int, depth: int = 0) -> str:
        lines = []
        for told in found[:most]:
            winner = told.winner
            assert winner is not None
            path = (
                told.path[:-1] if told.shape and told.shape.role is Role.PLUGIN_NAME else told.path
            )
            name = dotted(path[depth:] or path)
            place = self.place(winner.document, winner.line)
            lines.append(
                f"{md.code(name)}: {self.shown(told.path, told.value)} ← {winner.tier.value}, {place}"
            )
        if len(found) > most:
            lines.append(f"and {len(found) - most} more: `floe-ls effective` lists them all")
        return md.bullets(lines)

    def inherited_summary(self) -> str:
        effective = self.snapshot.inherited(self.document)
        found = [
            s for s in stories(self.snapshot, self.document, (), effective) if s.winner is not None
        ]
        if not found:
            return ""
        return md.document(
            "**Inherited:**", self.summary(sorted(found, key=_weight), _MOST_INHERITED)
        )

    def shown(self, path: Path, value: Any) -> str:
        return "*hidden: it looks like a secret*" if looks_hidden(path, value) else md.value(value)

    # --- places

    def place(self, document: Document, line: int | None = None) -> str:
        """Where something stands, as a link where an editor can follow one."""
        if document is self.document:
            return "this file" if line is None else f"this file, line {line + 1}"
        if document.ref:
            where = md.code(document.ref)
            return where if line is None else f"{where}, line {line + 1}"
        label = document.label or document.name
        return md.link(label if line is None else f"{label}:{line + 1}", document.uri, line)

    def artifact(self, document: Document) -> str:
        """Digest and age of what came from a registry."""
        parts = []
        if document.digest:
            algorithm, _, value = document.digest.partition(":")
            parts.append(f"digest {md.code(f'{algorithm}:{value[:12]}')}")
        if document.fetched_at is not None and self.now is not None:
            parts.append(f"fetched {age(self.now - document.fetched_at)}")
        return ", ".join(parts)

    # --- particulars

    def reference(self, text: str) -> str:
        found = self.snapshot.find(text, self.document)
        if isinstance(found, Pending):
            return f"Being fetched: {md.code(found.target)}."
        if not isinstance(found, Found):
            return f"Not available: {found.message}"
        layers = self.snapshot.chain(self.document).layers
        chain = ""
        if len(layers) > 2:
            chain = "Tiers: " + " → ".join(self.place(layer.document) for layer in layers)
        ref = parse_ref(text.strip())
        fresh = (
            words(self.snapshot, self.document, ref, self.now)
            if isinstance(ref, OciRef) and found.document.ref
            else ()
        )
        return md.document(self.leads_to(ref, found), *fresh, chain, *self.beyond())

    def leads_to(self, ref: AnyRef, found: Found) -> str:
        document = found.document
        what = MANIFESTS[document.tier] if document.kind is Kind.MANIFEST else "file"
        name = self.name_of(document)
        told = f"Leads to the {what} {md.code(name)}" if name else f"Leads to the {what}"
        if document.ref:
            facts = [f"tag {md.code(ref.tag)}"] if isinstance(ref, OciRef) and ref.tag else []
            facts += [part] if (part := self.artifact(document)) else []
            told += " from a mirror" if found.how == "mirror" else " from the registry"
            return f"{told}: {', '.join(facts)}." if facts else f"{told}."
        told += f" in {self.place(document)}" if name else f" {self.place(document)}"
        if found.how == "sources":
            told += ", which `sources` names as its source"
        elif isinstance(ref, OciRef):
            told += ", which stands for it in this workspace"
        else:
            return f"{told}."
        return f"{told}. What is published under the reference may differ."

    def name_of(self, document: Document) -> str:
        """The name that a manifest states."""
        path = self.snapshot.manifest_shape.role_path(Role.NAME)
        at = document.at(path) if path and document.kind is Kind.MANIFEST else None
        return at.value if at is not None and isinstance(at.value, str) else ""

    def beyond(self) -> tuple[str, ...]:
        """What is not known further up the chain, above what this reference leads to."""
        chain = self.snapshot.chain(self.document)
        return unknowns(chain) if len(chain.layers) > 1 else ()

    def approval(self, approved: Approved, name: str) -> str:
        """Whether a plugin or sink is approved, and who says so."""
        if approved.waits_for:
            return "Whether it is approved is not known yet: the list of a tier above is missing."
        if approved.names is None:
            return ""
        origin = approved.origin
        names = md.listed(md.code(n) for n in approved.names) or "none at all"
        by = f" ({self.place(origin.layer.document, origin.line)})" if origin else ""
        if not name:
            return f"Approved: {names}{by}."
        if name in approved.names:
            return f"{md.code(name)} is approved{by}."
        return f"{md.code(name)} is not approved. Approved: {names}{by}."

    def plugin_name(self) -> str:
        shape = self.shape
        path = self.path
        if (
            shape is not None
            and shape.category is not None
            and (name := shorthand(shape)) is not None
        ):
            path = (*path, name.name)
        at = at_path(self.document, path)
        return at.value if at is not None and isinstance(at.value, str) else ""

    def product(self, name: str) -> str:
        rows = [row for row in self.snapshot.census.products if row.name == name]
        if not rows:
            return (
                f"No product of the workspace is called {md.code(name)}."
                if self.snapshot.scanned
                else ""
            )
        places = md.listed(self.place(row.document) for row in rows)
        up = f", which builds on {md.code(rows[0].ref)}" if len(rows) == 1 and rows[0].ref else ""
        return f"Product {md.code(name)}: {places}{up}."

    def transform(self, name: str) -> str:
        path = self.snapshot.shapes[self.document.kind].role_path(Role.TRANSFORMS)
        shape = self.snapshot.shapes[self.document.kind].role_shape(Role.TRANSFORM_NAME)
        at = self.document.at(path) if path else None
        key = shape.name if shape is not None else ""
        for _, item in at.children() if at is not None else ():
            own = item.child(key)
            if own is not None and own.value == name:
                line = self.document.lines.position(own.value_span.start)[0]
                link = md.link(f"line {line + 1}", self.document.uri, line)
                return f"Runs after the transform {md.code(name)} of {link}."
        return f"No transform of this product is called {md.code(name)}."

    # --- keys that do not belong

    def forbidden(self) -> str:
        """Why a manifest's key does not stand in a product, or another key here; empty where it may."""
        place = "in a product" if self.is_product else "here"
        for size in range(1, len(self.path) + 1):
            holder = self.snapshot.shapes[self.document.kind].at(self.path[: size - 1])
            for keys in holder.rules.forbidden if holder is not None else ():
                if self.path[size - 1] in keys.names:
                    name = md.code(str(self.path[size - 1]))
                    return f"{name} does not belong {place}: {keys.why}."
        return ""

    def unknown(self) -> str:
        """A key or value of which no field knows."""
        path = self.path
        if not path:
            return ""
        if self.token.on_key and (reason := self.forbidden()):
            return reason
        parent = self.parent
        known = (
            [name for s in parent.children() for name in (s.name, *s.other_spellings)]
            if parent
            else []
        )
        if self.token.on_key and known and parent is not None and parent.kind == "object":
            near = nearest(str(path[-1]), known)
            meant = f" Did you mean {md.code(near)}?" if near else ""
            return f"{md.code(str(path[-1]))} is not a key that floe knows here.{meant}"
        if self.is_product:
            return ""
        told = story(self.snapshot, self.document, path, self.snapshot.inherited(self.document))
        effect = self.tell(told) if told is not None and told.path == path else ""
        return md.document(f"**{md.code(dotted(path))}**", effect) if effect else ""


def looks_hidden(path: Path, value: Any) -> bool:
    """Whether a value looks like a secret, which is not shown."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return isinstance(value, str) and looks_secret(key, value) is not None


def age(seconds: float) -> str:
    """How long ago something was."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _weight(told: Story) -> int:
    """Plugins first, then what cannot be changed, then the rest."""
    if told.shape is not None and told.shape.role is Role.PLUGIN_NAME:
        return 0
    return {Merge.STRENGTHEN.value: 1, Merge.IMMUTABLE.value: 2}.get(told.rule, 3)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


_PLURALS = {
    "text": "texts",
    "whole number": "whole numbers",
    "number": "numbers",
    "mapping": "mappings",
}
_TYPES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "date": "date",
    "datetime": "date and time",
    "object": "mapping",
    "map": "mapping",
    "any": "any value",
}


def _type(shape: Shape, current: Any = None) -> str:
    """What may stand there, in words; of several choices, the current one is marked."""
    if shape.choices:
        chosen = [f"{md.value(c)} (here)" if c == current else md.value(c) for c in shape.choices]
        return f"one of {md.listed(chosen, 'or')}" if len(chosen) > 1 else f"always {chosen[0]}"
    if shape.form is not None and (form := FORMATS.get(shape.form.name)) is not None:
        return form.title + _length(shape)
    match shape.kind:
        case "list" if shape.item is not None:
            item = _type(shape.item)
            return f"list of {_PLURALS[item]}" if item in _PLURALS else f"list, each item: {item}"
        case "union":
            return " or ".join(dict.fromkeys(_type(option) for option in shape.options))
    return _TYPES.get(shape.kind, shape.kind) + _limits(shape) + _length(shape)


def _limits(shape: Shape) -> str:
    low, high = shape.minimum, shape.maximum
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    if low is not None:
        return f", at least {_number(low)}"
    return f", at most {_number(high)}" if high is not None else ""


def _length(shape: Shape) -> str:
    return (
        f", at most {shape.max_length} characters"
        if shape.max_length and shape.kind == "str"
        else ""
    )


def _number(of: float) -> str:
    return str(int(of)) if float(of).is_integer() else str(of)
