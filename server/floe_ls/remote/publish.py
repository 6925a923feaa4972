"""Publishing a manifest: to a registry, or to an OCI image layout folder."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from floe_ls.chain.ref import BadRef, OciRef, parse_ref
from floe_ls.remote import artifact, layout, registry
from floe_ls.remote.artifact import MAX_LAYER, Artifact, Package
from floe_ls.remote.cache import Cache
from floe_ls.remote.failure import Failure
from floe_ls.remote.registry import Access

_LAYOUT = "oci-layout:"
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_IMAGE, _FLOE = "org.opencontainers.image.", "io.floe.manifest."


@dataclass(frozen=True)
class Published:
    ref: str
    digest: str
    unchanged: bool = False
    """The same manifest was there already, under the same tag."""


@dataclass(frozen=True)
class LayoutTarget:
    folder: Path
    tag: str

    def __str__(self) -> str:
        return f"{self.folder}:{self.tag}"

    @property
    def pinned(self) -> bool:
        """Whether the tag is a full version, by the same rule as in a registry."""
        return OciRef("", "", self.tag).pinned


def target_of(text: str) -> OciRef | LayoutTarget | Failure:
    """`oci://host/repository:tag`, or a layout folder: `path/to/folder:tag`, also after `oci-layout:`."""
    if text.startswith("oci://"):
        ref = parse_ref(text)
        if isinstance(ref, BadRef):
            return Failure("invalid", f"{text} is no reference. {ref.message}")
        assert isinstance(ref, OciRef)
        if ref.digest is not None:
            return Failure("invalid", f"{text} names a digest, which follows from the content.")
        if ref.tag is None:
            return Failure("invalid", f"{text} has no tag: add the version, as in {text}:v1.0.0.")
        return ref
    folder, _, tag = text.removeprefix(_LAYOUT).rpartition(":")
    if not folder or not _TAG.fullmatch(tag):
        return Failure(
            "invalid",
            f"{text} has no tag: write oci://host/name:tag for a registry, or folder:tag for an"
            " OCI image layout.",
        )
    return LayoutTarget(Path(folder).expanduser(), tag)


def publish(
    text: str,
    target: str,
    *,
    name: str | None = None,
    version: str | None = None,
    scope: str | None = None,
    force: bool = False,
    access: Access | None = None,
    cache: Cache | None = None,
) -> Published | Failure:
    """Publishes the text of a manifest.

    A whole version that is there already, with other content, stays as it is, save by force. The
    cache learns what is new, since it would not look up a version again.
    """
    where = target_of(target)
    if isinstance(where, Failure):
        return where
    access = access or Access(total=60.0)
    try:
        package = artifact.package(text, _annotations(name, version, scope))
    except UnicodeEncodeError:
        return Failure("encoding", "The manifest holds characters that UTF-8 cannot write.")
    if len(package.layer) > MAX_LAYER:
        return Failure("too-large", f"The manifest is larger than {MAX_LAYER >> 20} MiB.")
    there = _there(where, access)
    if isinstance(there, Artifact) and there.layer_digest == artifact.digest_of(package.layer):
        return Published(str(where), there.digest, unchanged=True)
    if isinstance(there, Failure) and there.kind not in {"not-found", *_SOMETHING_ELSE}:
        return there
    taken = not (isinstance(there, Failure) and there.kind == "not-found")
    if taken and where.pinned and not force:
        which = f" ({artifact.short(there.digest)})" if isinstance(there, Artifact) else ""
        return Failure(
            "blocked",
            f"{where} is published already, with other content{which}. A version does not change:"
            " publish under a new one, or use --force.",
        )
    digest = _write(where, package, access)
    if isinstance(digest, Failure):
        return digest
    if isinstance(where, OciRef):
        cache = cache or Cache()
        for data in (package.layer, package.manifest):
            cache.keep(data)
        cache.remember(where, digest)
    return Published(str(where), digest)


_SOMETHING_ELSE = frozenset(
    {"not-artifact", "not-manifest", "digest", "too-large", "encoding", "partial"}
)
"""The tag is taken, by something that we would not read."""


def _there(where: OciRef | LayoutTarget, access: Access) -> Artifact | Failure:
    if isinstance(where, OciRef):
        return registry.pull(where, access)
    return layout.read(where.folder, where.tag)


def _write(where: OciRef | LayoutTarget, package: Package, access: Access) -> str | Failure:
    if isinstance(where, OciRef):
        return registry.push(where, package, access)
    return layout.write(where.folder, where.tag, package)


def _annotations(name: str | None, version: str | None, scope: str | None) -> dict[str, str]:
    known = {
        f"{_IMAGE}created": _now(),
        f"{_IMAGE}title": name,
        f"{_IMAGE}version": version,
        f"{_FLOE}name": name,
        f"{_FLOE}version": version,
        f"{_FLOE}scope": scope,
    }
    return {key: value for key, value in known.items() if value}


def _now() -> str:
    """SOURCE_DATE_EPOCH, where set, makes two builds of the same thing the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = int(epoch) if re.fullmatch(r"[0-9]{1,11}", epoch) else int(time.time())
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
