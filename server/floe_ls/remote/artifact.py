"""Artifacts: which file in one is the manifest, whether its bytes are the promised ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from floe_ls.remote import files
from floe_ls.remote.failure import Failed, Failure, printable

MAX_MANIFEST = 4 << 20
MAX_LAYER = 16 << 20

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST_TYPES = (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST)
EMPTY = "application/vnd.oci.empty.v1+json"
ARTIFACT_TYPE = "application/vnd.floe.manifest.v1"
LAYER_TYPE = "application/vnd.floe.manifest.v1+yaml"
TITLE = "org.opencontainers.image.title"

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_IMAGE_CONFIGS = frozenset(
    {"application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"}
)
_ATTESTATION = "vnd.docker.reference.type"


@dataclass(frozen=True)
class Artifact:
    """A manifest file with the story of where it came from."""

    ref: str
    digest: str
    """Of the bytes that the tag names: the OCI manifest, or the index above it."""
    text: str
    title: str
    media_type: str
    annotations: Mapping[str, str]
    layer_digest: str
    fetched_at: float
    """Seconds since the epoch, when these bytes came, or were last known to be current."""
    partial: bool = False
    """A PlatformArtifact: it names plugins, but is no whole manifest."""
    read_from: str = ""
    """The file, folder or reference that stood in for `ref`, where a mirror did."""
    stale: Failure | None = None
    """Why a newer copy could not be had, where this one should have been looked up again."""
    before: str = ""
    """The digest that the reference had when it was used here earlier, where that was another one."""
    changed_at: float | None = None
    """When that was noticed, in seconds since the epoch."""


@dataclass(frozen=True)
class Descriptor:
    """What an OCI document says of a blob; the digest is well formed, so it can name a file."""

    digest: str
    size: int
    media_type: str = ""
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    platform: bool = False

    @property
    def title(self) -> str:
        return printable(self.annotations.get(TITLE, ""))


Read = Callable[[Descriptor, int], bytes]
"""The bytes of a blob, at most so many; raises Failed. Whoever assembles checks them."""


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    import hashlib  # loads OpenSSL, which the server starts without

    return f"{algorithm}:{hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()}"


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def verify(data: bytes, digest: str, what: str) -> None:
    """Raises Failed when the bytes are not those that the digest names."""
    found = digest_of(data, digest.partition(":")[0]) if is_digest(digest) else "no digest"
    if found != digest:
        raise Failed(
            "digest",
            f"{what} has the digest {short(found)}, not {short(digest)} as promised:"
            " it is damaged, or someone changed it.",
        )


def short(digest: str) -> str:
    """Enough of a digest to tell two apart in a sentence."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}:{value[:12]}…" if len(value) > 12 else digest


def assemble(ref: str, data: bytes, read: Read, fetched_at: float) -> Artifact:
    """The artifact whose OCI manifest, or index of manifests, is `data`; raises Failed.

    Registry, layout folder and cache differ only in how a blob is read, so the choice of the file
    and the checks of the bytes are here, once.
    """
    digest, document = digest_of(data), parse(ref, data)
    if "layers" not in document and isinstance(document.get("manifests"), list):
        chosen = _of_index(ref, document["manifests"])
        data = read(chosen, MAX_MANIFEST)
        verify(data, chosen.digest, f"The manifest that the index {ref} names")
        document = parse(ref, data)
    if not isinstance(document.get("layers"), list):
        raise Failed("not-artifact", f"{ref} is no OCI artifact: it has no list of layers.")
    config = document.get("config")
    if isinstance(config, dict) and config.get("mediaType") in _IMAGE_CONFIGS:
        raise Failed("not-artifact", f"{ref} is a container image, not a platform manifest.")

    layers = [descriptor(ref, layer) for layer in document["layers"]]
    layer = _layer(ref, layers)
    text = files.text_of(_bytes(ref, layer, read), f"{layer.title or 'The manifest'} in {ref}")
    return Artifact(
        ref=ref,
        digest=digest,
        text=text,
        title=layer.title or "manifest.yaml",
        media_type=layer.media_type,
        annotations=MappingProxyType(_strings(document.get("annotations"))),
        layer_digest=layer.digest,
        fetched_at=fetched_at,
        partial=_is_json(layer) and _is_partial(ref, text),
    )


def children(ref: str, data: bytes) -> tuple[Descriptor, ...]:
    """What an OCI manifest or index refers to; raises Failed."""
    document = parse(ref, data)
    listed = document.get("layers", document.get("manifests"))
    return tuple(descriptor(ref, each) for each in listed) if isinstance(listed, list) else ()


def _bytes(ref: str, layer: Descriptor, read: Read) -> bytes:
    name = layer.title or "its file"
    if layer.size > MAX_LAYER:
        raise Failed(
            "too-large", f"{name} in {ref} has {_mib(layer.size)}; the limit is {_mib(MAX_LAYER)}."
        )
    data = read(layer, MAX_LAYER)
    if len(data) < layer.size:
        raise Failed("partial", f"Only {len(data)} of {layer.size} bytes of {name} in {ref} came.")
    verify(data, layer.digest, f"{name} in {ref}")
    return data


