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
from dataclasses import dataclass
from pathlib import Path

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, files
from floe_ls.remote.artifact import Artifact, Descriptor
from floe_ls.remote.failure import Failed

FRESH = 60.0
"""Seconds for which a tag that may move is not asked for again."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Record:
    """What a reference was known to be."""

    ref: str
    digest: str
    fetched_at: float
    checked_at: float
    """When the registry last said that the digest is still this one."""


def default_folder() -> Path:
    """FLOE_LS_CACHE, or where the system keeps a user's caches."""
    if named := os.environ.get("FLOE_LS_CACHE"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("floe-ls", appauthor=False))


class Cache:
    """Also a `registry.Store`."""

    def __init__(self, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self.folder = folder or default_folder()
        self._now = now

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
            return artifact.assemble(str(ref), data, self._read, since)
        except Failed:
            return None

    def is_fresh(self, ref: OciRef) -> bool:
        """What the cache has for the reference needs no second look."""
        if ref.pinned:
            return True
        record = self.record(ref)
        return record is not None and 0 <= self._now() - record.checked_at < FRESH

    def record(self, ref: OciRef) -> Record | None:
        path = self._record_path(ref)
        try:
            read = json.loads(files.read_bytes(path, limit=1 << 20))
            record = Record(
                str(read["ref"]),
                str(read["digest"]),
                float(read["fetched_at"]),
                float(read["checked_at"]),
            )
        except Failed:
            return None
        except (ValueError, LookupError, TypeError, RecursionError):
            self._drop(path)
            return None
        return record if record.ref == str(ref) and artifact.is_digest(record.digest) else None

    def remember(self, ref: OciRef, digest: str) -> None:
        """The registry has just said that the reference names this digest."""
        now, known = self._now(), self.record(ref)
        fetched = known.fetched_at if known is not None and known.digest == digest else now
        record = {"ref": str(ref), "digest": digest, "fetched_at": fetched, "checked_at": now}
        self._write(self._record_path(ref), json.dumps(record).encode())

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
