"""What can be done with a text beyond the fixes of its findings: all safe fixes at once, other ways to write the
same, and the steps from one manifest to a mesh."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.forms.document import At, Document, Kind
from floe_ls.forms.preferred import writes_names_alone
from floe_ls.forms.tree import is_null, text_of
from floe_ls.ide.cursor import Token, shorthand, token_at
from floe_ls.ide.mend import append_item, flow, reference_to, set_value
from floe_ls.ide.model import Diagnostic, Fix
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row
from floe_ls.schema.meta import Dialect, Role, Severity, Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.syntax import edits as syntax_edits
from floe_ls.syntax.nodes import Mapping, Scalar, Sequence
from floe_ls.text import Span, TextEdit


class ActionKind(StrEnum):
    FIX_ALL = "source.fixAll.floe"
    QUOTE_ALL = "source.quoteAmbiguous.floe"
    REMOVE_REDUNDANT = "source.removeRedundant.floe"
    QUICK_FIX = "quickfix"
    REWRITE = "refactor.rewrite"
    MOVE = "refactor.move"


@dataclass(frozen=True)
class Edits:
    """What an action does. `created` are new files, by URI, with their texts."""

    edits: tuple[tuple[Document, TextEdit], ...] = ()
    created: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Action:
    """Something that can be done. `make` works it out once it is chosen."""

    title: str
    kind: ActionKind
    make: Callable[[], Edits] = field(repr=False)
    creates: bool = False


_MOST = 12
_FIRST = "1.0.0"
"""The version of a new manifest."""
_AMBIGUOUS = "yaml/ambiguous-scalar"
_REDUNDANT = "inherit/redundant"


def actions(
    snapshot: Snapshot, document: Document, span: Span, found: list[Diagnostic]
) -> list[Action]:
    """What can be done at a span. `found` are the document's findings."""
    out = list(_of_whole_text(document, found))
    root = snapshot.shapes.get(document.kind)
    if root is None:
        return out
    token = token_at(document, root, span.start)
    if document.kind is Kind.MANIFEST:
        out += _put_under_enterprise(snapshot, document, root, span)
        if token is not None:
            out += _plugin_forms(document, root, token)
            out += _approve_products(snapshot, document, root, token)
    elif token is not None:
        out += _choose_manifest(snapshot, document, root, token)
        out += _approve_here(snapshot, document, root, token)
    return out


# --- all of a text


def _of_whole_text(document: Document, found: list[Diagnostic]) -> Iterator[Action]:
    safe = [fix for d in found for fix in d.fixes if fix.safe][:1]
    if safe:
        yield Action("Apply all safe fixes", ActionKind.FIX_ALL, lambda: fix_all(document, found))
    quotes = _fixes_of(found, _AMBIGUOUS)
    if len(quotes) > 1:
        title = f"Quote or rewrite all {len(quotes)} ambiguous values"
        yield Action(title, ActionKind.QUOTE_ALL, lambda: together(document, quotes))
    repeated = _fixes_of(found, _REDUNDANT)
    if len(repeated) > 1:
        title = f"Remove all {len(repeated)} values that would be inherited"
        yield Action(title, ActionKind.REMOVE_REDUNDANT, lambda: together(document, repeated))


def fix_all(document: Document, found: Iterable[Diagnostic]) -> Edits:
    """The safe fixes of findings, one of each, as far as they are not in each other's way."""
    chosen = (next((fix for fix in d.fixes if fix.safe), None) for d in found)
    return together(document, [fix for fix in chosen if fix is not None])


def together(document: Document, fixes: Iterable[Fix]) -> Edits:
    """Fixes in one go. Of those that touch the same text the first one stays; it can be asked for again."""
    taken: list[TextEdit] = []
    for fix in fixes:
        own = [edit for _, edit in fix.edits]
        here = all(file is document for file, _ in fix.edits)
        if here and not any(_touch(a.span, b.span) for a in own for b in taken):
            taken += own
    return Edits(tuple((document, edit) for edit in sorted(taken, key=lambda e: e.span)))


def _touch(a: Span, b: Span) -> bool:
    return a.start <= b.end and b.start <= a.end


def _fixes_of(found: list[Diagnostic], code: str) -> list[Fix]:
    fixes = (next(iter(d.fixes), None) for d in found if d.code == code)
    return [fix for fix in fixes if fix is not None]


# --- from two tiers to three (phase 2 of the migration)