def _layer(ref: str, layers: list[Descriptor]) -> Descriptor:
    """Catalogue 5.2: media types are not to be trusted, titles are."""
    yaml = [layer for layer in layers if _is_yaml(layer)]
    named = [layer for layer in yaml if _name(layer).endswith(("manifest.yaml", "manifest.yml"))]
    plain = [layer for layer in named if _name(layer) in {"manifest.yaml", "manifest.yml"}]
    for found in (plain, named, yaml):
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(layer.title or "one without a name" for layer in found)
            raise Failed(
                "not-manifest",
                f"{ref} holds several YAML files ({names}): name the one that is the manifest"
                " manifest.yaml.",
            )
    for layer in layers:
        if _is_json(layer):
            return layer
    if any(_name(layer) == "compiled_artifacts.json" for layer in layers):
        raise Failed(
            "not-manifest",
            f"{ref} holds compiled_artifacts.json, the result of compiling a product:"
            " it is no manifest and cannot be a parent.",
        )
    names = ", ".join(filter(None, (layer.title for layer in layers)))
    raise Failed(
        "not-manifest",
        f"{ref} holds no manifest.yaml{f', but {names}' if names else ''}:"
        " publish one with `floe-ls publish`.",
    )


def _is_partial(ref: str, text: str) -> bool:
    """Of a manifest.json; raises Failed when it is neither a manifest nor a PlatformArtifact."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Failed("not-manifest", f"manifest.json in {ref} is not JSON.") from None
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in {"Manifest", "PlatformArtifact"}:
        raise Failed(
            "not-manifest",
            f"manifest.json in {ref} has the kind {kind!r:.40}; a parent is a Manifest."
            if kind
            else f"manifest.json in {ref} has no kind; a parent has the kind Manifest.",
        )
    return bool(kind == "PlatformArtifact")


def _of_index(ref: str, listed: list[Any]) -> Descriptor:
    """A manifest has no platform, so among several the one without, or else the first, is meant."""
    found = [descriptor(ref, each) for each in listed]
    found = [each for each in found if _ATTESTATION not in each.annotations]
    if not found:
        raise Failed("not-artifact", f"{ref} is an index that lists nothing.")
    ours = [each for each in found if each.artifact_type == ARTIFACT_TYPE]
    general = [each for each in found if not each.platform]
    chosen = (ours or general or found)[0]
    return replace(chosen, media_type=chosen.media_type or OCI_MANIFEST)


def parse(ref: str, data: bytes) -> dict[str, Any]:
    """An OCI document as plain data; raises Failed, with words of its own for a web page."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        return document
    if data.lstrip()[:1] == b"<":
        raise Failed(
            "server",
            f"A web page came in place of {ref}: a login page or a proxy stands before the"
            " registry.",
        )
    raise Failed("not-artifact", f"What came for {ref} is no OCI manifest.")


def descriptor(ref: str, value: Any) -> Descriptor:
    match value:
        case {"digest": str(digest), "size": int(size)} if is_digest(digest) and size >= 0:
            return Descriptor(
                digest=digest,
                size=size,
                media_type=str(value.get("mediaType") or ""),
                artifact_type=str(value.get("artifactType") or ""),
                annotations=_strings(value.get("annotations")),
                platform=isinstance(value.get("platform"), dict),
            )
    raise Failed("not-artifact", f"{ref} lists a part without a proper digest and size.")


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _name(layer: Descriptor) -> str:
    return layer.title.rpartition("/")[2].lower()


def _is_yaml(layer: Descriptor) -> bool:
    return _name(layer).endswith((".yaml", ".yml")) or (
        not layer.title and "yaml" in layer.media_type.lower()
    )


def _is_json(layer: Descriptor) -> bool:
    return _name(layer) == "manifest.json"


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB" if size >= 10 << 20 else f"{size / (1 << 20):,.1f} MiB"


@dataclass(frozen=True)
class Package:
    """An artifact that is ready to be written anywhere."""

    manifest: bytes
    layer: bytes
    config: bytes = b"{}"

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)

    @property
    def blobs(self) -> tuple[bytes, ...]:
        """In the order in which they must be there: what refers to others last."""
        return self.config, self.layer


def package(text: str, annotations: Mapping[str, str]) -> Package:
    """One manifest file as an artifact; the same input gives the same bytes."""
    layer, config = text.encode(), b"{}"
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": ARTIFACT_TYPE,
        "config": {"mediaType": EMPTY, "digest": digest_of(config), "size": len(config)},
        "layers": [
            {
                "mediaType": LAYER_TYPE,
                "digest": digest_of(layer),
                "size": len(layer),
                "annotations": {TITLE: "manifest.yaml"},
            }
        ],
        "annotations": dict(sorted(annotations.items())),
    }
    return Package(json.dumps(document, ensure_ascii=False, indent=2).encode(), layer, config)
