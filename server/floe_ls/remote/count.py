"""Counts the files of a workspace: finds them, and looks at those whose rows are not known from before."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from floe_ls.chain.layers import Shapes
from floe_ls.forms.dialect import names_product
from floe_ls.remote import files, seen
from floe_ls.remote.scan import paths_below
from floe_ls.remote.seen import Seen

BATCH = 100
"""Files that are handed over at once: taking them in must not be felt while typing."""
FEW = 400
"""Files for which no other process is started."""
_NEAR = 8
"""Open files that others are near to, at most."""


@dataclass(frozen=True)
class Batch:
    found: tuple[tuple[str, str, Seen], ...]
    """URI, path, and what was seen."""
    done: int
    total: int


@dataclass(frozen=True)
class Counting:
    """What a count is made with. `shapes` makes them in other processes, too."""

    shapes: Callable[[], Shapes]
    processes: int | None = 1
    """None: as many as there are cores."""
    within: tuple[str, ...] | None = None
    stop: threading.Event | None = None

    @property
    def stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def batches(
        self, paths: Iterable[str], known: Mapping[str, Seen], near: Collection[str] = ()
    ) -> Iterator[Batch]:
        """Manifests come first, then what is near to some files (paths), then the rest."""
        ordered = _ordered(paths, [*near][:_NEAR])
        total, done = len(ordered), 0
        certain: list[tuple[str, Seen]] = []
        open_questions: list[tuple[str, Seen | None]] = []
        for path in ordered:
            if self.stopped:
                return
            old = known.get(path)
            stamp = seen.stamp_of(path) if old is not None else None
            if old is None or stamp is None or not seen.is_certain(old, stamp):
                open_questions.append((path, old))
                continue
            certain.append((path, old))
            if len(certain) >= BATCH:
                done += len(certain)
                yield _batch(certain, done, total)
                certain = []
        done += len(certain)
        yield _batch(certain, done, total)
        for answer in self._looked(open_questions):
            if self.stopped:
                return
            done += len(answer)
            yield _batch([(path, new) for path, new in answer if new is not None], done, total)

    def _looked(
        self, questions: list[tuple[str, Seen | None]]
    ) -> Iterator[list[tuple[str, Seen | None]]]:
        pieces = [questions[at : at + BATCH] for at in range(0, len(questions), BATCH)]
        if not questions:
            return
        from floe_ls.remote.workers import answers, cores  # the server starts without it

        asked = cores() if self.processes is None else self.processes
        processes = asked if len(questions) > FEW else 1
        given = self.shapes, self.within
        for _, answer in answers(seen.looking, given, pieces, processes, self.stop):
            yield answer


def candidates(
    folders: Iterable[Path],
    settings: Callable[[str], None],
    stop: threading.Event | None = None,
    exclude: Callable[[Path], Iterable[str]] = lambda _folder: (),
    within: tuple[str, ...] | None = None,
) -> Iterator[str]:
    """The paths of all files that may be ours; `settings` is told the settings files among them. `exclude` says what
    else is left out of a folder."""
    for folder in folders:
        for path in paths_below(folder, settings=settings, exclude=exclude(folder), within=within):
            if stop is not None and stop.is_set():
                return
            yield path


def _ordered(paths: Iterable[str], near: Iterable[str]) -> list[str]:
    """Manifests first, then what shares the longest folder with one of the paths that are near."""
    shared = {folder: -len(folder) for path in near for folder in _above(path)}

    def rank(path: str) -> tuple[bool, int]:
        name = path.rpartition(os.sep)[2].lower()
        found = (shared[folder] for folder in _above(path) if folder in shared)
        return names_product(name), next(found, 0) if shared else 0

    return sorted(paths, key=rank)


def _above(path: str) -> Iterator[str]:
    """The folders that a path is in, the innermost first."""
    end = path.rfind(os.sep)
    while end > 0:
        yield path[:end]
        end = path.rfind(os.sep, 0, end)


def _batch(found: list[tuple[str, Seen]], done: int, total: int) -> Batch:
    return Batch(tuple((files.uri_of(path), path, each) for path, each in found), done, total)
