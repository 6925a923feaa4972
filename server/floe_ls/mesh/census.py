"""One row for each manifest and product of the workspace, who is meant by a name or a reference, and who inherits
from whom. A change of one file costs the same in a large workspace as in a small one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from floe_ls.chain.layers import Find, Found, Holder, Shapes, reference
from floe_ls.chain.ref import NameRef, OciRef, parse_ref
from floe_ls.forms.dialect import file_name
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.kept import kept
from floe_ls.forms.tree import find, is_null, text_of
from floe_ls.mesh.layered import Layered
from floe_ls.schema.meta import Dialect, Role, Tier
from floe_ls.schema.shape import Shape
from floe_ls.syntax.nodes import Entry, Sequence

Load = Callable[[str], Document]
"""Reads a file that nobody has open, by its URI."""


@dataclass(frozen=True, slots=True)
class Row:
    """What others need to know of a file."""

    source: Document | Load = field(repr=False, compare=False)
    """The file itself where it is at hand, else who reads it."""
    uri: str
    kind: Kind
    tier: Tier
    dialect: Dialect
    name: str
    """Its own name: `metadata.name`, else what its file or folder is called."""
    version: str
    owner: str
    stated: bool
    """Whether it states its name itself."""
    ref: str
    """Its reference to the layer above, as written; empty without one."""
    approves: frozenset[str] | None
    """Names in its approved_products; None where it has no such list."""
    form: str = ""
    """The same for products that layers above cannot tell apart: their engines, sinks and dialect."""
    models: str = ""
    """The names of a product's transforms and ports, one a line, as far as there is room for them."""

    @property
    def document(self) -> Document:
        """It is read where nobody has it open."""
        return self.source if isinstance(self.source, Document) else self.source(self.uri)

    @property
    def stem(self) -> str:
        """Its file's name without extension, `enterprise-manifest` for `enterprise-manifest.yaml`."""
        return file_name(self.uri).rpartition(".")[0]

    @property
    def standing(self) -> tuple[object, ...]:
        """What decides who is meant by a reference."""
        return self.kind, self.tier, self.name, self.version, self.stated, self.ref

    def of(self, source: Document | Load) -> Row:
        return replace(self, source=source)


def row_of(document: Document, shapes: Shapes) -> Row | None:
    """The row of a manifest or product; None for other files. Kept with the document, which never changes."""
    if "row" not in document.facts:
        document.facts["row"] = _row(document, shapes)
    row: Row | None = document.facts["row"]
    return row


def _row(document: Document, shapes: Shapes) -> Row | None:
    shape = shapes.get(document.kind)
    if shape is None:
        return None
    name = _text(document, shape, Role.NAME)
    found = reference(document, shapes)
    return Row(
        document,
        document.uri,
        document.kind,
        document.tier,
        document.dialect,
        name or called(document.uri, document.kind),
        _text(document, shape, Role.VERSION),
        _text(document, shape, Role.OWNER),
        bool(name),
        found.text if found else "",
        _approved(document, shape),
        _form(document, shape),
        _models(document, shape),
    )


def called(uri: str, kind: Kind) -> str:
    """What a file is called when it does not say: a product by its folder (I20), a manifest by its file."""
    parts = uri.split("?", maxsplit=1)[0].rstrip("/").split("/")
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    folder = parts[-2] if len(parts) > 1 else ""
    if kind is Kind.PRODUCT or stem.lower() == "manifest":
        return _unquoted(folder) or stem
    return _unquoted(stem)


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text) if "%" in text else text


def _text(document: Document, shape: Shape, role: Role) -> str:
    path = shape.role_path(role)
    at = document.at(path) if path else None
    return text_of(at.node) or "" if at else ""


def _approved(document: Document, shape: Shape) -> frozenset[str] | None:
    """Kept for as long as nobody touches the list, which may be long."""
    path = shape.role_path(Role.PRODUCTS)
    at = document.at(path) if path else None
    if at is None or is_null(at.node):
        return None
    known: tuple[object, frozenset[str]] | None = document.memo.get("approves")
    if known is None or known[0] is not at.node:
        names = frozenset(name for _, item in at.children() if (name := text_of(item.node)))
        known = document.memo["approves"] = at.node, names
    return known[1]


_TOLD_APART = (Role.TRANSFORM_COMPUTE, Role.SINK_TYPE)
"""Fields of a product that layers above are asked about."""


