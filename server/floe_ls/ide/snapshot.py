"""Everything a feature may look at, frozen at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from floe_ls.chain.layers import (
    Chain,
    Find,
    Found,
    Holder,
    Layer,
    Pending,
    Shapes,
    Unavailable,
    find_chain,
    reference,
)
from floe_ls.chain.merge import Effective, Setting, merge
from floe_ls.chain.ref import BadRef, FileRef, NameRef, OciRef, PathRef, parse_ref, resolve_path
from floe_ls.forms.document import Document, Kind
from floe_ls.ide.facts import Facts, RepositoryTags
from floe_ls.mesh.census import Census, Family, Row, family_of, row_of, take_census
from floe_ls.mesh.files import Files
from floe_ls.schema.meta import Tier
from floe_ls.schema.shape import Path, Shape
from floe_ls.settings import Settings


@dataclass(frozen=True)
class Snapshot:
    """A change is a new snapshot. `documents` are the files, open or read, by URI; `artifacts` what references
    led to; `failures` what could not be had, by target."""

    shapes: Shapes
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False)
    artifacts: Mapping[str, Document] = field(default_factory=dict, repr=False)
    failures: Mapping[str, Unavailable] = field(default_factory=dict, repr=False)
    opened: frozenset[str] = frozenset()
    """URIs of the documents that an editor has open."""
    settings: Settings = field(default_factory=Settings)
    settings_of: Mapping[str, Settings] = field(default_factory=dict, repr=False)
    """Settings by folder URI (ending in `/`), where a folder has its own; the longest match wins."""
    scanned: bool = False
    """Whether all files of the workspace are known, so that what is not here does not exist."""
    folders: frozenset[str] = frozenset()
    """Folder URIs (ending in `/`) whose existence is known, for paths that a product names."""
    missing: frozenset[str] = frozenset()
    """URIs of files and folders that are known not to exist."""
    facts: Mapping[str, Facts] = field(default_factory=dict, repr=False)
    """What is known of `artifacts` beside their texts, by target."""
    tags: Mapping[str, RepositoryTags] = field(default_factory=dict, repr=False)
    """By repository: `oci://host/name`."""
    viewed: Mapping[str, Document] = field(default_factory=dict, repr=False)
    """Artifacts that an editor shows, by the URI that it shows them under. They are no files of the workspace."""
    _chains: dict[int, tuple[Document, Chain]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _merged: dict[tuple[int, ...], tuple[tuple[Document, ...], Effective]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _families: dict[str, _Known] = field(default_factory=dict, repr=False, compare=False)
    """The last family with what it was made of: it outlives edits that change no reference and no name."""
    _below: dict[str, tuple[Family, tuple[object, ...], Mapping[Tier, int]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """How many inherit from a manifest, with what that was counted in."""
    _counted: tuple[Census | None, tuple[str, ...]] = field(
        default=(None, ()), repr=False, compare=False
    )
    """The last census that was asked for, and the files that changed since."""
    _beside: tuple[str, dict[str, Any]] = field(
        default_factory=lambda: ("", {}), repr=False, compare=False
    )
    """A file, and what is known of it for as long as nothing else changes; see `beside`."""

    # --- changes

    def with_document(self, document: Document) -> Snapshot:
        return self._filed(self.files.taken((document,)), (document.uri,))

    def with_documents(self, documents: Mapping[str, Document]) -> Snapshot:
        return self._filed(self.files.taken(documents.values()), documents)

    def with_rows(self, rows: Iterable[Row]) -> Snapshot:
        """Files that are read whole only when something asks for them."""
        new = [*rows]
        return self._filed(self.files.counted(new), (row.uri for row in new))

    def without(self, *uris: str) -> Snapshot:
        return self._filed(self.files.without(uris), uris)

    def _filed(self, files: Files, uris: Iterable[str]) -> Snapshot:
        base, since = (self.census, ()) if "census" in self.__dict__ else self._counted
        uris = [*uris]
        since = tuple(dict.fromkeys((*since, *uris))) if base is not None else ()
        held = self.files.held
        # What was merged of versions that are gone would keep them.
        gone = {id(held[uri]) for uri in uris if uri in held}
        merged = self._merged
        if not all(map(gone.isdisjoint, merged)):
            merged = {key: known for key, known in merged.items() if gone.isdisjoint(key)}
        beside = self._beside
        if [beside[0]] != uris or not gone or len(files) != len(self.documents):
            beside = (uris[0] if len(uris) == 1 else ""), {}
        out = self._next(documents=files, _counted=(base, since), _merged=merged, _beside=beside)
        out.__dict__["files"] = files
        return out

    def trying(self, document: Document) -> Snapshot:
        """How things would be with another text of a file. What is remembered of things as they are is left alone."""
        return replace(self.with_document(document), _families=dict(self._families))

    def with_artifact(self, target: str, found: Document | Unavailable) -> Snapshot:
        failures = {t: f for t, f in self.failures.items() if t != target}
        if isinstance(found, Unavailable):
            return self._next(failures={**failures, target: found})
        return self._next(artifacts={**self.artifacts, target: found}, failures=failures)

    def aside(self) -> Snapshot:
        """The same, for questions about many files: what is remembered of them goes with it."""
        out = replace(self, _chains={}, _families=dict(self._families))
        out.__dict__.update(census=self.census, family=self.family)
        return out

    def changed(self, **changes: object) -> Snapshot:
        return self._next(**changes)

    def _next(self, **changes: object) -> Snapshot:
        # A merge is keyed by its layers' documents, which never change: it stays right.
        kept = changes.pop("_merged", self._merged)
        if len(self._merged) >= 5_000:
            kept = {}
        if "_counted" not in changes:
            counted = (self.census, ()) if "census" in self.__dict__ else self._counted
            changes["_counted"] = (None, ()) if "documents" in changes else counted
        changes.setdefault("_beside", ("", {}))
        # What `replace` does, in a fraction of its time: there is a new one after every key.
        out = object.__new__(Snapshot)
        mine = self.__dict__
        state = {name: mine[name] for name in _NAMES}
        state.update(changes, _chains={}, _merged=kept)
        out.__dict__.update(state)
        return out

    # --- questions

    @property
    def manifest_shape(self) -> Shape:
        return self.shapes[Kind.MANIFEST]

    @cached_property
    def files(self) -> Files:
        documents = self.documents
        return documents if isinstance(documents, Files) else Files(documents)

    @cached_property
    def census(self) -> Census:
        """Who is there. Made from the last one that was asked for, so that it costs what has changed since."""
        files, (base, since) = self.files, self._counted
        if base is None:
            return take_census(files.held.values(), self.shapes).changed(files.closed.values())
        rows: list[Row] = []
        gone: list[str] = []
        for uri in dict.fromkeys(since):
            held = files.held.get(uri)
            row = row_of(held, self.shapes) if held is not None else files.closed.get(uri)
            if row is None:
                gone.append(uri)
            else:
                rows.append(row)
        return base.changed(rows, gone)

    def row(self, document: Document) -> Row | None:
        return self.census.by_uri.get(document.uri)

    @cached_property
    def family(self) -> Family:
        """Who inherits from whom, as far as parents are known: files, and what came from registries."""
        census = self.census
        artifacts = {target: (d.uri, d.kind) for target, d in self.artifacts.items()}
        known = self._families.get("last")
        if known is None or not known.holds_for(census, self.settings):
            family = family_of(census, self._remembering())
            family = family.with_artifacts(self.artifacts.values(), self.shapes, self.find)
        else:
            moved = [*census.moved[known.moved :], *self._meaning_otherwise(known, artifacts)]
            find = self._remembering() if len(moved) > _FEW else self.find
            family = known.family.changed(moved, census, find) if moved else known.family
            if artifacts and (moved or artifacts != known.artifacts):
                family = family.with_artifacts(self.artifacts.values(), self.shapes, self.find)
        self._families["last"] = _Known(
            census.era, artifacts, self.settings, self.settings_of, len(census.moved), family
        )
        return family

    def _meaning_otherwise(
        self, known: _Known, artifacts: Mapping[str, tuple[str, Kind]]
    ) -> Iterator[str]:
        """Files whose references may lead elsewhere, now that artifacts or settings of folders are others."""
        targets = {
            target
            for target in {*artifacts, *known.artifacts}
            if artifacts.get(target) != known.artifacts.get(target)
        }
        of, before = self.settings_of, known.settings_of
        folders: tuple[str, ...] = ()
        if of is not before:
            folders = tuple(f for f in {*of, *before} if _reach(of.get(f)) != _reach(before.get(f)))
        if not targets and not folders:
            return
        names: dict[str, bool] = {}
        for uri, row in self.census.by_uri.items():
            if row.ref not in names:
                names[row.ref] = bool(row.ref) and str(parse_ref(row.ref)) in targets
            if names[row.ref] or uri.startswith(folders):
                yield uri

    def _remembering(self) -> Find:
        """`find` for thousands of files, most of which name the same few manifests."""
        known: dict[tuple[str, object], Found | Pending | Unavailable] = {}
        census = self.census

        def find(text: str, holder: Holder) -> Found | Pending | Unavailable:
            key = _meant(text, holder.uri) or (text, id(self.settings_for(holder.uri)))
            found = known.get(key)
            if found is None:
                found = self.find(text, holder)
                ref = parse_ref(text)
                # Where several are called so, it depends on who asks; and nobody names himself.
                shared = not isinstance(ref, OciRef | NameRef) or len(census.named(ref.name)) <= 1
                if shared and isinstance(found, Found) and found.document.uri != holder.uri:
                    known[key] = found
            return found

        return find

    def at_uri(self, uri: str) -> Document | None:
        """A file, or an artifact by a URI that editors show it under."""
        found = self.documents.get(uri) or self._artifacts_by_uri.get(uri)
        return found or self.viewed.get(uri)

    @cached_property
    def _artifacts_by_uri(self) -> dict[str, Document]:
        return {document.uri: document for document in self.artifacts.values()}

    def children(self, document: Document) -> Iterator[Document]:
        """The files that name a manifest as their parent."""
        uris = self.family.children_of(self._known_as(document))
        yield from (found for uri in uris if (found := self.documents.get(uri)) is not None)

    def below(self, document: Document, kind: Kind | None = None) -> Iterator[Document]:
        """The files (of a kind) that inherit from a manifest, the nearest first."""
        yield from (row.document for row in self.rows_below(document) if kind in (None, row.kind))

    def rows_below(self, document: Document) -> Iterator[Row]:
        """The same, as far as they are known without being read."""
        uris = self.family.below(self._known_as(document))
        yield from (row for uri in uris if (row := self.census.by_uri.get(uri)) is not None)

    def count_below(self, document: Document) -> Mapping[Tier, int]:
        """How many inherit from a manifest, by tier: files, and manifests from registries that files build on. Counted
        again only after one came, went, or inherits from another."""
        uri, family, census = self._known_as(document), self.family, self.census
        made_of = census.era, census.moved
        known = self._below.get(uri)
        if known is None or known[0] is not family or known[1] != made_of:
            counts = Counter(row.tier for row in self.rows_below(document))
            for below in family.below(uri):
                artifact = self._artifacts_by_uri.get(below)
                if artifact is not None and family.children_of(below):
                    counts[artifact.tier] += 1
            for stale in [each for each, of in self._below.items() if of[0] is not family]:
                del self._below[stale]  # it would keep a family that is no more
            known = self._below[uri] = family, made_of, counts
        return known[2]

    def _known_as(self, document: Document) -> str:
        """The URI by which references lead to a manifest: editors write that of an artifact in their own way."""
        if document.ref and document.digest:
            for artifact in self.artifacts.values():
                if artifact.digest == document.digest:
                    return artifact.uri
        return document.uri

    def settings_for(self, uri: str) -> Settings:
        """Those of the nearest folder that has its own."""
        if not self.settings_of:
            return self.settings
        end = uri.rfind("/")
        while end > 0:
            found = self.settings_of.get(uri[: end + 1])
            if found is not None:
                return found
            end = uri.rfind("/", 0, end)
        return self.settings

    def beside(self, uri: str) -> dict[str, Any]:
        """A place to keep what depends on a file and all that is beside it. It is handed on while that one file alone
        changes, as it does with every key, and empty after everything else."""
        known, kept = self._beside
        return kept if known == uri else {}

    def chain(self, document: Document) -> Chain:
        """The layers above a document, as far as they are known."""
        known = self._chains.get(id(document))
        if known is None or known[0] is not document:
            known = self._chains[id(document)] = document, self._chain(document)
        return known[1]

    def _chain(self, document: Document) -> Chain:
        """Nothing leads to a product, so edits of one leave its layers as they are while its reference is the same."""
        if document.kind is not Kind.PRODUCT:
            return find_chain(document, self.shapes, self.find)
        here = reference(document, self.shapes)
        seal = document.tier, here.text if here is not None else ""
        kept = self.beside(document.uri)
        known: tuple[object, tuple[Layer, ...], dict[Any, Any]] | None = kept.get("above")
        if known is not None and known[0] == seal:
            return Chain((*known[1], Layer(document, document.tier)), memo=known[2])
        chain = find_chain(document, self.shapes, self.find)
        if not chain.troubles and not chain.pending:
            kept["above"] = seal, chain.layers[:-1], chain.memo
        return chain

    def inherited(self, document: Document) -> Effective:
        """What the manifests of a document's chain make together. For a manifest that is its whole
        configuration; a product's own keys are beside it."""
        layers = self.chain(document).manifests
        documents = tuple(layer.document for layer in layers)
        product = document.tier is Tier.PRODUCT
        # A product does not inherit what a manifest says of itself, so its merge is another one.
        key = (int(product), *map(id, documents))
        known = self._merged.get(key)
        if known is None or known[0] != documents:
            subject = None if product or not layers else layers[-1]
            known = self._merged[key] = documents, merge(self.manifest_shape, layers, subject)
        return known[1]

    def inherited_at(self, document: Document, path: Path) -> Effective:
        """The same at a path and below it, in far less time."""
        layers = self.chain(document).manifests
        subject = None if document.tier is Tier.PRODUCT or not layers else layers[-1]
        return merge(self.manifest_shape, layers, subject, path)

    def own(self, document: Document) -> Effective:
        """A product's own keys, as settings."""
        layer = Layer(document, document.tier)
        alone = merge(self.shapes[document.kind], (layer,), layer)
        return Effective(tuple(_local(setting) for setting in alone.settings))

    def effective(self, document: Document) -> Effective:
        """The whole configuration of a document: inherited and its own."""
        inherited = self.inherited(document)
        if document.tier is not Tier.PRODUCT:
            return inherited
        own = self.own(document)
        taken = {s.path for s in own.settings}
        return Effective((*(s for s in inherited.settings if s.path not in taken), *own.settings))

    def pending(self, document: Document) -> str:
        """A target that the document's chain waits for; empty when nothing is missing."""
        return self.chain(document).pending

    @property
    def find(self) -> Find:
        return self._find

    def _find(self, text: str, document: Holder) -> Found | Pending | Unavailable:
        ref = parse_ref(text)
        match ref:
            case BadRef():
                return Unavailable("syntax", ref.message, text)
            case FileRef():
                return self._file(ref.uri)
            case PathRef():
                if document.ref:
                    message = f"`{text}` is a path, but {document.name} came from a registry and has no folder."
                    return Unavailable("not-found", message, text)
                return self._file(resolve_path(document.uri, ref.path))
            case NameRef():
                return self._named(ref.name, document)
            case OciRef():
                return self._oci(ref, document)

    def _file(self, uri: str, how: str = "file") -> Found | Pending | Unavailable:
        if (document := self.documents.get(uri)) is not None:
            return Found(document, how)
        return self.failures.get(uri) or Pending(uri)

    def _named(self, name: str, document: Holder) -> Found | Pending | Unavailable:
        rows = [row for row in self.census.named(name) if row.uri != document.uri]
        if len(rows) == 1:
            return Found(rows[0].document, "workspace")
        if rows:
            near = _nearest_folder(rows, document.uri)
            if near is not None:
                return Found(near.document, "workspace")
            files = ", ".join(sorted(row.document.name for row in rows))
            return Unavailable(
                "not-found", f"`{name}` may mean {files}; write the path of the one you mean.", name
            )
        if not self.scanned:
            return Pending(f"name:{name}")
        message = f"No manifest of the workspace is called `{name}`. Write a path or an `oci://` reference."
        return Unavailable("not-found", message, name)

    def _oci(self, ref: OciRef, document: Holder) -> Found | Pending | Unavailable:
        settings = self.settings_for(document.uri)
        if not document.ref and (uri := source_uri(ref, settings)) is not None:
            return self._file(uri, "sources")
        if document.ref and (uri := source_uri(ref, self.settings)) is not None:
            return self._file(uri, "sources")
        target = str(ref)
        if settings.registry(ref.registry, ref.repository) is None:
            rows = [row for row in self.census.published_as(ref) if row.uri != document.uri]
            row = rows[0] if len(rows) == 1 else _nearest_folder(rows, document.uri)
            if row is not None:
                return Found(row.document, "workspace")
        if (artifact := self.artifacts.get(target)) is not None:
            return Found(artifact, "registry")
        return self.failures.get(target) or Pending(target)


