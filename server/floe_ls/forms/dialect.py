"""What a document is: a manifest or a product, and in which of floe's dialects (catalogue part 1)."""

from __future__ import annotations

from enum import StrEnum

from floe_ls.forms.tree import find, is_null, key_of, pairs, text_of
from floe_ls.schema.meta import Dialect, Tier
from floe_ls.schema.nearest import nearest
from floe_ls.syntax.nodes import Mapping, Node, Scalar, Sequence


class Kind(StrEnum):
    MANIFEST = "manifest"
    PRODUCT = "product"
    RUNTIME = "runtime"
    """A file of the older floe-runtime (catalogue 2.5)."""
    OTHER = "other"
    """A file of something else."""


MANIFEST_KINDS = frozenset({"Manifest", "EnterpriseManifest", "DomainManifest", "PlatformManifest"})
PRODUCT_KINDS = frozenset({"FloeSpec", "DataProduct"})
_MANIFEST_KEYS = frozenset(
    "apiVersion kind metadata scope plugins approved_plugins approved_products approved_sinks parent_manifest"
    " parent_domain parent parent_ref governance observability defaults resource_presets artifacts data_architecture"
    " data_contracts domains registered_products environments env_overrides".split()
)
"""One of these makes a file that is called a manifest one of floe's, not of Cloud Foundry or Kubernetes."""
_COMMON_KEYS = frozenset({"metadata", "plugins", "kind", "apiVersion"})
"""Manifests of other programs have these, too: beside keys that floe has never heard of, they tell nothing."""
_TELLING_KEYS = frozenset(
    {"approved_plugins", "approved_products", "approved_sinks", "parent_manifest"}
)
"""One of these makes any file a manifest."""
_NOT_RUNTIME = _TELLING_KEYS | {"apiVersion", "kind", "scope", "platform", "plugins"}
"""None of these is in a file of the older floe-runtime."""
_SCOPES = frozenset({"enterprise", "domain"})
"""So does a `scope` that is one of these. Other programs have `scope` too."""
_TELLING_CATEGORIES = frozenset(
    "compute orchestrator catalog semantic_layer telemetry_backend lineage_backend observability".split()
)
"""Many programs have `plugins`; with one of these inside, they are floe's."""
_DESIGN_KEYS = frozenset(
    "data_architecture domains domain services security registered_products identity"
    " data_contracts parent".split()
)


def file_name(uri: str) -> str:
    return uri.rstrip("/").rpartition("/")[2].split("?")[0].lower()


def names_manifest(name: str) -> bool:
    """Whether a file of this name holds a manifest (R1-R3)."""
    stem, _, extension = name.rpartition(".")
    return extension in ("yaml", "yml") and (
        stem == "manifest" or stem.endswith(("-manifest", "_manifest"))
    )


def names_product(name: str) -> bool:
    """Whether a file of this name holds a data product (R4)."""
    return name in ("floe.yaml", "floe.yml")


def kind_of(root: Node | None, uri: str) -> Kind:
    """By its own `kind`, then its name, then its keys: a `floe.yaml` that holds a manifest's keys is a wrong
    product, and not a manifest."""
    name = file_name(uri)
    name = file_name(uri)
    product, manifest = names_product(name), names_manifest(name)
    keys = _keys(root) if isinstance(root, Mapping) else set()
    if kind := _text(root, "kind"):
        if kind in MANIFEST_KINDS:
            return Kind.MANIFEST
        if kind in PRODUCT_KINDS:
            return Kind.PRODUCT
        api = _text(root, "apiVersion") or _text(root, "api_version") or ""
        if api and not api.startswith("floe"):
            return Kind.OTHER
        if api.startswith("floe.") and api != "floe.dev/v1" and not (product or manifest):
            return Kind.OTHER
    if _is_runtime(root, keys):
        return Kind.RUNTIME
    if product:
        return Kind.PRODUCT
    floe = (_text(root, "apiVersion") or "floe").startswith("floe")
    if manifest:
        known = keys & _MANIFEST_KEYS
        if (known == {"scope"} and _is_of_the_web(root)) or _is_foreign(root, keys, known):
            return Kind.OTHER
        known_or_begun = known or not keys or any(_half_typed(root, key) for key in keys)
        return Kind.MANIFEST if known_or_begun and floe else Kind.OTHER
    if floe and _says_product(root):
        return Kind.PRODUCT
    return Kind.MANIFEST if floe and _says_manifest(root, keys) else Kind.OTHER


