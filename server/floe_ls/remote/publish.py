"""Publishing a manifest: to a registry, or to an OCI image layout folder."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from floe_ls.chain.ref import BadRef, OciRef, parse_ref
from floe_ls.remote import artifact, files, layout, registry
from floe_ls.remote.artifact import MAX_LAYER, Artifact, Package
from floe_ls.remote.cache import Cache
from floe_ls.remote.failure import Failure
from floe_ls.remote.fetch import Fetcher, access_to, folder_of
from floe_ls.remote.registry import Access
from floe_ls.settings import Settings

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
        return OciRef("", "", self.tag.rpartition(":")[2]).pinned


@dataclass(frozen=True)
class FileTarget:
    """A plain file that stands in for a reference."""

    path: Path
    pinned: bool

    def __str__(self) -> str:
        return str(self.path)


Target = OciRef | LayoutTarget | FileTarget


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
    settings: Settings | None = None,
) -> Published | Failure:
    """Publishes the text of a manifest; to the mirror, where the settings name one.

    A whole version that is there already, with other content, stays as it is, save by force. The
    cache learns what is new, since it would not look up a version again.
    """
    named = target_of(target)
    if isinstance(named, Failure):
        return named
    where: Target = named
    access = access or Access(total=60.0)
    if settings is not None and isinstance(where, OciRef):
        found = _by_settings(where, settings, access)
        if isinstance(found, Failure):
            return found
        where, access = found
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
        cache.accept(where)  # whoever changed it knows
    return Published(str(where), digest)


_SOMETHING_ELSE = frozenset(
    {"not-artifact", "not-manifest", "digest", "too-large", "encoding", "partial"}
)
"""The tag is taken, by something that we would not read."""


def _by_settings(
    ref: OciRef, settings: Settings, access: Access
) -> tuple[Target, Access] | Failure:
    """Where a reference is really written to, and how that is reached."""
    if (place := folder_of(ref, settings)) is not None:
        return _in_folder(ref, *place), access
    covering = settings.registry(ref.registry, ref.repository)
    entry = covering[1] if covering is not None else None
    there = ref
    if entry is not None and entry.mirror:
        found = Fetcher().elsewhere(ref, settings)
        if found is None:
            return Failure("invalid", f"The mirror {entry.mirror} is no oci://host/prefix.")
        there, entry = found
    if settings.offline:
        return Failure("offline", f"{there} was not published: `offline` is set.")
    if not settings.allows(there.registry, there.repository):
        return Failure(
            "blocked",
            f"{there} was not published: `registries.allow` in the settings does not name"
            f" {there.registry}.",
        )
    return there, access_to(settings, entry, access)


def _in_folder(ref: OciRef, place: Path, rest: str) -> LayoutTarget | FileTarget:
    """Where a reader of the mirror will look: in the layout that is there, beside the files that are there, else in a
    new layout."""
    tag, own = ref.tag or "latest", place / rest
    if rest and layout.is_layout(own):
        return LayoutTarget(own, tag)
    if layout.is_layout(place):
        return LayoutTarget(place, f"{rest or ref.name}:{tag}")
    if place.is_file() or place.suffix in {".yaml", ".yml"}:
        return FileTarget(place, ref.pinned)
    if any(place.rglob("*.yaml")) or any(place.rglob("*.yml")):
        return FileTarget(place / (rest or ref.name) / f"{tag}.yaml", ref.pinned)
    return LayoutTarget(own, tag)


def _there(where: Target, access: Access) -> Artifact | Failure:
    match where:
        case OciRef():
            return registry.pull(where, access)
        case LayoutTarget():
            return layout.read(where.folder, where.tag)
        case FileTarget():
            return Fetcher().fetch(str(where.path.absolute()), Settings()).result()


def _write(where: Target, package: Package, access: Access) -> str | Failure:
    match where:
        case OciRef():
            return registry.push(where, package, access)
        case LayoutTarget():
            return layout.write(where.folder, where.tag, package)
        case FileTarget():
            try:
                where.path.parent.mkdir(parents=True, exist_ok=True)
                files.write_whole(where.path, package.layer)
            except OSError as error:
                return Failure("io", f"{where} could not be written: {files.reason_of(error)}.")
            return artifact.digest_of(package.layer)


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