def _form(document: Document, shape: Shape) -> str:
    if document.kind is not Kind.PRODUCT:
        return ""
    said: dict[str, None] = {}
    for role in _TOLD_APART:
        found = shape.role_shape(role)
        if found is not None:
            for text in sorted(set(_said(document, shape, found.path))):
                said[f"{role}={text}"] = None
    return " ".join((document.dialect, *said))


_MODEL_NAME = "model-name"
"""The form of names of transforms and ports."""
_MOST_NAMES = 1_000
"""Characters of names that a row has."""


def _models(document: Document, shape: Shape) -> str:
    if document.kind is not Kind.PRODUCT:
        return ""
    said = [name for path in _model_names(shape) for name in _said(document, shape, path)]
    names = "\n".join(dict.fromkeys(said))
    return names if len(names) <= _MOST_NAMES else names[: names.rfind("\n", 0, _MOST_NAMES)]


@lru_cache(maxsize=8)
def _model_names(root: Shape) -> tuple[tuple[str, ...], ...]:
    """The paths of names of models in a list of the product: not those of columns, of which there are many."""
    return tuple(
        shape.path
        for shape in root.walk()
        if shape.form is not None
        and shape.form.name == _MODEL_NAME
        and shape.path.count("*") == 1
        and len(shape.path) == _ITEM
    )


_ITEM = 3
"""Steps to a field of an item of a list: the list, `*`, the field."""


