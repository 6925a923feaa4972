"""Manifests that were pulled before: blobs by digest, and which digest a reference had when.

One folder serves all processes of a user. Every file is complete or absent, because it is written
beside its place and moved there, and every blob is checked when it is read, so no lock is needed.
A cache that cannot be written or read is a slower one, never an error.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.remote import artifact, files
from floe_ls.remote.artifact import Artifact, Descriptor
from floe_ls.remote.failure import Failed

FRESH = 60.0
"""Seconds for which a tag that may move is not asked for again."""
LONG = 24 * 3600.0
"""The same for a whole version, which should not move."""
TAGS_FRESH = 600.0
"""The same for the list of a repository's tags."""
LIMIT = 256 << 20
"""Bytes of all blobs together; FLOE_LS_CACHE_MB says otherwise."""
USED = 3600.0
"""Seconds within which a second use of a blob is not noted."""
LEFT_OVER = 3600.0
"""Seconds after which a file that is not whole belongs to a process that died."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Record:
    """What a reference was known to be."""

    ref: str
    digest: str
    fetched_at: float
    checked_at: float
    """When the registry last said that the digest is still this one."""
    before: str = ""
    """The digest that the reference had before this one."""
    changed_at: float | None = None
    """When the digest was seen to be another one than before."""


@dataclass(frozen=True)
class Tags:
    """The tags of a repository, the newest version first."""

    names: tuple[str, ...]
    looked_at: float


@dataclass(frozen=True)
class Entry:
    """A reference in the cache, as `floe-ls cache list` shows it."""

    record: Record
    size: int
    """Bytes of its blobs; 0 where they are gone."""


@dataclass(frozen=True)
class Pruned:
    files: int
    size: int
    """Bytes that were freed."""
    left: int
    """Bytes that are there still."""


def default_limit() -> int:
    megabytes = os.environ.get("FLOE_LS_CACHE_MB", "")
    return int(megabytes) << 20 if megabytes.isdigit() else LIMIT


def default_folder() -> Path:
    """FLOE_LS_CACHE, or where the system keeps a user's caches."""
    if named := os.environ.get("FLOE_LS_CACHE"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("floe-ls", appauthor=False))


