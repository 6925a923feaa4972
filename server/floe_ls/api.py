"""The engine for Python programs: manifests as models, resolved as ADR-0038 says (lines 264-327).

Nothing here needs a network or an editor. What the language server calls an error is raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pydantic

from floe_ls.chain.layers import Chain, Find, Found, Holder, Pending, Unavailable
from floe_ls.chain.merge import Effective, Setting, dotted
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.forms.tree import text_of
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.schema import manifest as manifest_models
from floe_ls.schema import product as product_models
from floe_ls.schema.meta import Role, Severity
from floe_ls.schema.shape import Shape, shape_of

Load = Callable[[str], "Manifest | Mapping[str, Any] | str"]
"""Finds the manifest that a reference names: a model, plain data, or the text of a file."""

_SHAPES: dict[Kind, Shape] = {
    Kind.MANIFEST: shape_of(manifest_models.Manifest),
    Kind.PRODUCT: shape_of(product_models.DataProduct),
}
_OF_LAYERS = ("security/", "whitelist/", "observability/", "policy/", "quality/", "retention/")
"""Findings about what layers make together; those about a file alone do not concern models."""
_OF_CHAINS = ("ref/", "chain/", "products/")


class ValidationError(ValueError):
    """What is wrong, a sentence for each finding. `findings` holds them one by one."""

    def __init__(self, messages: Iterable[str], findings: Iterable[Diagnostic] = ()) -> None:
        self.messages = tuple(messages)
        self.findings = tuple(findings)
        super().__init__("\n".join(self.messages))


class Manifest(manifest_models.Manifest):
    """A manifest of any tier, in any of floe's spellings: `Manifest(plugins={"compute": "duckdb"})`.

    The fields hold the canonical form. Raises ValidationError for values that no manifest can have.
    """

    _written: dict[str, Any] = pydantic.PrivateAttr(default_factory=dict)

    def __init__(self, **data: Any) -> None:
        with _ours():
            super().__init__(**_canonical(data, "manifest.yaml"))
        self._written = data

    @property
    def written(self) -> Mapping[str, Any]:
        """What it was made of, in the author's spelling."""
        return self._written


class DataProduct(product_models.DataProduct):
    """A data product: `DataProduct(platform={"ref": "oci://registry/sales-domain-manifest:v2.0.0"})`."""

    _written: dict[str, Any] = pydantic.PrivateAttr(default_factory=dict)

    def __init__(self, **data: Any) -> None:
        with _ours():
            super().__init__(**_canonical(data, "floe.yaml"))
        self._written = data

    @property
    def written(self) -> Mapping[str, Any]:
        """What it was made of, in the author's spelling."""
        return self._written


