"""The one mutable thing: it owns the current snapshot, and fetches what that lacks."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from floe_ls.chain.layers import Shapes, Unavailable, reference
from floe_ls.chain.ref import OciRef, parse_ref, resolve_path
from floe_ls.forms.dialect import names_manifest, names_product
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.snapshot import Snapshot
from floe_ls.remote import files, settings_file
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.failure import Failure
from floe_ls.remote.scan import manifests_below
from floe_ls.schema.meta import Role
from floe_ls.schema.shape import shape_of
from floe_ls.settings import Settings, merged, parse_settings
from floe_ls.text import Encoding, Lines

log = logging.getLogger(__name__)

SCAN_BATCH = 50
"""Files that the scan hands over at once."""


class Fetch(Protocol):
    """Asks for what is behind an `oci://` reference; the same question while one is under way shares its answer."""

    def fetch(self, ref: OciRef, settings: Settings) -> Future[Artifact | Failure]: ...


def floe_shapes() -> Shapes:
    """The shapes of floe's files. This is where the engine meets the concrete models."""
    from floe_ls.schema.kinds import KINDS

    return {Kind(name): shape_of(model) for name, model in KINDS.items()}


@dataclass(frozen=True)
class Change:
    """Replaces a range, or all where there is none. Lines from 0, columns in the client's units."""

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


@dataclass(frozen=True)
class SettingsProblem:
    """Something wrong in a settings file."""

    uri: str
    message: str
    line: int = 0


