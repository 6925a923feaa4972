"""A session for one command: files read, parents fetched, everything waited for."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from floe_ls.cli.words import Refused
from floe_ls.forms.document import Document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.remote import files
from floe_ls.remote.cache import default_folder
from floe_ls.remote.count import candidates
from floe_ls.remote.failure import Failure
from floe_ls.remote.fetch import Fetcher
from floe_ls.remote.scan import paths_below
from floe_ls.remote.workers import cores
from floe_ls.session import Session, floe_shapes

LONG = 30.0
"""Seconds that a command waits for all parents together; each fetch has its own, shorter limit."""


class Workspace:
    """Calls from fetching threads are run on this one, while it waits."""

    def __init__(self, offline: bool = False) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.session = Session(floe_shapes(), Fetcher(), self._calls.put)
        self.session.processes = cores()
        self.session.rows_folder = default_folder() / "rows"
        self.session.relative = True
        self.session.patient = True
        self.session.walk = self._walk
        self._walked: dict[str, tuple[list[str], list[str]]] = {}
        """The files and settings files of folders."""
        here = files.uri_of(Path.cwd())
        self.session.set_roots([here])
        self.session.configure({"offline": True} if offline else {})

    @property
    def snapshot(self) -> Snapshot:
        return self.session.snapshot

    def read(self, path: str) -> Document:
        """One file, its chain complete as far as it can be had. Raises Refused."""
        if Path(path).is_dir():
            raise Refused(f"{path} is a folder; name a file in it")
        document = self.load([path])[0]
        if not document.is_ours:
            raise Refused(f"{path} is neither a manifest nor a data product of floe")
        return document

    def load(self, paths: Iterable[str], progress: Progress | None = None) -> list[Document]:
        """The manifests and products at these paths, in order. Raises Refused for a path that is not there."""
        found, roots = self.find(paths)
        for number, (uri, place) in enumerate(found.items()):
            if progress:
                progress.show("reading", number, len(found))
            self.session.add(uri, text_at(place))
        self.session.scan(roots, wait=True)
        self.session.watch(found)
        self.session.demand()
        self.wait(progress)
        documents = self.session.snapshot.documents
        return [documents[uri] for uri in found]

    def find(self, paths: Iterable[str]) -> tuple[dict[str, str], list[str]]:
        """The paths of the files at or below these paths, by URI and in order, and the workspaces they belong to."""
        found: dict[str, str] = {}
        roots: dict[Path, None] = {}
        for path in paths:
            place = Path(path)
            roots.setdefault(_workspace_of(place))
            if place.is_dir():
                for file in self._below(os.path.abspath(place)):  # noqa: PTH100  no link is resolved
                    found.setdefault(files.uri_of(file), file)
            else:
                found.setdefault(files.uri_of(place), os.fspath(place))
        return found, [files.uri_of(root) for root in roots]

    def _below(self, folder: str) -> list[str]:
        if folder not in self._walked:
            settings: list[str] = []
            self._walked[folder] = [*paths_below(folder, settings=settings.append)], settings
        return self._walked[folder][0]

    def _walk(
        self,
        folders: Iterable[Path],
        settings: Callable[[str], None],
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """No folder is walked over twice."""
        for folder in folders:
            known = self._walked.get(os.fspath(folder))
            if known is None:
                yield from candidates((folder,), settings, stop)
                continue
            for file in known[1]:
                settings(file)
            yield from known[0]

    def artifact(self, ref: str, holder: Document) -> Document:
        """What a reference leads to, as seen from a file. Raises Refused."""
        from floe_ls.chain.layers import Found, Pending

        self.session.fetch_for(ref, holder)
        self.wait()
        found = self.snapshot.find(ref, holder)
        if isinstance(found, Pending):
            raise Refused(f"{found.target} did not answer in time")
        if not isinstance(found, Found):
            raise Refused(found.message.rstrip("."))
        return found.document

    def wait(self, progress: Progress | None = None) -> None:
        end = time.monotonic() + LONG
        session = self.session
        while session.fetching and time.monotonic() < end:
            if progress:
                progress.note(f"fetching {', '.join(sorted(session.fetching))}")
            try:
                self._calls.get(timeout=0.1)()
            except queue.Empty:
                continue
        while not self._calls.empty():
            self._calls.get()()
        for problems in session.settings_problems.values():
            for problem in problems:
                where = f"{session.label(problem.uri)}: " if problem.uri else ""
                sys.stderr.write(f"floe-ls: settings: {where}{problem.message}\n")
        session.settings_problems.clear()


def text_at(place: str | Path) -> str:
    """Raises Refused."""
    text = files.read(place)
    if isinstance(text, Failure):
        raise Refused(text.message.rstrip("."))
    return text


def _workspace_of(path: Path) -> Path:
    """The folder whose files a path's bare names and references may mean."""
    start = path.resolve()
    start = start if start.is_dir() else start.parent
    for folder in (start, *start.parents):
        if (folder / "floe-ls.toml").is_file() or (folder / ".git").exists():
            return folder
    return start


class Progress:
    """A bar on stderr, where that is a terminal and the work takes over a second."""

    DELAY = 1.0

    def __init__(self) -> None:
        self._on = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._since = time.monotonic()
        self._last = 0.0
        self._shown = False

    def show(self, what: str, done: int, total: int) -> None:
        if self._due():
            filled = round(24 * done / max(total, 1))
            self._write(f"{what} {'█' * filled}{'░' * (24 - filled)} {done}/{total}")

    def note(self, text: str) -> None:
        if self._due():
            self._write(text)

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self._shown = False

    def _due(self) -> bool:
        now = time.monotonic()
        if not self._on or now - self._since < self.DELAY or now - self._last < 0.1:
            return False
        self._last = now
        return True

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\033[K{text[:100]}")
        sys.stderr.flush()
        self._shown = True