def _put_under_enterprise(
    snapshot: Snapshot, document: Document, root: Shape, span: Span
) -> Iterator[Action]:
    scope, parent = root.role_path(Role.SCOPE), root.role_path(Role.PARENT)
    if scope is None or parent is None or document.tier is not Tier.PLATFORM:
        return
    if document.at(scope) is not None or document.at(parent) is not None:
        return
    if not isinstance(document.root.node, Mapping) or not _on_top_level(document, span):
        return
    rows = [
        r for r in snapshot.census.manifests if r.tier is Tier.ENTERPRISE and r.uri != document.uri
    ]
    for row in rows[:_MOST]:
        title = f"Put this manifest under {row.document.name}"
        yield Action(title, ActionKind.MOVE, _under(snapshot, document, root, row.document))
    if not rows:
        uri = _new_enterprise(snapshot, document)
        title = f"Put this manifest under a new {uri.rpartition('/')[2]}"
        make = _under_new(snapshot, document, root, uri)
        yield Action(title, ActionKind.MOVE, make, creates=True)


def _on_top_level(document: Document, span: Span) -> bool:
    line = document.lines.position(span.start)[0]
    starts = {document.lines.position(c.key_span.start)[0] for _, c in document.written.children()}
    return line == 0 or line in starts


def _under(
    snapshot: Snapshot, document: Document, root: Shape, above: Document
) -> Callable[[], Edits]:
    def make() -> Edits:
        text = reference_to(snapshot, document, above)
        return Edits(((document, _scope_and_parent(document, root, text)),))

    return make


def _under_new(
    snapshot: Snapshot, document: Document, root: Shape, uri: str
) -> Callable[[], Edits]:
    def make() -> Edits:
        stem = uri.rpartition("/")[2].rpartition(".")[0]
        edit = _scope_and_parent(document, root, _reference_to_new(snapshot, document, stem))
        return Edits(((document, edit),), ((uri, enterprise_for(document, root, stem)),))

    return make


def _reference_to_new(snapshot: Snapshot, document: Document, stem: str) -> str:
    """How to name a file that is not there yet: beside the artifacts that others name, else by its path."""
    own = (row.ref for child in snapshot.children(document) if (row := snapshot.row(child)))
    others = (row.ref for row in snapshot.census.rows)
    for text in chain(own, others):
        ref = parse_ref(text) if text else None
        if isinstance(ref, OciRef):
            folder = ref.repository.rpartition("/")[0]
            repository = f"{folder}/{stem}" if folder else stem
            tag = f"v{_FIRST}" if (ref.tag or "").startswith("v") else _FIRST
            return str(OciRef(ref.registry, repository, tag))
    return f"./{stem}.yaml"


def _new_enterprise(snapshot: Snapshot, document: Document) -> str:
    """A file beside a manifest that is not there yet."""
    folder = document.uri.rpartition("/")[0]
    numbers = ("", *(f"-{n}" for n in range(2, 100)))
    names = (f"{folder}/enterprise{number}-manifest.yaml" for number in numbers)
    return next(
        (uri for uri in names if uri not in snapshot.documents), f"{folder}/enterprise.yaml"
    )


def _scope_and_parent(document: Document, root: Shape, text: str) -> TextEdit:
    """Both keys, behind the head of the file where it has one, else at its top."""
    scope, parent = root.role_path(Role.SCOPE), root.role_path(Role.PARENT)
    assert scope is not None
    assert parent is not None
    newline = "\r\n" if "\r\n" in document.text else "\n"
    node = document.written.node
    pair = (f"{scope[-1]}: {Tier.DOMAIN.value}", f"{parent[-1]}: {flow(text, _is_flow(node))}")
    head = [child for key, child in document.written.children() if key in _head(root)]
    if isinstance(node, Mapping) and node.flow:
        at = document.written.base + node.start + 1
        return TextEdit(Span(at, at), ", ".join(pair) + (", " if node.entries else ""))
    if head:
        end = max(child.span.end for child in head)
        line = document.lines.position(end)[0]
        at = document.lines.end(line)
        return TextEdit(Span(at, at), "".join(newline + line for line in pair))
    first = min((c.key_span.start for _, c in document.written.children()), default=0)
    return TextEdit(Span(first, first), "".join(line + newline for line in pair))


def _is_flow(node: object) -> bool:
    return isinstance(node, Mapping) and node.flow


def _head(root: Shape) -> frozenset[str]:
    """The keys that say what a file is."""
    paths = (root.role_path(r) for r in (Role.API_VERSION, Role.KIND, Role.NAME))
    return frozenset(path[0] for path in paths if path)


