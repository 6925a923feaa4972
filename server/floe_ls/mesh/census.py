"""One row for each manifest and product of the workspace, who is meant by a name or a reference, and who inherits
from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from floe_ls.chain.layers import Find, Found, Shapes, reference
from floe_ls.chain.ref import OciRef
from floe_ls.forms.dialect import file_name
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.tree import is_null, text_of
from floe_ls.schema.meta import Role, Tier
from floe_ls.schema.shape import Shape


@dataclass(frozen=True)
class Row:
    """What others need to know of a file."""

    document: Document = field(repr=False, compare=False)
    name: str
    """Its own name: `metadata.name`, else what its file or folder is called."""
    version: str
    stem: str
    """Its file's name without extension, `enterprise-manifest` for `enterprise-manifest.yaml`."""
    stated: bool
    """Whether it states its name itself."""
    ref: str
    """Its reference to the layer above, as written; empty without one."""
    approves: frozenset[str] | None
    """Names in its approved_products; None where it has no such list."""

    @property
    def uri(self) -> str:
        return self.document.uri

    @property
    def tier(self) -> Tier:
        return self.document.tier


def row_of(document: Document, shapes: Shapes) -> Row | None:
    """The row of a manifest or product; None for other files."""
    shape = shapes.get(document.kind)
    if shape is None:
        return None
    name = _text(document, shape, Role.NAME)
    found = reference(document, shapes)
    stem = file_name(document.uri).rpartition(".")[0]
    return Row(
        document,
        name or called(document.uri, document.kind),
        _text(document, shape, Role.VERSION),
        stem,
        bool(name),
        found.text if found else "",
        _approved(document, shape),
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
    path = shape.role_path(Role.PRODUCTS)
    at = document.at(path) if path else None
    if at is None or is_null(at.node):
        return None
    return frozenset(name for _, item in at.children() if (name := text_of(item.node)))


@dataclass(frozen=True)
class Census:
    rows: tuple[Row, ...]

    @cached_property
    def by_uri(self) -> dict[str, Row]:
        return {row.uri: row for row in self.rows}

    @cached_property
    def manifests(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.document.kind is Kind.MANIFEST)

    @cached_property
    def products(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.document.kind is Kind.PRODUCT)

    @cached_property
    def product_names(self) -> frozenset[str]:
        return frozenset(row.name for row in self.products)

    def named(self, name: str) -> tuple[Row, ...]:
        """The manifests that a bare name may mean (I9): by their own name, else by their file's."""
        own, files = self._manifests_by_name
        return own.get(name) or files.get(name, ())

    def products_named(self, name: str) -> tuple[Row, ...]:
        return self._products_by_name.get(name, ())

    @cached_property
    def _manifests_by_name(self) -> tuple[dict[str, tuple[Row, ...]], dict[str, tuple[Row, ...]]]:
        """By the names that they state, and by those of their files."""
        own = _grouped((row.name, row) for row in self.manifests if row.stated)
        files = _grouped((n, row) for row in self.manifests for n in {row.stem, row.name})
        return own, files

    @cached_property
    def _products_by_name(self) -> dict[str, tuple[Row, ...]]:
        return _grouped((row.name, row) for row in self.products)

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


def _same_version(version: str, tag: str) -> bool:
    return tag.removeprefix("v") == version.removeprefix("v")


def _grouped(pairs: Iterable[tuple[str, Row]]) -> dict[str, tuple[Row, ...]]:
    out: defaultdict[str, list[Row]] = defaultdict(list)
    for key, row in pairs:
        out[key].append(row)
    return {key: tuple(rows) for key, rows in out.items()}


@dataclass(frozen=True)
class Family:
    """Who inherits from whom, by URI: of files, and of the artifacts that their references led to."""

    parents: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]

    def children_of(self, uri: str) -> tuple[str, ...]:
        return self.children.get(uri, ())

    def below(self, uri: str) -> Iterator[str]:
        """All that inherit from it, the nearest first. Manifests may name each other in a circle."""
        seen, queue = {uri}, [uri]
        for here in queue:
            for child in self.children_of(here):
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
                    yield child


def family_of(census: Census, find: Find) -> Family:
    """Follows the reference of each row once."""
    parents: dict[str, str] = {}
    children: defaultdict[str, list[str]] = defaultdict(list)
    for row in census.rows:
        if not row.ref or row.tier not in (Tier.PRODUCT, Tier.DOMAIN):
            continue
        found = find(row.ref, row.document)
        if not isinstance(found, Found) or found.document.kind is not Kind.MANIFEST:
            continue
        if found.document.uri != row.uri:
            parents[row.uri] = found.document.uri
            children[found.document.uri].append(row.uri)
    return Family(parents, {uri: tuple(sorted(below)) for uri, below in children.items()})


def take_census(documents: Iterable[Document], shapes: Shapes) -> Census:
    rows = (_row(document, shapes) for document in documents)
    return Census(tuple(row for row in rows if row is not None))


def _row(document: Document, shapes: Shapes) -> Row | None:
    """Kept with the document, which never changes."""
    if "row" not in document.facts:
        document.facts["row"] = row_of(document, shapes)
    row: Row | None = document.facts["row"]
    return row