class Session:
    """Lives on one thread. Work on other threads comes back through `post`, which runs a call on that thread;
    `changed` is told when answers may have changed without an edit."""

    def __init__(
        self,
        shapes: Shapes,
        fetcher: Fetch | None = None,
        post: Callable[[Callable[[], None]], None] = lambda call: call(),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.snapshot = Snapshot(shapes)
        self.encoding = Encoding.UTF16
        self.relative = False
        """Files outside of the roots are named relative to the working directory."""
        self.roots: tuple[str, ...] = ()
        self.fetching: dict[str, Future[Artifact | Failure]] = {}
        self.settings_problems: dict[str, list[SettingsProblem]] = {}
        self._fetcher = fetcher
        self.post = post
        self.changed = changed
        self._editor: dict[str, Any] = {}
        self._settings_files: dict[str, str | None] = {}
        self._scan: threading.Thread | None = None
        self._stop = threading.Event()
        self._watched: set[str] = set()
        """URIs whose chain is kept complete though no editor has them open: those a command line asked for."""
        self._stated: set[str] = set()

    # --- what an editor does

    def open(self, uri: str, text: str, version: int | None = None) -> Document:
        self._settings_near(uri)
        document = read_document(uri, text, version, label=self.label(uri))
        self._take(document, opened=True)
        self.demand([document])
        return document

    def add(self, uri: str, text: str) -> Document:
        """A file that is read though no editor has it open."""
        self._settings_near(uri)
        document = read_document(uri, text, None, label=self.label(uri))
        self._take(document)
        return document

    def change(self, uri: str, version: int | None, changes: Iterable[Change]) -> Document | None:
        """An edit of an open document; None where it is not open."""
        old = self.snapshot.documents.get(uri)
        if old is None or uri not in self.snapshot.opened:
            return None
        lines = old.lines
        for change in changes:
            if change.start is None or change.end is None:
                lines = Lines(change.text)
                continue
            start = lines.offset(*change.start, self.encoding)
            end = lines.offset(*change.end, self.encoding)
            lines = lines.changed(min(start, end), max(start, end), change.text)
        document = read_document(uri, lines, version, old)
        self._take(document)
        return document

    def close(self, uri: str) -> None:
        """What the file holds on disk counts again."""
        self.snapshot = self.snapshot.changed(opened=self.snapshot.opened - {uri})
        self.reread([uri])

    def opened(self) -> list[Document]:
        documents = self.snapshot.documents
        return [documents[uri] for uri in sorted(self.snapshot.opened) if uri in documents]

    def reread(self, uris: Iterable[str]) -> None:
        """Files changed, came or went on disk. Open ones are the editor's."""
        documents = dict(self.snapshot.documents)
        failures = dict(self.snapshot.failures)
        settings = False
        for uri in uris:
            failures.pop(uri, None)
            if uri.rpartition("/")[2] == "floe-ls.toml":
                settings = True
            if uri in self.snapshot.opened:
                continue
            known = uri in documents
            name = uri.rpartition("/")[2].lower()
            if not known and not names_manifest(name) and not names_product(name):
                continue
            text = files.read(uri)
            if isinstance(text, Failure):
                documents.pop(uri, None)
            else:
                old = documents.get(uri)
                documents[uri] = read_document(uri, text, None, old, label=self.label(uri))
        self._stated.clear()
        self.snapshot = self.snapshot.changed(
            documents=documents, failures=failures, missing=frozenset()
        )
        if settings:
            self._reload_settings()
        self.demand()
        self.changed()

    # --- settings

    def configure(self, editor: Mapping[str, Any]) -> None:
        """The editor's settings (its `floe` section). They win over `floe-ls.toml`."""
        self._editor = {
            k: v for k, v in editor.items() if k in Settings.model_fields and v is not None
        }
        self._reload_settings()
        self.demand()
        self.changed()

    def set_roots(self, roots: Iterable[str]) -> None:
        self.roots = tuple(
            sorted({root.rstrip("/") + "/" for root in roots}, key=len, reverse=True)
        )
        documents = {
            uri: self._relabelled(document) for uri, document in self.snapshot.documents.items()
        }
        self.snapshot = self.snapshot.changed(documents=documents)
        self._reload_settings()

    def label(self, uri: str) -> str:
        """A path relative to the workspace's folder, or, outside of it, the whole path."""
        from urllib.parse import unquote

        for root in self.roots:
            if uri.startswith(root):
                return unquote(uri[len(root) :])
        path = files.path_of(uri)
        if path is None:
            return uri
        return os.path.relpath(path) if self.relative else str(path)

    def _relabelled(self, document: Document) -> Document:
        label = self.label(document.uri)
        if label == document.label:
            return document
        return read_document(document.uri, document.lines, document.version, document, label=label)

    def _settings_near(self, uri: str) -> None:
        """Reads the settings file above a document, once for each folder."""
        path = files.path_of(uri)
        if path is None:
            return
        folder = files.uri_of(path.parent) + "/"
        if folder not in self._settings_files:
            self._read_settings(folder, path.parent)

    def _reload_settings(self) -> None:
        folders = [*self._settings_files]
        self._settings_files.clear()
        self.settings_problems.clear()
        base, problems = parse_settings(self._editor, self.roots[-1] if self.roots else "")
        self.settings_problems[""] = [SettingsProblem("", p) for p in problems]
        self.snapshot = self.snapshot.changed(settings=base, settings_of={}, failures={})
        for root in self.roots:
            path = files.path_of(root)
            if path is not None:
                self._read_settings(root, path)
        for folder in folders:
            path = files.path_of(folder)
            if path is not None and folder not in self._settings_files:
                self._read_settings(folder, path)

    def _read_settings(self, folder: str, path: Path) -> None:
        place = settings_file.nearest(path)
        self._settings_files[folder] = None
        if place is None:
            return
        data = settings_file.read(place)
        uri = files.uri_of(place)
        self._settings_files[folder] = uri
        if isinstance(data, Failure):
            self.settings_problems[uri] = [SettingsProblem(uri, data.message, data.line or 0)]
            data = {}
        base = files.uri_of(place.parent) + "/"
        settings, problems = parse_settings(merged(data, self._editor), base)
        if problems:
            self.settings_problems[uri] = [SettingsProblem(uri, p) for p in problems]
        of = {**self.snapshot.settings_of, folder: settings, base: settings}
        self.snapshot = self.snapshot.changed(settings_of=of)

    # --- what is missing

    def demand(self, documents: Iterable[Document] | None = None) -> None:
        """Reads and fetches what the chains of documents need: files at once, artifacts in the background."""
        wanted = list(documents) if documents is not None else self.watched()
        for document in wanted:
            current = self.snapshot.documents.get(document.uri, document)
            for _ in range(20):
                target = self.snapshot.pending(current)
                if not target or not self._resolve(target, current):
                    break
            self._look_for_folders(current)

    def watched(self) -> list[Document]:
        documents = self.snapshot.documents
        uris = self.snapshot.opened | self._watched
        return [documents[uri] for uri in sorted(uris) if uri in documents]

    def watch(self, uris: Iterable[str]) -> None:
        self._watched.update(uris)

    def _resolve(self, target: str, document: Document) -> bool:
        """Whether something is known now that was not."""
        if target.startswith("file:"):
            self._settings_near(target)
            text = files.read(target)
            if isinstance(text, Failure):
                message = _no_file(text, self.label(target))
                found = Unavailable(text.kind, message, target)
                self.snapshot = self.snapshot.with_artifact(target, found)
            else:
                read = read_document(target, text, label=self.label(target))
                self._take(read)
            return True
        ref = parse_ref(target)
        if not isinstance(ref, OciRef):
            return False  # a bare name: the scan of the workspace will tell
        if self._fetcher is None:
            message = f"{target} was not looked for."
            self.snapshot = self.snapshot.with_artifact(
                target, Unavailable("offline", message, target)
            )
            return True
        if target not in self.fetching:
            future = self._fetcher.fetch(ref, self.snapshot.settings_for(document.uri))
            self.fetching[target] = future
            if future.done():
                self._fetched(target, future, quiet=True)
                return True
            future.add_done_callback(lambda done: self.post(lambda: self._fetched(target, done)))
        return False

    def _fetched(
        self, target: str, future: Future[Artifact | Failure], quiet: bool = False
    ) -> None:
        self.fetching.pop(target, None)
        if future.cancelled():
            return
        try:
            answer = future.result()
        except Exception:
            log.exception("fetching %s", target)
            answer = Failure("server", f"{target} could not be fetched; the log says more.")
        found: Document | Unavailable
        if isinstance(answer, Failure):
            found = Unavailable(answer.kind, answer.message, target)
        else:
            found = artifact_document(target, answer)
        self.snapshot = self.snapshot.with_artifact(target, found)
        if not quiet:
            self.demand()
            self.changed()

    def _look_for_folders(self, document: Document) -> None:
        """Finds out which of the folders that a product names do not exist."""
        shape = self.snapshot.shapes.get(document.kind)
        path = shape.role_path(Role.TRANSFORM_PATH) if shape else None
        if path is None or document.uri in self._stated or not document.uri.startswith("file:"):
            return
        self._stated.add(document.uri)
        missing = set(self.snapshot.missing)
        transforms = document.at(path[:1])
        for _, item in transforms.children() if transforms else ():
            folder = item.child(path[-1])
            if folder is None or not isinstance(folder.value, str) or not folder.value.strip():
                continue
            uri = resolve_path(document.uri, folder.value.strip())
            place = files.path_of(uri)
            if place is not None and not os.path.exists(place):  # noqa: PTH110  no errors of odd names
                missing.add(uri)
        if missing != self.snapshot.missing:
            self.snapshot = self.snapshot.changed(missing=frozenset(missing))

    def saved(self) -> None:
        """A file was saved: folders beside it may have come meanwhile."""
        self._stated.clear()
        self.snapshot = self.snapshot.changed(missing=frozenset())
        self.demand()

    def retry(self) -> None:
        """Forgets what could not be had, and asks again at once."""
        self.snapshot = self.snapshot.changed(failures={})
        self.demand()
        self.changed()

    def _take(self, document: Document, opened: bool = False) -> None:
        before = self.snapshot.documents.get(document.uri)
        self.snapshot = self.snapshot.with_document(document)
        if opened:
            self.snapshot = self.snapshot.changed(opened=self.snapshot.opened | {document.uri})
        if before is None or self._reference(before) != self._reference(document):
            self._stated.discard(document.uri)

    def _reference(self, document: Document) -> str:
        found = reference(document, self.snapshot.shapes)
        return found.text if found else ""

    # --- the workspace

    def scan(self, roots: Iterable[str] | None = None, wait: bool = False) -> None:
        """Reads the manifests and products of the workspace in the background."""
        paths = [p for root in (roots or self.roots) if (p := files.path_of(root)) is not None]
        self._stop.set()
        if self._scan is not None:
            self._scan.join(5)
        self._stop = threading.Event()
        if wait:
            self._scan_folders(paths, self._stop, lambda call: call())
            return
        self._scan = threading.Thread(
            target=self._scan_folders,
            args=(paths, self._stop, self.post),
            name="scan",
            daemon=True,
        )
        self._scan.start()

    def _scan_folders(
        self,
        paths: list[Path],
        stop: threading.Event,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        batch: list[Document] = []
        try:
            for folder in paths:
                for path in manifests_below(folder):
                    if stop.is_set():
                        return
                    uri = files.uri_of(path)
                    if uri in self.snapshot.documents:
                        continue
                    text = files.read(path)
                    if isinstance(text, Failure):
                        continue
                    batch.append(read_document(uri, text, label=self.label(uri)))
                    if len(batch) >= SCAN_BATCH:
                        full, batch = batch, []
                        post(lambda full=full: self._scanned(full, False))  # type: ignore[misc]
        except Exception:
            log.exception("scanning the workspace")
        post(lambda: self._scanned(batch, True))

    def _scanned(self, documents: list[Document], last: bool) -> None:
        known = self.snapshot.documents
        new = {d.uri: d for d in documents if d.uri not in known}
        self.snapshot = self.snapshot.with_documents(new)
        if last:
            self.snapshot = self.snapshot.changed(scanned=True)
            self.demand()
            self.changed()

    def close_all(self) -> None:
        self._stop.set()


def artifact_document(target: str, artifact: Artifact) -> Document:
    """A fetched manifest as a document. Its URI is the one that editors open it read-only by."""
    ref = parse_ref(target)
    assert isinstance(ref, OciRef)
    title = artifact.title.rpartition("/")[2] or "manifest.yaml"
    folder = f"floe-oci://{ref.registry}/{ref.repository}@{artifact.digest}/"

    def read(name: str) -> Document:
        return read_document(
            folder + name,
            artifact.text,
            label=target,
            ref=target,
            digest=artifact.digest,
            fetched_at=artifact.fetched_at,
            partial=artifact.partial,
            stale=artifact.stale.message if artifact.stale is not None else "",
        )

    document = read(title)
    if document.kind is Kind.OTHER and not artifact.partial:
        # An artifact is what its publisher says, whatever its file is called.
        again = read("manifest.yaml")
        return again if again.kind is Kind.MANIFEST else document
    return document


def _no_file(failure: Failure, label: str) -> str:
    if failure.kind == "not-found":
        return f"There is no file {label}."
    return failure.message