_NAMES = tuple(each.name for each in fields(Snapshot))


_FEW = 100
"""Files whose parents are looked for one by one."""


@dataclass(frozen=True, eq=False)
class _Known:
    """A family, with what it was made of."""

    era: object
    artifacts: Mapping[str, tuple[str, Kind]]
    settings: Settings
    settings_of: Mapping[str, Settings]
    moved: int
    family: Family

    def holds_for(self, census: Census, settings: Settings) -> bool:
        """Whether only some files can have other parents now."""
        same = self.era is census.era and self.moved <= len(census.moved)
        return same and _reach(self.settings) == _reach(settings)


def _reach(settings: Settings | None) -> object:
    """What settings say of where references lead."""
    return settings and (settings.sources, settings.registries, settings.folder)


def _local(setting: Setting) -> Setting:
    return setting if setting.rule == "default" else replace(setting, rule="local")


def source_uri(ref: OciRef, settings: Settings) -> str | None:
    """The file that `sources` says is published as a reference: with its very tag, else with any."""
    if ref.digest:
        return None
    for key in (str(ref), str(ref.without_version)):
        path = settings.sources.get(key)
        if path is not None:
            return resolve_path(settings.folder or "file:///", path)
    return None


def _meant(text: str, uri: str) -> tuple[str, str] | None:
    """The same for files that name the same file by a plain path: its folder, and the rest of the path."""
    if not text.startswith(("../", "./")):
        return None
    folder, rest = uri.rpartition("/")[0], text
    while rest.startswith("../"):
        folder, rest = folder.rpartition("/")[0], rest[3:]
    return f"{folder}/", rest


def _nearest_folder(rows: list[Row], uri: str) -> Row | None:
    """The one that shares the longest path with a document, when one alone does."""
    if not rows:
        return None

    def shared(row: Row) -> int:
        here, there = uri.split("/"), row.uri.split("/")
        return next((i for i, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)

    ranked = sorted(rows, key=shared, reverse=True)
    return ranked[0] if len(ranked) == 1 or shared(ranked[0]) > shared(ranked[1]) else None