def _says_manifest(root: Node | None, keys: set[str]) -> bool:
    if keys & _TELLING_KEYS or ("plugins" in keys and keys & {"governance", "apiVersion"}):
        return True
    if _text(root, "scope") in _SCOPES:
        return True
    plugins = find(root, "plugins")
    categories = {key_of(entry) for _, entry in pairs(plugins[1].value)} if plugins else set()
    return bool(categories & _TELLING_CATEGORIES)


def _says_product(root: Node | None) -> bool:
    platform, transforms = find(root, "platform"), find(root, "transforms")
    if platform is not None:
        named = find(platform[1].value, "ref") or find(platform[1].value, "manifest")
        if transforms is not None or (named and text_of(named[1].value)):
            return True
    items = [entry.value for _, entry in pairs(transforms[1].value)] if transforms else []
    return any(_text(item, "type") == "dbt" for item in items)


def _is_of_the_web(root: Node | None) -> bool:
    """Whether this is the manifest of a web application, whose `scope` is a path or an address."""
    return "/" in (_text(root, "scope") or "")


def _is_foreign(root: Node | None, keys: set[str], known: set[str]) -> bool:
    """Whether this is called a manifest and holds what no manifest of floe's does: a list of something else's blocks, a
    list of plugins, or keys of which only common ones are known."""
    if isinstance(root, Sequence):
        blocks = [entry.value for _, entry in pairs(root) if isinstance(entry.value, Mapping)]
        return any(not _keys(block) & (_MANIFEST_KEYS | _TELLING_CATEGORIES) for block in blocks)
    if not known or not known <= _COMMON_KEYS or _says_manifest(root, keys):
        return False
    if (_text(root, "apiVersion") or "").startswith("floe"):
        return False
    found = find(root, "plugins")
    plugins = found[1].value if found is not None else None
    if isinstance(plugins, Mapping):
        return False
    if isinstance(plugins, Sequence):
        items = [entry.value for _, entry in pairs(plugins)]
        return any(isinstance(item, Scalar | Mapping) for item in items)
    names = sorted(_MANIFEST_KEYS)
    return any(
        nearest(key, names) is None and not _half_typed(root, key) for key in keys - _MANIFEST_KEYS
    )


def _keys(root: Node | None) -> set[str]:
    return (
        {key for _, entry in pairs(root) if (key := key_of(entry))} if root is not None else set()
    )


def _half_typed(root: Node | None, key: str) -> bool:
    """Whether this is a key of a manifest, still being written, or misspelt: other programs have empty keys too."""
    found = find(root, key)
    if found is None or not is_null(found[1].value):
        return False
    begun = any(known.startswith(key) for known in _MANIFEST_KEYS)
    return begun or nearest(key, sorted(_MANIFEST_KEYS)) is not None


def _is_runtime(root: Node | None, keys: set[str]) -> bool:
    if keys & _NOT_RUNTIME:
        return False
    if "catalogs" in keys:
        return True
    profiles = any(
        text_of(found[1].value)
        for key in ("storage", "catalog", "compute")
        if (found := find(root, key))
    )
    return {"name", "version"} <= keys and profiles


def dialect_of(kind: Kind, root: Node | None) -> Dialect:
    """It chooses severities and defaults, and is told field by field, since documents mix."""
    declared = _text(root, "kind")
    enveloped = any(find(root, key) for key in ("apiVersion", "api_version", "kind"))
    if not enveloped:
        return Dialect.ADR
    if kind is Kind.PRODUCT:
        return Dialect.DESIGN if declared == "DataProduct" else Dialect.V1
    metadata = find(root, "metadata")
    inside = metadata[1].value if metadata else None
    # The released form wants an owner, which no design document has, and passes over keys that it does not know: with
    # one of theirs it is as strict as before.
    owned = find(inside, "owner") is not None
    if find(inside, "scope") or (not owned and any(find(root, key) for key in _DESIGN_KEYS)):
        return Dialect.DESIGN
    plugins = find(root, "plugins")
    choices = [entry.value for _, entry in pairs(plugins[1].value)] if plugins else []
    if any(find(choice, "approved") for choice in choices):
        return Dialect.DESIGN
    bare = [choice for choice in choices if isinstance(choice, Scalar) and not is_null(choice)]
    if bare and len(bare) == len(choices) and not owned:
        return Dialect.DESIGN
    return Dialect.V1


def tier_of(kind: Kind, root: Node | None) -> Tier:
    """The tier that a canonical tree declares. A scope that is neither of the two choices is taken for none."""
    if kind is Kind.PRODUCT:
        return Tier.PRODUCT
    scope = _text(root, "scope")
    return {"enterprise": Tier.ENTERPRISE, "domain": Tier.DOMAIN}.get(scope or "", Tier.PLATFORM)


def _text(root: Node | None, key: str) -> str | None:
    found = find(root, key)
    return text_of(found[1].value) if found else None