class Cache:
    """Also a `registry.Store`."""

    def __init__(
        self,
        folder: Path | None = None,
        now: Callable[[], float] = time.time,
        limit: int | None = None,
    ) -> None:
        self.folder = folder or default_folder()
        self.limit = default_limit() if limit is None else limit
        self._now = now
        self._kept: int | None = None
        """Bytes written since the size was last looked at; None before the first look."""

    def artifact(self, ref: OciRef) -> Artifact | None:
        """What the reference named when it was last looked up; None where a part is missing."""
        digest = ref.digest
        record = self.record(ref)
        if digest is None and record is not None:
            digest = record.digest
        if digest is None:
            return None
        data = self.blob(digest)
        if data is None:
            return None
        since = record.checked_at if record is not None else self._now()
        try:
            found = artifact.assemble(str(ref), data, self._read, since)
        except Failed:
            return None
        self._note_use(found.digest, found.layer_digest)
        if record is None or record.digest != digest or not record.before:
            return found
        return replace(found, before=record.before, changed_at=record.changed_at)

    def is_fresh(self, ref: OciRef) -> bool:
        """What the cache has for the reference needs no second look."""
        if ref.digest:
            return True
        record = self.record(ref)
        # A moment in the future is one of a clock that was wrong: better to look again.
        age = self._now() - record.checked_at if record is not None else -1
        return 0 <= age < (LONG if ref.pinned else FRESH)

    def record(self, ref: OciRef) -> Record | None:
        path = self._record_path(ref)
        try:
            read = json.loads(files.read_bytes(path, limit=1 << 20))
            record = Record(
                str(read["ref"]),
                str(read["digest"]),
                float(read["fetched_at"]),
                float(read["checked_at"]),
                str(read.get("before", "")),
                float(read["changed_at"]) if read.get("changed_at") is not None else None,
            )
        except Failed:
            return None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self._drop(path)
            return None
        return record if record.ref == str(ref) and artifact.is_digest(record.digest) else None

    def remember(self, ref: OciRef, digest: str) -> None:
        """The registry has just said that the reference names this digest."""
        now, known = self._now(), self.record(ref)
        record = Record(str(ref), digest, now, now)
        if known is not None and known.digest == digest:
            record = replace(known, checked_at=now)
        elif known is not None:
            record = replace(record, before=known.digest, changed_at=now)
        self._write(self._record_path(ref), json.dumps(asdict(record)).encode())

    def accept(self, ref: OciRef) -> None:
        """The user knows that the reference names another digest than before."""
        known = self.record(ref)
        if known is not None and known.before:
            record = replace(known, before="", changed_at=None)
            self._write(self._record_path(ref), json.dumps(asdict(record)).encode())

    def tags(self, repository: OciRef) -> Tags | None:
        """What tags the repository had when it was last asked."""
        path = self._tags_path(repository)
        try:
            read = json.loads(files.read_bytes(path, limit=4 << 20))
            if read["ref"] != str(repository.without_version):
                return None
            return Tags(tuple(str(tag) for tag in read["names"]), float(read["looked_at"]))
        except Failed:
            return None
        except (ValueError, LookupError, TypeError, RecursionError):
            self._drop(path)
            return None

    def has_fresh_tags(self, repository: OciRef) -> bool:
        known = self.tags(repository)
        return known is not None and 0 <= self._now() - known.looked_at < TAGS_FRESH

    def remember_tags(self, repository: OciRef, names: tuple[str, ...]) -> Tags:
        found = Tags(names, self._now())
        document = {"ref": str(repository.without_version), **asdict(found)}
        self._write(self._tags_path(repository), json.dumps(document).encode())
        return found

    def blob(self, digest: str) -> bytes | None:
        """A blob whose bytes are right; one that is damaged is removed."""
        path = self._blob_path(digest)
        if path is None:
            return None
        try:
            data = files.read_bytes(path)
            artifact.verify(data, digest, "The cached copy")
        except Failed as failed:
            if failed.failure.kind != "not-found":
                self._drop(path)
            return None
        return data

    def keep(self, data: bytes) -> None:
        path = self._blob_path(artifact.digest_of(data))
        if path is not None:  # also over a file that is there: it may be damaged
            self._write(path, data)
            self._mind_the_size(len(data))

    # What is there, and what goes

    def entries(self) -> list[Entry]:
        """All references that are known, by name."""
        found = []
        for path in self._files("refs"):
            try:
                ref = parse_ref(str(json.loads(files.read_bytes(path, limit=1 << 20))["ref"]))
            except (Failed, ValueError, LookupError, TypeError, RecursionError):
                continue
            record = self.record(ref) if isinstance(ref, OciRef) else None
            if record is not None:
                found.append(Entry(record, self._size_of(record.digest)))
        return sorted(found, key=lambda entry: entry.record.ref)

    def size(self) -> int:
        """Bytes of all blobs together."""
        return sum(size for _, size, _ in self._blobs())

    def prune(self, limit: int | None = None) -> Pruned:
        """Removes what was not used for longest, until the rest is below the limit, and what has become useless.

        Others may read and write meanwhile: who finds a blob gone fetches it again.
        """
        limit = self.limit if limit is None else limit
        count = freed = 0
        for folder in ("blobs", "refs", "tags"):
            for path in self._files(folder):
                if path.name.startswith(files.NEW) and self._is_left_over(path):
                    freed += self._remove(path)
                    count += 1
        blobs = sorted(self._blobs(), key=lambda blob: blob[2])
        left = sum(size for _, size, _ in blobs)
        for path, size, _ in blobs:
            if left <= limit:
                break
            self._remove(path)
            left, freed, count = left - size, freed + size, count + 1
        if count:
            count += self._forget_what_is_gone()
        return Pruned(count, freed, left)

    def clear(self) -> Pruned:
        """Removes everything."""
        count = freed = 0
        for folder in ("refs", "tags", "blobs"):
            for path in self._files(folder):
                freed += self._remove(path)
                count += 1
        return Pruned(count, freed, self.size())

    def _mind_the_size(self, written: int) -> None:
        """Looking at all files costs, so it is done at the first writing, and after each sixteenth of the limit."""
        if self._kept is None or self._kept + written > self.limit // 16:
            self._kept = 0
            if self.size() > self.limit:
                self.prune(self.limit * 7 // 8)
        else:
            self._kept += written

    def _forget_what_is_gone(self) -> int:
        """Records keep what digest a reference had, which is worth knowing, but not for ever."""
        count, now = 0, self._now()
        for entry in self.entries():
            if not entry.size and now - entry.record.checked_at > LONG:
                ref = parse_ref(entry.record.ref)
                assert isinstance(ref, OciRef)
                self._remove(self._record_path(ref))
                count += 1
        return count

    def _files(self, folder: str) -> list[Path]:
        found: list[Path] = []
        for above, _, names in os.walk(self.folder / folder):
            found += [Path(above, name) for name in names]
        return found

    def _blobs(self) -> list[tuple[Path, int, float]]:
        """Path, bytes and last use of each."""
        found = []
        for path in self._files("blobs"):
            try:
                status = path.stat()
            except OSError:
                continue  # another process was quicker
            found.append((path, status.st_size, status.st_mtime))
        return found

    def _size_of(self, digest: str) -> int:
        path = self._blob_path(digest)
        try:
            data = files.read_bytes(path, artifact.MAX_MANIFEST) if path else b""
            sizes = [each.size for each in artifact.children(digest, data)]
        except Failed:
            return 0
        return len(data) + sum(sizes)

    def _is_left_over(self, path: Path) -> bool:
        try:
            return abs(self._now() - path.stat().st_mtime) > LEFT_OVER
        except OSError:
            return False

    def _remove(self, path: Path) -> int:
        """Bytes that are free now."""
        try:
            size = path.stat().st_size
            path.unlink()
        except OSError:
            return 0
        return size

    def _note_use(self, *digests: str) -> None:
        """The time of a blob's file is that of its last use."""
        now = self._now()
        for digest in digests:
            path = self._blob_path(digest)
            try:
                if path is not None and abs(now - path.stat().st_mtime) > USED:
                    os.utime(path, (now, now))
            except OSError:
                continue  # read only, or gone

    def _read(self, blob: Descriptor, limit: int) -> bytes:
        data = self.blob(blob.digest)
        if data is None or len(data) > limit:
            raise Failed("not-found", "It is not in the cache.")
        return data

    def _blob_path(self, digest: str) -> Path | None:
        if not artifact.is_digest(digest):
            return None
        algorithm, _, value = digest.partition(":")
        return self.folder / "blobs" / algorithm / value

    def _record_path(self, ref: OciRef) -> Path:
        name = artifact.digest_of(str(ref).encode()).removeprefix("sha256:")
        return self.folder / "refs" / f"{name}.json"

    def _tags_path(self, repository: OciRef) -> Path:
        name = artifact.digest_of(str(repository.without_version).encode()).removeprefix("sha256:")
        return self.folder / "tags" / f"{name}.json"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_whole(path, data)
        except OSError as error:
            # Read-only home, full disk: it costs speed, and there is nothing the user must do now.
            _log.info("The cache in %s is not written: %s.", self.folder, files.reason_of(error))

    def _drop(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.info("A damaged file stays in the cache: %s.", files.reason_of(error))
