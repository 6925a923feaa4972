"""Rows of files as they were when they were read last, kept on disk between starts.

A row is never taken for that of a changed file: where size, times or inode differ, or the file was as young as the row,
its content decides. A file of rows that is damaged, or that another program wrote, is none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from floe_ls.chain.layers import Shapes
from floe_ls.forms.document import Alike, Kind, read_document
from floe_ls.mesh.census import Load, Row, row_of
from floe_ls.remote import files
from floe_ls.remote.failure import Failed
from floe_ls.remote.program import ROWS, fingerprint
from floe_ls.schema.meta import Dialect, Tier

log = logging.getLogger(__name__)

FORM = 2
"""Of the files on disk."""
YOUNG = 2_000_000_000
"""Nanoseconds for which a file's times may stay the same though it is written again."""
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """One file: how it looked, what it held, and its row without its URI; None for files of something else."""

    stamp: Stamp
    digest: str
    looked_at: int
    row: tuple[Any, ...] | None

    def as_row(self, uri: str, load: Load) -> Row | None:
        return row_from(uri, self.row, load) if self.row is not None else None


def row_from(uri: str, values: tuple[Any, ...], load: Load) -> Row:
    kind, tier, dialect, name, version, owner, stated, ref, approves, form, models = values
    listed = None if approves is None else frozenset(approves)
    return Row(
        load, uri, Kind(kind), Tier(tier), Dialect(dialect), name, version, owner, stated, ref, listed, form,
        models,
    )  # fmt: skip


def stamp_of(path: str) -> Stamp | None:
    try:
        return _stamp(os.stat(path))  # noqa: PTH116  tens of thousands of them
    except (OSError, ValueError):
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_certain(seen: Seen, stamp: Stamp) -> bool:
    """Whether the file is surely the same without a look into it."""
    if os.name == "nt":  # there the third is when the file was made
        return False
    return seen.stamp == stamp and max(stamp[1], stamp[2]) + YOUNG < seen.looked_at


def digest_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def look(
    path: str,
    shapes: Shapes,
    old: Seen | None = None,
    within: tuple[str, ...] | None = None,
    alike: Alike | None = None,
) -> Seen | None:
    """Reads a file, or only its digest where it holds what it held; None where it cannot be read."""
    now = time.time_ns()
    try:
        data, status = files.looked_into(path, within=within)
        stamp, digest = _stamp(status), digest_of(data)
        if old is not None and old.digest == digest:
            return Seen(stamp, digest, now, old.row)
        text = files.text_of(data, path)
    except Failed:
        return None
    document = read_document(files.uri_of(path), text, alike=alike)
    row = row_of(document, shapes)
    document.facts.clear()  # its row is among them, and knows it: nothing but the collector would end the two
    return Seen(stamp, digest, now, values_of(row) if row is not None else None)


def values_of(row: Row) -> tuple[Any, ...]:
    return (
        str(row.kind), str(row.tier), str(row.dialect), row.name, row.version, row.owner, row.stated, row.ref,
        None if row.approves is None else sorted(row.approves), row.form, row.models,
    )  # fmt: skip


def looking(
    shapes: Callable[[], Shapes], within: tuple[str, ...] | None
) -> Callable[[list[tuple[str, Seen | None]]], list[tuple[str, Seen | None]]]:
    """The job of other processes: looks at files of which older rows may be known."""
    known, alike = shapes(), Alike()

    def answer(piece: list[tuple[str, Seen | None]]) -> list[tuple[str, Seen | None]]:
        return [(path, look(path, known, old, within, alike)) for path, old in piece]

    return answer


# --- on disk


def place(folder: Path, roots: list[str]) -> Path:
    """The file for a workspace."""
    return folder / f"{digest_of(chr(0).join(roots).encode())}.json"


def load(path: Path) -> dict[str, Seen]:
    """By path; nothing where there is no such file, or where it is not whole."""
    try:
        data = unsealed(path)
        if data["form"] != FORM or data["program"] != fingerprint(ROWS):
            return {}
        return {name: _seen(values) for name, values in data["files"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.info("%s is not used: %s", path, error)
        return {}


def _seen(values: list[Any]) -> Seen:
    size, modified, changed, inode, digest, looked_at, row = values
    return Seen((size, modified, changed, inode), digest, looked_at, tuple(row) if row else None)


def save(path: Path, known: Mapping[str, Seen]) -> None:
    """Others see the old file or the new one."""
    body = {
        "form": FORM,
        "program": fingerprint(ROWS),
        "files": {name: [*s.stamp, s.digest, s.looked_at, s.row] for name, s in known.items()},
    }
    seal(path, body)


def seal(path: Path, body: object) -> None:
    """Writes a value as JSON behind its digest. A folder that cannot be written to costs the next start some time."""
    data = json.dumps(body, separators=(",", ":")).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, digest_of(data).encode() + b"\n" + data)
    except OSError as error:
        log.info("%s could not be written: %s", path, error)


def unsealed(path: Path) -> Any:
    """The value that was sealed. Raises OSError, or ValueError where the file is not as it was written."""
    digest, _, data = path.read_bytes().partition(b"\n")
    if digest != digest_of(data).encode():
        raise ValueError("it is damaged")
    return json.loads(data)