def enterprise_for(document: Document, root: Shape, name: str) -> str:
    """A new enterprise manifest that allows what a manifest does: its plugins are approved (R74)."""
    scope, plugins = root.role_path(Role.SCOPE), root.role_path(Role.PLUGINS)
    whitelist = root.role_path(Role.WHITELIST)
    assert scope is not None
    lines = [*_envelope(document, root, name), f"{scope[-1]}: {Tier.ENTERPRISE.value}"]
    chosen = dict(_chosen(document, root, plugins)) if plugins else {}
    if chosen and whitelist is not None:
        lines.append(f"{whitelist[-1]}:")
        lines += [f"  {category}: [{flow(each, True)}]" for category, each in chosen.items()]
    written = {line.partition(":")[0] for line in lines}
    lines += [f"{key}: {{}}" for key in _required(document, root) if key not in written]
    return "\n".join(lines) + "\n"


def _required(document: Document, root: Shape) -> Iterator[str]:
    """The blocks that the dialect wants in an enterprise manifest, empty or not."""
    for child in root.children():
        needed = child.needed
        asked = needed is not None and needed.severity[document.dialect] is Severity.ERROR
        here = needed is None or not needed.tiers or Tier.ENTERPRISE in needed.tiers
        if (asked or child.required) and here and child.kind in ("object", "map"):
            yield child.name


def _envelope(document: Document, root: Shape, name: str) -> Iterator[str]:
    """The head that the released form asks for, after that of the manifest."""
    if document.dialect is Dialect.ADR:
        return
    for role in (Role.API_VERSION, Role.KIND):
        path = root.role_path(role)
        at = document.at(path) if path else None
        if path and at is not None and isinstance(at.node, Scalar):
            yield f"{path[-1]}: {flow(at.value)}"
    paths = [root.role_path(r) for r in (Role.NAME, Role.VERSION, Role.OWNER)]
    known = [path for path in paths if path]
    if known:
        yield f"{known[0][0]}:"
    for path, fallback in zip(known, (name, _FIRST, ""), strict=False):
        at = document.at(path)
        said = text_of(at.node) if at is not None else None
        value = fallback if path[-1] in (known[0][-1], known[1][-1]) else said
        if value:
            yield f"  {path[-1]}: {flow(value)}"


def _chosen(document: Document, root: Shape, plugins: Path) -> Iterator[tuple[str, str]]:
    """The plugins that a manifest chooses, by category as its author calls it."""
    holder = document.at(plugins)
    for key, child in holder.children() if holder is not None else ():
        shape = root.at((*plugins, key))
        name = shorthand(shape) if shape is not None and shape.category is not None else None
        at = child.child(name.name) if name is not None else None
        said = text_of(at.node) if at is not None else None
        if said:
            written = document.author_path((*plugins, key))
            yield str(written[len(plugins)] if len(written) > len(plugins) else key), said


# --- products and their domains (phase 3)


def _choose_manifest(
    snapshot: Snapshot, document: Document, root: Shape, token: Token
) -> Iterator[Action]:
    path = root.role_path(Role.PLATFORM)
    if path is None or not _about(token, path):
        return
    current = snapshot.chain(document).layers[-2:-1]
    row = snapshot.row(document)
    name = row.name if row is not None else ""
    domains = [r for r in snapshot.census.manifests if r.tier is Tier.DOMAIN]
    for each in [r for r in domains if not current or current[0].document is not r.document][
        :_MOST
    ]:
        title = f"Build this product under {each.document.name}"
        yield Action(title, ActionKind.REWRITE, _build_under(snapshot, document, path, each, ""))
        if name and each.approves is not None and name not in each.approves:
            make = _build_under(snapshot, document, path, each, name)
            yield Action(f"{title}, and approve `{name}` there", ActionKind.REWRITE, make)


def _build_under(
    snapshot: Snapshot, document: Document, path: Path, row: Row, name: str
) -> Callable[[], Edits]:
    def make() -> Edits:
        edit = set_value(document, path, reference_to(snapshot, document, row.document))
        made = [(document, edit)] if edit is not None else []
        listed = snapshot.manifest_shape.role_path(Role.PRODUCTS)
        if name and listed is not None:
            added = append_item(row.document, listed, name)
            made += [(row.document, added)] if added is not None else []
        return Edits(tuple(made))

    return make


def _approve_here(
    snapshot: Snapshot, document: Document, root: Shape, token: Token
) -> Iterator[Action]:
    """On a product's name, or its reference: its domain's list."""
    paths = [root.role_path(Role.NAME), root.role_path(Role.PLATFORM)]
    row, layers = snapshot.row(document), snapshot.chain(document).layers
    listed = snapshot.manifest_shape.role_path(Role.PRODUCTS)
    if row is None or len(layers) < 2 or listed is None:
        return
    if not any(path is not None and _about(token, path) for path in paths):
        return
    domain = layers[-2].document
    known = snapshot.row(domain)
    if known is None or known.document is not domain or known.approves is None:
        return
    if row.name in known.approves:
        return
    edit = append_item(domain, listed, row.name)
    if edit is not None:
        title = f"Approve `{row.name}` in {domain.name}"
        yield Action(title, ActionKind.REWRITE, _just(domain, edit))