@dataclass(frozen=True)
class ResolvedManifest:
    """What a product, or a manifest, ends up with, and where each value comes from."""

    effective: Effective = field(repr=False)
    chain: Chain = field(repr=False)
    transforms: tuple[Mapping[str, Any], ...] = ()
    product_name: str = ""

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole configuration in canonical form."""
        return self.effective.plain()

    @cached_property
    def plugins(self) -> dict[str, str]:
        """The chosen plugin's name by category."""
        chosen = {
            category: block.get("type") or block.get("provider")
            for category, block in (self.data.get("plugins") or {}).items()
            if isinstance(block, Mapping)
        }
        names = {category: name for category, name in chosen.items() if name}
        if "telemetry_backend" in names:
            names.setdefault("observability", names["telemetry_backend"])  # the ADR's name (I34)
        return names

    @property
    def approved_plugins(self) -> dict[str, list[str]]:
        """The enterprise's whitelist by category."""
        found: dict[str, list[str]] = self.data.get("approved_plugins") or {}
        return found

    @property
    def approved_products(self) -> list[str] | None:
        found: list[str] | None = self.data.get("approved_products")
        return found

    @property
    def governance(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data.get("governance") or {}
        return found

    @property
    def pii_encryption(self) -> str | None:
        found: str | None = self.governance.get("pii_encryption")
        return found

    def setting(self, path: str) -> Setting | None:
        """A leaf with its story, by its dotted path: `governance.pii_encryption`."""
        return next((s for s in self.effective.settings if dotted(s.path) == path), None)


def resolve_manifest(product: DataProduct, load: Load | None = None) -> ResolvedManifest:
    """Resolves a product over two or three tiers (ADR-0038 lines 264-303).

    `load` gets each reference as it is written. Raises ValidationError for a parent that cannot be had and for
    everything that the layers violate.
    """
    return _resolve(_document(product, "floe.yaml"), load or _no_load)


def merge_manifests(
    base: Manifest, domain: Manifest | None = None, product: DataProduct | None = None
) -> ResolvedManifest:
    """Merges models without looking at their references (ADR-0038 lines 305-330).

    Raises ValidationError, whose text begins with `Cannot override security policy` where that is the reason.
    """
    top = _document(base.written, "enterprise-manifest.yaml")
    below = (
        top
        if domain is None
        else _document({"parent_manifest": "base", **domain.written}, "domain-manifest.yaml")
    )
    subject = below
    if product is not None:
        subject = _document({"platform": {"ref": "manifest"}, **product.written}, "floe.yaml")

    def find(_: str, document: Holder) -> Found | Pending | Unavailable:
        return Found(below if document is subject and subject is not below else top)

    return _resolved(subject, find, _OF_LAYERS)


def _resolve(subject: Document, load: Load) -> ResolvedManifest:
    loaded: dict[str, Document] = {}

    def find(text: str, _: Holder) -> Found | Pending | Unavailable:
        if text not in loaded:
            try:
                loaded[text] = _document(
                    load(text), f"{text.rpartition('/')[2]}/manifest.yaml", text
                )
            except (LookupError, OSError) as error:
                return Unavailable(
                    "not-found", f"No manifest was found for `{text}`: {error}.", text
                )
        return Found(loaded[text])

    return _resolved(subject, find, (*_OF_LAYERS, *_OF_CHAINS))


def _resolved(subject: Document, find: Find, codes: tuple[str, ...]) -> ResolvedManifest:
    snapshot = _Loaded(_SHAPES, {subject.uri: subject}, loader=find)
    chain = snapshot.chain(subject)
    findings = [
        found
        for layer in chain.layers
        for found in diagnostics(snapshot, layer.document)
        if found.severity is Severity.ERROR and found.code.startswith(codes)
    ]
    if findings:
        raise ValidationError((f.message for f in findings), findings)
    transforms: tuple[Mapping[str, Any], ...] = ()
    name = ""
    if subject.kind is Kind.PRODUCT:
        shape = _SHAPES[Kind.PRODUCT]
        at = subject.at(shape.role_path(Role.TRANSFORMS) or ())
        transforms = tuple(t for t in (at.value if at else None) or () if isinstance(t, Mapping))
        named = subject.at(shape.role_path(Role.NAME) or ())
        name = text_of(named.node) or "" if named else ""
    effective = snapshot.inherited(subject)
    return ResolvedManifest(effective, chain, transforms, name)


class _Loaded(Snapshot):
    """A snapshot whose references are answered by a function."""

    loader: Find

    def __init__(self, shapes: Any, documents: Mapping[str, Document], loader: Find) -> None:
        super().__init__(shapes, documents, scanned=False)
        object.__setattr__(self, "loader", loader)

    @property
    def find(self) -> Find:
        return self.loader


def _document(
    source: Manifest | DataProduct | Mapping[str, Any] | str, name: str, ref: str = ""
) -> Document:
    uri = f"memory:///{name}"
    if isinstance(source, str):
        return read_document(uri, source, label=ref or name)
    data = source.written if isinstance(source, Manifest | DataProduct) else source
    return read_document(uri, json.dumps(data, default=str, indent=1), label=ref or name)


def _canonical(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    document = _document(data, name)
    found = document.root.value
    return {str(k): v for k, v in found.items()} if isinstance(found, Mapping) else dict(data)


def _no_load(_: str) -> Manifest:
    raise LookupError("give `load=`, a function that finds it")


class _ours:  # noqa: N801  used as a function
    """Turns pydantic's errors into ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, pydantic.ValidationError):
            raise ValidationError(_sentences(error)) from error


def _sentences(error: pydantic.ValidationError) -> Iterator[str]:
    for found in error.errors():
        place = dotted(tuple(found["loc"]))
        yield f"`{place}`: {found['msg']}." if place else f"{found['msg']}."