@lru_cache(maxsize=16)
def _spellings(root: Shape, path: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the list may be called, and the field."""
    listed = root.fields[path[0]]
    field = listed.item.fields[path[-1]] if listed.item is not None else None
    return (path[0], *listed.other_spellings), (path[-1], *(field.other_spellings if field else ()))


def _said(document: Document, root: Shape, path: tuple[str, ...]) -> list[str]:
    """The texts of a field in the items of a list of a product."""
    if len(path) != _ITEM:
        return []
    lists, fields = _spellings(root, path)
    found = (find(document.root.node, name) for name in lists)
    holder = next((each for each in found if each is not None), None)
    listed = holder[1].value if holder is not None else None
    if not isinstance(listed, Sequence):
        return []

    def text(entry: Entry) -> str | None:
        for name in fields:
            found = find(entry.value, name)
            if found is not None:
                return text_of(found[1].value)
        return None

    return [said for said in kept(document.memo, f"said {path}", listed.entries, text) if said]


Rows = Layered[str, Row]
Named = Layered[str, tuple[Row, ...]]
_MOST_MOVED = 2_000


@dataclass(frozen=True, eq=False)
class Census:
    """Who is there. A change makes a new one, which shares with the old one what has not changed."""

    by_uri: Rows = field(default_factory=Layered, repr=False)
    _manifests: Rows = field(default_factory=Layered, repr=False)
    _products: Rows = field(default_factory=Layered, repr=False)
    _own: Named = field(default_factory=Layered, repr=False)
    """Manifests by the names that they state."""
    _files: Named = field(default_factory=Layered, repr=False)
    """Manifests by those of their files."""
    _called: Named = field(default_factory=Layered, repr=False)
    """Products by name."""
    era: object = field(default_factory=object, repr=False)
    """Another one when a name may mean another manifest than before."""
    calling: object = field(default_factory=object, repr=False)
    """Another one when products came, went or are called otherwise."""
    moved: tuple[str, ...] = field(default=(), repr=False)
    """Files that came, went or name another parent, since the era began."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self.by_uri.values())

    @cached_property
    def manifests(self) -> tuple[Row, ...]:
        return tuple(sorted(self._manifests.values(), key=lambda row: row.uri))

    @cached_property
    def products(self) -> tuple[Row, ...]:
        return tuple(self._products.values())

    @property
    def product_count(self) -> int:
        return len(self._products)

    @cached_property
    def product_names(self) -> Mapping[str, tuple[Row, ...]]:
        """Names of products; ask for membership, or iterate."""
        return self._called

    def named(self, name: str) -> tuple[Row, ...]:
        """The manifests that a bare name may mean (I9): by their own name, and, of those that state none, by their
        file's; else by their file's alone. Whoever takes another's name is not preferred to it."""
        own, files = self._own.get(name, ()), self._files.get(name, ())
        return (*own, *(row for row in files if not row.stated)) if own else files

    def products_named(self, name: str) -> tuple[Row, ...]:
        return self._called.get(name, ())

    def published_as(self, ref: OciRef) -> tuple[Row, ...]:
        """The manifests that a reference may stand for (R62): the same repository name and, when they state
        a version and the reference has a tag, the same version. A digest is an artifact, never a file."""
        if ref.digest:
            return ()
        return tuple(
            row
            for row in self.named(ref.name)
            if not (row.version and ref.tag) or _same_version(row.version, ref.tag)
        )

    def changed(self, new: Iterable[Row] = (), gone: Iterable[str] = ()) -> Census:
        """With these rows in place of those of the same files, and without those of some."""
        fresh = {row.uri: row for row in new}
        left = [uri for uri in gone if uri not in fresh]
        old = [row for uri in (*fresh, *left) if (row := self.by_uri.get(uri)) is not None]
        if not fresh and not old:
            return self
        was = {row.uri: row for row in old}
        moved = [u for u, r in fresh.items() if u not in was or was[u].standing != r.standing]
        moved += (uri for uri in left if uri in was)
        kinds = [{r.kind for r in (fresh.get(u), was.get(u)) if r} for u in moved]
        manifests = [u for u, found in zip(moved, kinds, strict=True) if Kind.MANIFEST in found]
        new_era = any(
            not _is_manifest(fresh.get(uri)) or not _is_manifest(was.get(uri)) for uri in manifests
        )
        if not new_era:
            pairs = ((fresh[uri], was[uri]) for uri in manifests)
            names = {n for pair in pairs if not _is_meant_alike(*pair) for n in _names(*pair)}
            moved += self._naming(names) if names else ()
        most = max(_MOST_MOVED, 2 * len(self.by_uri))
        new_era = new_era or len(self.moved) + len(moved) > most
        return Census(
            self.by_uri.changed(fresh.items(), left),
            _of_kind(self._manifests, Kind.MANIFEST, fresh, old),
            _of_kind(self._products, Kind.PRODUCT, fresh, old),
            _named(self._own, old, fresh.values(), _own_names),
            _named(self._files, old, fresh.values(), _file_names),
            _named(self._called, old, fresh.values(), _product_names),
            object() if new_era else self.era,
            object() if any(Kind.PRODUCT in found for found in kinds) else self.calling,
            () if new_era else (*self.moved, *moved) if moved else self.moved,
        )

    def _naming(self, names: set[str]) -> list[str]:
        """The files that name a manifest by one of these names."""
        known: dict[str, bool] = {}
        found: list[str] = []
        for uri, row in self.by_uri.items():
            named = known.get(row.ref)
            if named is None:
                ref = parse_ref(row.ref) if row.ref else None
                named = known[row.ref] = isinstance(ref, OciRef | NameRef) and ref.name in names
            if named:
                found.append(uri)
        return found


def _is_manifest(row: Row | None) -> bool:
    return row is not None and row.kind is Kind.MANIFEST


def _is_meant_alike(new: Row, old: Row) -> bool:
    """Whether the same references lead to it as before: what it names as its own parent has no part in that."""
    return new.standing[:-1] == old.standing[:-1]


def _names(*rows: Row) -> Iterator[str]:
    for row in rows:
        yield from _own_names(row)
        yield from _file_names(row)


def _of_kind(rows: Rows, kind: Kind, fresh: Mapping[str, Row], old: list[Row]) -> Rows:
    new = [(uri, row) for uri, row in fresh.items() if row.kind is kind]
    kept = {uri for uri, _ in new}
    gone = [row.uri for row in old if row.kind is kind and row.uri not in kept]
    return rows.changed(new, gone) if new or gone else rows


def _own_names(row: Row) -> tuple[str, ...]:
    return (row.name,) if row.kind is Kind.MANIFEST and row.stated else ()


def _file_names(row: Row) -> tuple[str, ...]:
    if row.kind is not Kind.MANIFEST:
        return ()
    return (row.stem,) if row.stem == row.name else (row.stem, row.name)


def _product_names(row: Row) -> tuple[str, ...]:
    return (row.name,) if row.kind is Kind.PRODUCT else ()


def _named(
    index: Named, old: Iterable[Row], new: Iterable[Row], names: Callable[[Row], tuple[str, ...]]
) -> Named:
    """An index without the old rows and with the new ones, each in its place."""
    changes: dict[str, dict[str, Row]] = {}

    def under(name: str) -> dict[str, Row]:
        if name not in changes:
            changes[name] = {row.uri: row for row in index.get(name, ())}
        return changes[name]

    renamed: dict[str, set[str]] = defaultdict(set)
    fresh = list(new)
    for row in fresh:
        renamed[row.uri].update(names(row))
    for row in old:
        for name in names(row):
            if name not in renamed.get(row.uri, ()):
                under(name).pop(row.uri, None)
    for row in fresh:
        for name in names(row):
            under(name)[row.uri] = row
    if not changes:
        return index
    put = [(n, tuple(rows[uri] for uri in sorted(rows))) for n, rows in changes.items() if rows]
    return index.changed(put, [name for name, rows in changes.items() if not rows])


def _same_version(version: str, tag: str) -> bool:
    return tag.removeprefix("v") == version.removeprefix("v")


def take_census(documents: Iterable[Document], shapes: Shapes) -> Census:
    rows = (row_of(document, shapes) for document in documents)
    return Census().changed(row for row in rows if row is not None)


@dataclass(frozen=True, eq=False)
class Family:
    """Who inherits from whom, by URI: of files, and of the artifacts that their references led to."""

    parents: Layered[str, str] = field(default_factory=Layered)
    children: Layered[str, tuple[str, ...]] = field(default_factory=Layered)

    def children_of(self, uri: str) -> tuple[str, ...]:
        return self.children.get(uri, ())

    def below(self, uri: str) -> Iterator[str]:
        """All that inherit from it, the nearest first. Manifests may name each other in a circle."""
        seen, queue = {uri}, [uri]
        children = self.children.get  # most files have none, and there are many
        for here in queue:
            for child in children(here, ()):
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
                    yield child

    def changed(self, moved: Iterable[str], census: Census, find: Find) -> Family:
        """With the parents of some files looked for again."""
        rows = {uri: census.by_uri.get(uri) for uri in dict.fromkeys(moved)}
        return self._with(
            (uri, _parent(row, find) if row is not None else "") for uri, row in rows.items()
        )

    def with_artifacts(self, artifacts: Iterable[Document], shapes: Shapes, find: Find) -> Family:
        """With the parents of what came from registries: a file may be above it, and above what builds on it."""
        rows = ((each, row_of(each, shapes)) for each in artifacts)
        return self._with((each.uri, _above(row, each, find)) for each, row in rows if row)

    def _with(self, found: Iterable[tuple[str, str]]) -> Family:
        """With the parents of some files; an empty one is none."""
        lost: defaultdict[str, set[str]] = defaultdict(set)
        won: defaultdict[str, set[str]] = defaultdict(set)
        parents: dict[str, str] = {}
        orphans: list[str] = []
        for uri, parent in found:
            before = self.parents.get(uri, "")
            if parent == before:
                continue
            if before:
                lost[before].add(uri)
            if parent:
                won[parent].add(uri)
                parents[uri] = parent
            else:
                orphans.append(uri)
        if not lost and not won:
            return self
        children = {
            uri: tuple(sorted({*self.children_of(uri)} - lost[uri] | won[uri]))
            for uri in {*lost, *won}
        }
        return Family(
            self.parents.changed(parents.items(), orphans),
            self.children.changed(
                [(uri, below) for uri, below in children.items() if below],
                [uri for uri, below in children.items() if not below],
            ),
        )


def _parent(row: Row, find: Find) -> str:
    """The URI of the manifest that a file names; empty where it names none that is known."""
    return _above(row, _Holder(row.uri), find)


def _above(row: Row, holder: Holder, find: Find) -> str:
    if not row.ref or row.tier not in (Tier.PRODUCT, Tier.DOMAIN):
        return ""
    found = find(row.ref, holder)
    if not isinstance(found, Found) or found.document.kind is not Kind.MANIFEST:
        return ""
    return found.document.uri if found.document.uri != row.uri else ""


@dataclass(frozen=True, slots=True)
class _Holder:
    """A file that holds a reference, as far as where it leads depends on it."""

    uri: str
    ref: str = ""

    @property
    def name(self) -> str:
        return file_name(self.uri)


def family_of(census: Census, find: Find) -> Family:
    """Follows the reference of each row once."""
    return Family().changed(census.by_uri, census, find)