def _approve_products(
    snapshot: Snapshot, document: Document, root: Shape, token: Token
) -> Iterator[Action]:
    """On a domain's list: the products that build on it and are not in it."""
    path = root.role_path(Role.PRODUCTS)
    at = document.at(path) if path else None
    if path is None or at is None or token.path[: len(path)] != path:
        return
    if not isinstance(at.node, Sequence) and not is_null(at.node):
        return
    own = snapshot.row(document)
    approved = (own.approves if own is not None else None) or frozenset()
    below = (snapshot.row(child) for child in snapshot.children(document))
    names = {row.name for row in below if row is not None and row.tier is Tier.PRODUCT}
    for name in sorted(names - approved)[:_MOST]:
        edit = append_item(document, path, name)
        if edit is not None:
            yield Action(f"Approve `{name}`", ActionKind.REWRITE, _just(document, edit))


def _about(token: Token, path: Path) -> bool:
    """Whether a token is a field, its value, or a block on the way to it."""
    return token.path == path or (token.on_key and token.path == path[: len(token.path)])


def _just(document: Document, edit: TextEdit) -> Callable[[], Edits]:
    return _given(Edits(((document, edit),)))


# --- other ways to write the same


def _plugin_forms(document: Document, root: Shape, token: Token) -> Iterator[Action]:
    """`compute: duckdb` as `compute: {type: duckdb}`, and back."""
    plugins = root.role_path(Role.PLUGINS)
    if plugins is None or len(token.path) <= len(plugins) or token.path[: len(plugins)] != plugins:
        return
    path = token.path[: len(plugins) + 1]
    shape = root.at(path)
    name = shorthand(shape) if shape is not None and shape.category is not None else None
    here = _written(document, document.author_path(path))
    if name is None or here is None or document.at(path) is None:
        return
    if isinstance(here.node, Scalar) and not is_null(here.node) and here.node.style != "*":
        title = f"Write the plugin as a block with `{name.name}`"
        edit = _as_block(document, path, name.name, here.node)
    elif isinstance(here.node, Mapping) and writes_names_alone(document.dialect):
        inner = here.child(name.name)
        if inner is None or not isinstance(inner.node, Scalar) or len(here.node.entries) != 1:
            return
        title = "Write the plugin by its name alone"
        edit = _as_name(document, here, inner.node)
    else:
        return
    if edit is not None:
        yield Action(title, ActionKind.REWRITE, _just(document, edit))


def _written(document: Document, path: Path) -> At | None:
    here: At | None = document.written
    for step in path:
        here = here.child(step) if here is not None else None
    return here


def _as_block(document: Document, path: Path, key: str, node: Scalar) -> TextEdit | None:
    written = document.author_path(path)
    number = _number(document)
    place = syntax_edits.place_of(document.tree, written, number)
    if place is None or place.entry.value is not node or node.anchor or node.tag:
        return None
    said = document.text[place.base + node.start : place.base + node.end]
    if "\n" in said or node.style in ("|", ">"):
        return None
    text = f"{{{key}: {said}}}" if place.parent.flow else f"\n  {key}: {said}"
    made = syntax_edits.set_value(document.tree, written, text, number)
    return TextEdit(Span(made[0], made[1]), made[2]) if made is not None else None


def _as_name(document: Document, here: At, node: Scalar) -> TextEdit | None:
    """Takes the block's braces, or its line break and key, away, and leaves comments where they are."""
    holder, inner = here.node, here.children()
    assert isinstance(holder, Mapping)
    child = next(inner)[1]
    start, end = child.base + node.start, child.base + node.end
    said = document.text[start:end]
    if (
        here.entry is None
        or node.anchor
        or node.tag
        or node.style in ("*", "|", ">")
        or "\n" in said
    ):
        return None
    colon = here.base + here.entry.colon
    if here.entry.colon < 0 or holder.anchor or holder.tag:
        return None
    before = document.text[colon:start]
    if holder.flow:
        close = here.base + holder.end
        if "#" in document.text[colon:close]:
            return None
        return TextEdit(Span(colon, close), " " + said)
    if _COMMENT.search(before):
        return None
    return TextEdit(Span(colon, end), " " + said)


_COMMENT = re.compile(r"(?:^|\s)#")


def _number(document: Document) -> int:
    """Which of the documents of the text is read."""
    return next((i for i, d in enumerate(document.tree.documents) if d.root is not None), 0)


def _given(made: Edits) -> Callable[[], Edits]:
    return lambda: made
