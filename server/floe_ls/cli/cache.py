"""`floe-ls cache`: what was fetched before: listed, pruned, cleared, and fetched ahead of time."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

from floe_ls.chain.ref import OciRef, parse_ref
from floe_ls.cli.words import Refused
from floe_ls.ide import words
from floe_ls.remote.cache import Cache, Entry


def listed(form: str) -> int:
    """Prints what the cache holds."""
    cache = Cache()
    entries = cache.entries()
    if form == "json":
        found = {
            "folder": str(cache.folder),
            "size": cache.size(),
            "limit": cache.limit,
            "entries": [
                {
                    "ref": each.record.ref,
                    "digest": each.record.digest,
                    "size": each.size,
                    "fetchedAt": each.record.fetched_at,
                    "checkedAt": each.record.checked_at,
                }
                for each in entries
            ],
        }
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return 0
    for each in entries:
        sys.stdout.write(f"{each.record.ref}\n  {_about(each)}\n")
    count = f"{len(entries)} reference{'' if len(entries) == 1 else 's'}"
    sys.stdout.write(f"{count}, {_size(cache.size())} of {_size(cache.limit)} in {cache.folder}\n")
    return 0


def prune(size: float | None) -> int:
    """Removes what was not used for longest, until the rest is below the limit, or below so many MB."""
    cache = Cache()
    done = cache.prune(int(size * (1 << 20)) if size is not None else None)
    files = f"{done.files} file{'' if done.files == 1 else 's'}"
    sys.stdout.write(f"{files} removed, {_size(done.size)}; {_size(done.left)} are left\n")
    return 0


def clear() -> int:
    cache = Cache()
    done = cache.clear()
    sys.stdout.write(f"{_size(done.size)} removed from {cache.folder}\n")
    if done.left:
        raise Refused(f"{_size(done.left)} could not be removed from {cache.folder}")
    return 0


def warm(paths: Sequence[str]) -> int:
    """Fetches every parent that files and folders need, so that they can be checked without a network. 1 where one
    could not be had."""
    from floe_ls.cli.workspace import Progress, Workspace

    workspace = Workspace()
    progress = Progress()
    workspace.load(paths, progress)
    progress.clear()
    snapshot = workspace.snapshot
    for target, document in sorted(snapshot.artifacts.items()):
        stale = f" (an older copy: {document.stale})" if document.stale else ""
        sys.stdout.write(f"{target} {document.digest}{stale}\n")
    missing = {t: f for t, f in sorted(snapshot.failures.items()) if t.startswith("oci:")}
    if not missing and not snapshot.artifacts:
        sys.stdout.write("No file needs a parent from a registry.\n")
    for failure in missing.values():
        sys.stderr.write(f"floe-ls: {failure.message}\n")
    old = any(document.stale for document in snapshot.artifacts.values())
    return 1 if missing or old else 0


def accept(text: str) -> int:
    """Says that it is known what a tag names now, so that its change is told no more."""
    ref = parse_ref(text)
    if not isinstance(ref, OciRef):
        raise Refused(f"{text} is no oci:// reference")
    cache = Cache()
    record = cache.record(ref)
    if record is None:
        raise Refused(f"{text} is not in the cache")
    cache.accept(ref)
    sys.stdout.write(f"{ref}@{record.digest}\n")
    return 0


def _about(entry: Entry) -> str:
    record = entry.record
    checked = words.ago(time.time() - record.checked_at)
    size = _size(entry.size) if entry.size else "its content was removed"
    return f"{record.digest}, {size}, looked up {checked}"


def _size(size: int) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:,} {unit}"
        size //= 1024
    return f"{size:,} GiB"
