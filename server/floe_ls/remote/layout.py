"""OCI image layout folders, as oras and skopeo write them: a registry without a server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from floe_ls.remote import artifact, files
from floe_ls.remote.artifact import MAX_MANIFEST, Artifact, Descriptor, Package
from floe_ls.remote.failure import Failed, Failure
from floe_ls.remote.files import NEW, write_whole

_NAME = "org.opencontainers.image.ref.name"
_MARK = "oci-layout"
_INDEX = "index.json"


def is_layout(folder: str | os.PathLike[str]) -> bool:
    try:
        return Path(folder, _INDEX).is_file() and Path(folder, "blobs").is_dir()
    except OSError:
        return False


def read(
    folder: str | os.PathLike[str], names: str | Sequence[str], ref: str = ""
) -> Artifact | Failure:
    """The artifact with a tag or a digest: the first of the names that the layout has.

    The artifact is called `ref`, or after the folder.
    """
    names = (names,) if isinstance(names, str) else names
    subject = ref or f"{os.fspath(folder)}:{names[0] if names else ''}"
    try:
        entry = _entry(Path(folder), names)
        if entry is None:
            there = ", ".join(_tags(Path(folder))[:5])
            return Failure(
                "not-found",
                f"The layout {folder} has no {' or '.join(names) or 'single artifact'}"
                f"{f'; it has {there}' if there else ''}.",
            )
        data = _read(Path(folder), entry, MAX_MANIFEST)
        artifact.verify(data, entry.digest, f"The manifest of {subject}")
        since = _blob(Path(folder), entry.digest).stat().st_mtime
        return artifact.assemble(
            subject, data, lambda blob, limit: _read(Path(folder), blob, limit), since
        )
    except Failed as failed:
        return failed.failure
    except OSError as error:
        return Failure("io", f"{folder} could not be read: {files.reason_of(error)}.")


def tags(folder: str | os.PathLike[str]) -> tuple[str, ...] | Failure:
    try:
        return _tags(Path(folder))
    except Failed as failed:
        return failed.failure


def write(folder: str | os.PathLike[str], tag: str, package: Package) -> str | Failure:
    """Adds the package under a tag, which leaves what it named before. The digest."""
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not (root / _MARK).exists():
            if any(not each.name.startswith(NEW) for each in root.iterdir()):
                return Failure("invalid", f"{root} is not empty, and no OCI image layout.")
            write_whole(root / _MARK, b'{"imageLayoutVersion": "1.0.0"}')
        (root / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        for data in (*package.blobs, package.manifest):
            write_whole(_blob(root, artifact.digest_of(data)), data)
        with _alone(root):
            new = not (root / _INDEX).exists()
            index: dict[str, Any] = (
                _index(root) if not new else {"schemaVersion": 2, "manifests": []}
            )
            kept = [each for each in index["manifests"] if _name(each) != tag]
            entry = {
                "mediaType": artifact.OCI_MANIFEST,
                "artifactType": artifact.ARTIFACT_TYPE,
                "digest": package.digest,
                "size": len(package.manifest),
                "annotations": {_NAME: tag},
            }
            index["manifests"] = [*kept, entry]
            write_whole(root / _INDEX, json.dumps(index, ensure_ascii=False, indent=2).encode())
    except Failed as failed:
        return failed.failure
    except OSError as error:
        return Failure("io", f"{root} could not be written: {files.reason_of(error)}.")
    return package.digest


def _entry(folder: Path, names: Sequence[str]) -> Descriptor | None:
    listed = _index(folder)["manifests"]
    for name in names:
        for each in listed:
            if name in {_name(each), each.get("digest")}:
                return artifact.descriptor(os.fspath(folder), each)
        if artifact.is_digest(name) and (path := _blob(folder, name)).is_file():
            return Descriptor(name, path.stat().st_size)
    if not names and len(listed) == 1:
        return artifact.descriptor(os.fspath(folder), listed[0])
    return None


def _read(folder: Path, blob: Descriptor, limit: int) -> bytes:
    try:
        return files.read_bytes(_blob(folder, blob.digest), limit)
    except Failed as failed:
        if failed.failure.kind != "not-found":
            raise
        raise Failed(
            "not-found",
            f"The layout {folder} lacks {blob.title or 'a file'} ({artifact.short(blob.digest)}),"
            " which its index names: it was not copied whole.",
        ) from None


def _tags(folder: Path) -> tuple[str, ...]:
    found = (_name(each) for each in _index(folder)["manifests"])
    return tuple(sorted({name for name in found if name}))


def _index(folder: Path) -> dict[str, Any]:
    try:
        index = json.loads(files.read_bytes(folder / _INDEX, MAX_MANIFEST))
    except (ValueError, RecursionError):
        index = None
    except Failed as failed:
        if failed.failure.kind != "not-found":
            raise
        raise Failed("not-found", f"{folder} is no OCI image layout: no index.json.") from None
    listed = index.get("manifests") if isinstance(index, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Failed("not-artifact", f"{folder / _INDEX} is no index of an OCI image layout.")
    return dict(index)


def _name(entry: dict[str, Any]) -> str:
    annotations = entry.get("annotations")
    name = annotations.get(_NAME) if isinstance(annotations, dict) else None
    return name if isinstance(name, str) else ""


def _blob(folder: Path, digest: str) -> Path:
    algorithm, _, value = digest.partition(":")
    return folder / "blobs" / algorithm / value


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two who publish at once must both be in the index. The system frees the lock of one who dies."""
    try:
        import fcntl
    except ImportError:  # Windows: the later one wins
        yield
        return
    with (folder / _MARK).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
