"""The one mutable thing: it owns the current snapshot, and fetches what that lacks."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote
from zlib import crc32

from floe_ls.chain.layers import Found, Holder, Pending, Shapes, Unavailable, reference
from floe_ls.chain.ref import OciRef, parse_ref, resolve_path
from floe_ls.forms.dialect import names_manifest, names_product
from floe_ls.forms.document import Alike, Document, Kind, read_document
from floe_ls.ide.facts import Facts, RepositoryTags
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.census import Row, row_of
from floe_ls.remote import files, seen, settings_file
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.behind import behind
from floe_ls.remote.cache import Tags, default_folder
from floe_ls.remote.count import Counting, candidates
from floe_ls.remote.failure import Failure
from floe_ls.remote.scan import is_candidate, is_left_out
from floe_ls.remote.seen import Seen
from floe_ls.schema.meta import Role
from floe_ls.schema.shape import shape_of
from floe_ls.settings import Settings, merged, parse_settings
from floe_ls.text import Encoding, Lines

log = logging.getLogger(__name__)

RECHECK = 60.0
"""Seconds after which a parent is looked at again, when a file that needs it is opened or saved."""
TAGS_AGAIN = 600.0
"""The same for the tags of a repository."""
NEWS_OF_VERSION, NEWS_OF_TAG = 7 * 86400.0, 86400.0
"""Seconds for which it is told that a tag names another digest than before: one that should not move, one that may."""
_SETTINGS = frozenset(setting.name for setting in fields(Settings))
READ_AT_ONCE = 5
"""Files that changed on disk, above which they are read behind: a checkout must not be felt while typing."""
FAILURES = 64
"""What could not be had, above which that which nobody names any more is forgotten."""
TRIED = 12
"""Versions that are tried out, of which the last ones are waited for."""
SHELF = 64
"""Products that nobody has open, and that are kept at hand after something asked for them."""


class Fetch(Protocol):
    """Asks for what is behind an `oci://` reference; the same question while one is under way shares its answer."""

    def fetch(
        self, ref: OciRef, settings: Settings, *, refresh: bool = False
    ) -> Future[Artifact | Failure]: ...

    def known(self, ref: OciRef, settings: Settings) -> tuple[Artifact, bool] | None:
        """What can be said at once, and whether it needs no second look."""

    def tags(self, repository: OciRef, settings: Settings) -> Future[Tags | Failure]: ...

    def known_tags(self, repository: OciRef) -> Tags | None: ...

    def content(self, registry: str, repository: str, digest: str) -> Artifact | None: ...

    def cancel(self, future: Future[Any]) -> None: ...


Walk = Callable[[Iterable[Path], Callable[[str], None], threading.Event | None], Iterator[str]]

REMOTE = "floe-oci:"
"""The scheme under which editors show artifacts: `floe-oci://host/repository@sha256:…/manifest.yaml`."""


def floe_shapes() -> Shapes:
    """The shapes of floe's files: compiled ones, or, where the models have changed since, those read from them.

    This is where the engine meets the concrete models.
    """
    from floe_ls.schema.compiled import MADE_FROM, SHAPES

    if models_fingerprint() == MADE_FROM:
        return {Kind(name): shape for name, shape in SHAPES.items()}
    from floe_ls.schema.kinds import KINDS

    return {Kind(name): shape_of(model) for name, model in KINDS.items()}


def models_fingerprint() -> int:
    """Changes with the modules that say what the shapes are."""
    folder = Path(__file__).parent / "schema"
    found = 0
    for module in sorted(folder.glob("*.py")):
        if module.name != "compiled.py":
            found = crc32(module.read_bytes().replace(b"\r\n", b"\n"), found)
    return found


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


@dataclass(frozen=True)
class Known:
    """What one session tells another about a workspace. It can be sent to another process."""

    roots: tuple[str, ...]
    editor: Mapping[str, Any]
    editor_of: Mapping[str, Mapping[str, Any]]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    settings: tuple[str, ...]
    """Folders that have their own, by URI."""
    failures: Mapping[str, Unavailable]
    artifacts: tuple[tuple[str, dict[str, Any]], ...]
    facts: Mapping[str, Facts]
    tags: Mapping[str, RepositoryTags]
    texts: tuple[tuple[str, str], ...] = ()
    """Files that an editor has open, by URI: what it shows may not be saved."""
    relative: bool = True
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class _Holding:
    """A file that nobody has open, as far as where its reference leads depends on it."""

    uri: str
    ref: str = ""

    @property
    def name(self) -> str:
        return self.uri.rpartition("/")[2]


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
        self.trusted = True
        """Else no network is used, and no file outside of the roots is read."""
        self.patient = False
        """Waits for a second look at what the cache has, in place of using it at once."""
        self.later: Callable[[float, Callable[[], None]], None] = lambda _seconds, _call: None
        """Runs a call on this thread after so many seconds; where nobody can, nothing is asked for again by itself."""
        self.progress: Callable[[str, bool], None] = lambda _target, _begun: None
        """Told when a fetch begins and ends."""
        self.fetching: dict[str, Future[Artifact | Failure]] = {}
        self._tried: dict[str, None] = {}
        """Targets that were fetched to see what they would change."""
        self._fetching_tags: dict[str, Future[Tags | Failure]] = {}
        self._again: set[str] = set()
        """Targets that are asked for again after a rest."""
        self._tags_told: tuple[object, ...] | None = None
        """For which artifacts and open documents tags were asked for: a keystroke changes neither."""
        self._asked_at: dict[str, float] = {}
        self._asked_by: dict[str, str] = {}
        """The document, by URI, whose settings say how a target is reached."""
        self.settings_problems: dict[str, list[SettingsProblem]] = {}
        self._fetcher = fetcher
        self.post = post
        self.changed = changed
        self._editor: dict[str, Any] = {}
        self._editor_of: dict[str, dict[str, Any]] = {}
        """The editor's settings of one root, where it has others for it."""
        self._settings_files: dict[str, str | None] = {}
        self.counted: Callable[[int, int], None] = lambda _done, _total: None
        """Told how many of the workspace's files are known."""
        self.processes: int | None = 1
        """How many count the files of a large workspace; None: as many as there are cores."""
        self.keeps_rows = False
        """Whether rows are kept between starts, in the cache's folder where no other is named."""
        self.rows_folder: Path | None = None
        """Where rows are kept between starts."""
        self.walk: Walk = self._candidates
        """Finds the files of folders."""
        self.seen: Mapping[str, Seen] = {}
        """The files by path, as a scan saw them that was waited for."""
        self._kept: set[str] = set()
        """URIs of files that stay at hand without being open: those that were added, and parents of the outside."""
        self._followed: set[str] = set()
        """Those of them that were read because a reference led there, until the scan comes by."""
        self._wanted: dict[str, str] = {}
        self.left_out: dict[str, tuple[str, ...]] = {}
        """What the editor itself does not show, by root, in the words of a `.gitignore` there; of all roots by an
        empty text."""
        self._changed: dict[str, None] = {}
        """Files that changed on disk and are to be read behind, one crowd after the other."""
        self._reading = False
        self._since_scan: dict[str, None] | None = None
        """Files that changed while the scan goes on, which may have read them before."""
        self._shelf: dict[str, Document] = {}
        """Files that nobody has open, read because something asked for them."""
        self._settled = False
        """Whether all folders that have settings are known."""
        self.alike: Alike | None = None
        """What files that are added have in common, where one reads many."""
        self._scan: threading.Event | None = None
        """Set when the scan that was begun last has ended."""
        self._stop = threading.Event()
        self._watched: set[str] = set()
        """URIs whose chain is kept complete though no editor has them open: those a command line asked for."""
        self._stated: set[str] = set()

    # --- for other processes

    def known(self, snapshot: Snapshot | None = None, rows: bool = True) -> Known:
        """All that a session in another process needs to give the same answers; without the rows, what decides beside
        the files."""
        snapshot = snapshot or self.snapshot
        held = snapshot.files.held
        counted = snapshot.census.rows if rows else ()
        return Known(
            self.roots,
            self._editor,
            self._editor_of,
            tuple((row.uri, seen.values_of(row)) for row in counted),
            tuple(snapshot.settings_of),
            snapshot.failures,
            tuple((target, _packed(document)) for target, document in snapshot.artifacts.items()),
            snapshot.facts,
            snapshot.tags,
            tuple((uri, held[uri].text) for uri in sorted(snapshot.opened) if uri in held),
            self.relative,
            self.trusted,
        )

    def learn(self, known: Known) -> None:
        self.relative, self.trusted = known.relative, known.trusted
        self._editor = dict(known.editor)
        self._editor_of = {root: dict(editor) for root, editor in known.editor_of.items()}
        self.set_roots(root.rstrip("/") for root in known.roots)
        for folder in known.settings:
            self._settings_near(folder + "floe-ls.toml")
        self._settled = True
        rows = [seen.row_from(uri, values, self._load) for uri, values in known.rows]
        artifacts = {target: read_document(**packed) for target, packed in known.artifacts}
        self.snapshot = self.snapshot.with_rows(rows).changed(
            scanned=True,
            failures=known.failures,
            artifacts=artifacts,
            facts=known.facts,
            tags=known.tags,
        )
        for uri, text in known.texts:
            self.add(uri, text)
        _ = self.snapshot.family  # what follows costs what it changes

    # --- what an editor does

    def open(self, uri: str, text: str, version: int | None = None) -> Document:
        if uri.startswith(REMOTE):
            return self._view(uri, text, version)
        self._settings_near(uri)
        was = self._last_known(uri)
        document = read_document(uri, text, version, was, label=self.label(uri))
        self._take(document, opened=True)
        self.demand([document])
        self.recheck([document])
        return document

    def add(self, uri: str, text: str) -> Document:
        """A file that is read though no editor has it open."""
        self._settings_near(uri)
        document = read_document(uri, text, None, label=self.label(uri), alike=self.alike)
        self._take(document)
        return document

    def change(self, uri: str, version: int | None, changes: Iterable[Change]) -> Document | None:
        """An edit of an open document; None where it is not open."""
        old = self.snapshot.documents.get(uri)
        if old is None or uri not in self.snapshot.opened:
            return None
        lines = old.lines
        edits: list[tuple[int, int, int] | None] = []
        for change in changes:
            if change.start is None or change.end is None:
                lines = Lines(change.text)
                edits.append(None)
                continue
            start = lines.offset(*change.start, self.encoding)
            end = lines.offset(*change.end, self.encoding)
            start, end = min(start, end), max(start, end)
            lines = lines.changed(start, end, change.text)
            edits.append((start, end, len(change.text)))
        edit = edits[0] if len(edits) == 1 else None
        document = read_document(uri, lines, version, old, edit=edit)
        self._take(document)
        if self.fetching and self._reference(old) != self._reference(document):
            self._cancel_unneeded()
        return document

    def close(self, uri: str) -> None:
        """What the file holds on disk counts again."""
        viewed = {u: d for u, d in self.snapshot.viewed.items() if u != uri}
        self.snapshot = self.snapshot.changed(opened=self.snapshot.opened - {uri}, viewed=viewed)
        if not uri.startswith(REMOTE):
            self._reread_here([uri])
        self._cancel_unneeded()

    def opened(self) -> list[Document]:
        documents = self.snapshot.documents
        return [documents[uri] for uri in sorted(self.snapshot.opened) if uri in documents]

    def reread(self, uris: Iterable[str]) -> None:
        """Files changed, came or went on disk. Open ones are the editor's."""
        uris = dict.fromkeys(uris)
        if self._since_scan is not None:
            self._since_scan.update(uris)
        if self._reading or len(uris) > READ_AT_ONCE:
            self._changed.update(uris)
            self._read_changed()
        else:
            self._reread_here(uris)
        settings = [uri for uri in uris if _is_settings(uri)]
        if settings:
            before = self._exclusions()
            self._reload_settings()
            for uri in settings:
                self._settings_near(uri)
            self.demand()
            self.changed()
            if self._exclusions() != before:
                self._scan_again()
        if any(uri.endswith(_IGNORING) for uri in uris):
            self._scan_again()

    @property
    def is_reading(self) -> bool:
        """Whether more will be known of the files without anybody's doing."""
        return self._reading or self._since_scan is not None

    def _reread_here(self, uris: Iterable[str]) -> None:
        gone: list[str] = []
        rows: list[Row] = []
        held: dict[str, Document] = {}
        for uri in uris:
            if uri in self.snapshot.opened or not self._may_count(uri):
                continue
            known = uri in self.snapshot.files
            was = self._last_known(uri)
            self._unshelve(uri)
            text = self._read(uri)
            if isinstance(text, Failure):
                gone.append(uri)
                continue
            document = read_document(uri, text, None, was, label=self.label(uri))
            row = row_of(document, self.snapshot.shapes)
            if uri in self.snapshot.files.held and uri in self._kept:
                held[uri] = document
            elif row is not None:
                self._shelve(document)
                rows.append(row.of(self._load))
            elif known:
                gone.append(uri)
        failures = {t: f for t, f in self.snapshot.failures.items() if t not in uris}
        snapshot = self.snapshot.without(*gone).with_rows(rows).with_documents(held)
        self._reread_done(snapshot.changed(failures=failures))

    def _may_count(self, uri: str) -> bool:
        """Whether a file that changed is one of the workspace's; a new one may be left out of it."""
        if uri in self.snapshot.files:
            return True
        return _may_be_ours(uri.rpartition("/")[2]) and not self._is_left_out(uri)

    def _is_left_out(self, uri: str) -> bool:
        path = files.path_of(uri)
        root = next((root for root in self.roots if uri.startswith(root)), None)
        folder = files.path_of(root) if root is not None else None
        if path is None or folder is None:
            return False
        exclude = self._excluded(folder)
        return is_left_out(os.fspath(folder), os.fspath(path), exclude, self._within())

    def _reread_done(self, snapshot: Snapshot) -> None:
        self._stated.clear()
        self.snapshot = snapshot.changed(missing=frozenset())
        self.demand()
        self.changed()

    def _read_changed(self) -> None:
        if self._changed and not self._reading:
            uris, self._changed = [*self._changed], {}
            self._reading = True
            self._in_background(lambda stop: self._reread_behind(uris, stop))

    def _reread_behind(self, uris: list[str], stop: threading.Event) -> None:
        """Many files at once: by rows, on another thread and in other processes."""
        found: set[str] = set()
        gone: list[str] = []
        try:
            wanted = [uri for uri in uris if self._may_count(uri)]
            paths = {os.fspath(p): uri for uri in wanted if (p := files.path_of(uri)) is not None}
            for batch in self._counting(stop).batches(paths, {}):
                rows = [(paths.get(path, uri), path, each) for uri, path, each in batch.found]
                found.update(uri for uri, _, _ in rows)
                self.post(lambda rows=rows: self._take_rows(rows))  # type: ignore[misc]
            gone = [uri for uri in wanted if uri not in found]
        except Exception:
            log.exception("reading files that changed")

        def done() -> None:
            self._reading = False
            left = [uri for uri in gone if uri not in self.snapshot.opened]
            failures = {t: f for t, f in self.snapshot.failures.items() if t not in uris}
            if not stop.is_set():
                self._reread_done(self.snapshot.without(*left).changed(failures=failures))
            self._read_changed()

        self.post(done)

    # --- settings

    def configure(
        self,
        editor: Mapping[str, Any],
        of_roots: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """The editor's settings (its `floe` section), and those of single roots. They win over `floe-ls.toml`."""
        before = self._exclusions()
        self._editor = _known_settings(editor)
        roots = {
            root.rstrip("/") + "/": _known_settings(of) for root, of in (of_roots or {}).items()
        }
        self._editor_of = {root: of for root, of in roots.items() if of != self._editor}
        # A file of the workspace cannot say that the workspace is to be trusted: only the editor can.
        # Nor does saying nothing lift what was said at the start.
        self.trusted = editor.get("trusted", self.trusted) is not False
        self._reload_settings()
        self.demand()
        self.changed()
        if self._exclusions() != before:
            self._scan_again()

    def leave_out(self, patterns: Mapping[str, tuple[str, ...]]) -> None:
        """What the editor itself does not show; see `left_out`."""
        if patterns != self.left_out:
            self.left_out = dict(patterns)
            self._scan_again()

    def set_roots(self, roots: Iterable[str]) -> None:
        self.roots = tuple(
            sorted({root.rstrip("/") + "/" for root in roots}, key=len, reverse=True)
        )
        self._shelf.clear()
        held = self.snapshot.files.held
        relabelled = {uri: self._relabelled(document) for uri, document in held.items()}
        self.snapshot = self.snapshot.with_documents(relabelled)
        self._reload_settings()

    def label(self, uri: str) -> str:
        """A path relative to the workspace's folder; outside of it, the end of the path, which people know."""
        for root in self.roots:
            if uri.startswith(root):
                return unquote(uri[len(root) :])
        path = files.path_of(uri)
        if path is None:
            return uri
        if self.relative:
            return os.path.relpath(path)
        parts = path.parts
        return str(path) if len(parts) <= 4 else "…/" + "/".join(parts[-3:])

    def _relabelled(self, document: Document) -> Document:
        label = self.label(document.uri)
        if label == document.label:
            return document
        return read_document(document.uri, document.lines, document.version, document, label=label)

    def _settings_near(self, uri: str) -> None:
        """Reads the settings file above a document, once for each folder."""
        path = files.path_of(uri) if not self._settled else None
        if path is None:
            return
        folder = files.uri_of(path.parent) + "/"
        if folder not in self._settings_files:
            self._read_settings(folder, path.parent)

    def _reload_settings(self) -> None:
        folders = [*self._settings_files]
        self._settings_files.clear()
        self.settings_problems.clear()
        before = self._reach()
        base, problems = self._parse(self._editor, self.roots[-1] if self.roots else "")
        self.settings_problems[""] = [SettingsProblem("", p) for p in problems]
        self.snapshot = self.snapshot.changed(settings=base, settings_of={}, failures={})
        for root in self.roots:
            path = files.path_of(root)
            if path is not None:
                self._read_settings(root, path)
            if root in self._editor_of:
                self._settings_of_root(root)
        for folder in folders:
            path = files.path_of(folder)
            if path is not None and folder not in self._settings_files:
                self._read_settings(folder, path)
        if self._reach() != before:
            # What came by other ways, or from where nobody may ask any more, does not count.
            for target in [*self.fetching]:
                self._cancel(target)
            self._asked_at.clear()
            self.snapshot = self.snapshot.changed(artifacts={}, facts={}, tags={})

    def _settings_of_root(self, root: str) -> None:
        """Those of a root for which the editor has others than for the rest."""
        if root in self.snapshot.settings_of:
            return  # its file was read with them
        file = self._settings_files.get(root)
        data = settings_file.read(place) if file and (place := files.path_of(file)) else {}
        # What is wrong with the file is told where it was read.
        above = {} if isinstance(data, Failure) else data
        folder = file.rpartition("/")[0] + "/" if file else root
        settings, problems = self._parse(merged(above, self._editor_of[root]), folder)
        if problems and not file:
            self.settings_problems[root] = [SettingsProblem("", p) for p in problems]
        of = {**self.snapshot.settings_of, root: settings}
        self.snapshot = self.snapshot.changed(settings_of=of)

    def _editor_for(self, folder: str) -> Mapping[str, Any]:
        """The editor's settings for a folder: those of the innermost root around it that has its own."""
        around = [root for root in self._editor_of if folder.startswith(root)]
        return self._editor_of[max(around, key=len)] if around else self._editor

    def _reach(self) -> list[tuple[object, ...]]:
        """What the settings say of where artifacts come from."""
        snapshot = self.snapshot
        settings = (*sorted(snapshot.settings_of.items()), ("", snapshot.settings))
        return [(f, s.offline, s.registries, s.allow, s.within) for f, s in settings]

    def _parse(self, data: Mapping[str, Any], folder: str) -> tuple[Settings, list[str]]:
        settings, problems = parse_settings(data, folder)
        if not self.trusted:
            settings = replace(settings, within=self.roots)
        return settings, problems

    def _within(self) -> tuple[str, ...] | None:
        return None if self.trusted else self.roots

    def _read(self, place: str | Path) -> str | Failure:
        return files.read(place, within=self._within())

    def _read_settings(self, folder: str, path: Path) -> None:
        above = files.uri_of(path.parent) + "/"
        if above in self._settings_files and not (path / settings_file.NAME).exists():
            self._settings_files[folder] = self._settings_files[above]
            return
        place = settings_file.nearest(path)
        self._settings_files[folder] = None
        if place is None or not files.is_within(place, self._within()):
            return
        uri = files.uri_of(place)
        self._settings_files[folder] = uri
        if files.uri_of(place.parent) + "/" in self.snapshot.settings_of:
            return
        data = settings_file.read(place)
        if isinstance(data, Failure):
            self.settings_problems[uri] = [SettingsProblem(uri, data.message, data.line or 0)]
            data = {}
        base = files.uri_of(place.parent) + "/"
        settings, problems = self._parse(merged(data, self._editor_for(base)), base)
        if problems:
            self.settings_problems[uri] = [SettingsProblem(uri, p) for p in problems]
        of = {**self.snapshot.settings_of, base: settings}
        self.snapshot = self.snapshot.changed(settings_of=of)

    # --- what is missing

    def demand(self, documents: Iterable[Document] | None = None) -> None:
        """Reads and fetches what the chains of documents need: files at once, artifacts in the background."""
        wanted = list(documents) if documents is not None else self.watched()
        for document in wanted:
            current = self.snapshot.documents.get(document.uri, document)
            self._forget_offline(current)
            for _ in range(20):
                target = self.snapshot.pending(current)
                if not target or not self._resolve(target, current):
                    break
            self._look_for_folders(current)
        if documents is None:
            self._demand_wanted()

    def _forget_offline(self, document: Document) -> None:
        """What could not be had because the folder of another file is offline may be had for this one."""
        snapshot = self.snapshot
        if not any(failure.kind == "offline" for failure in snapshot.failures.values()):
            return
        here = reference(snapshot.chain(document).layers[0].document, snapshot.shapes)
        target = str(parse_ref(here.text)) if here is not None else ""
        failure = snapshot.failures.get(target)
        if failure is None or failure.kind != "offline" or self._fetcher is None:
            return
        if not snapshot.settings_for(document.uri).offline:
            failures = {t: f for t, f in snapshot.failures.items() if t != target}
            self.snapshot = snapshot.changed(failures=failures)

    def want(self, refs: Mapping[str, str]) -> None:
        """References in files that nobody has open, each with the URI of such a file: these are fetched, too."""
        if refs != self._wanted:
            self._wanted = dict(refs)
            self._demand_wanted()

    def _demand_wanted(self) -> None:
        for text, uri in self._wanted.items():
            for found, holder in self._way_of(text, uri):
                if isinstance(found, Pending) and not found.target.startswith("file:"):
                    self._resolve(found.target, holder)

    def _way_of(
        self, text: str, uri: str
    ) -> Iterator[tuple[Found | Pending | Unavailable, Holder]]:
        """Where a reference leads, and where that of the artifact leads, and so on."""
        holder: Holder = _Holding(uri)
        for _ in range(20):
            found = self.snapshot.find(text, holder)
            yield found, holder
            if isinstance(found, Pending):  # it may be known by now
                found = self.snapshot.find(text, holder)
            if not isinstance(found, Found) or not found.document.ref:
                return
            holder = found.document
            here = reference(found.document, self.snapshot.shapes)
            if here is None:
                return
            text = here.text

    def whole(self, snapshot: Snapshot, document: Document) -> Snapshot:
        """A snapshot with what the chain of a file that nobody watches leads to on disk. The session stays as it is."""
        for _ in range(20):
            target = snapshot.pending(document)
            if not target.startswith("file:"):
                break
            text = self._read(target)
            if isinstance(text, Failure):
                message = _no_file(text, self.label(target))
                found = Unavailable(text.kind, message, target)
                snapshot = snapshot.with_artifact(target, found)
            else:
                read = read_document(target, text, label=self.label(target))
                snapshot = snapshot.with_document(read)
        missing = self._missing(document) - snapshot.missing
        return snapshot.changed(missing=snapshot.missing | missing) if missing else snapshot

    def fetch_for(self, ref: str, holder: Document) -> None:
        """Looks for what a reference leads to, as seen from a file that need not hold it."""
        found = self.snapshot.find(ref, holder)
        if isinstance(found, Pending):
            self._resolve(found.target, holder)

    def fetch_to_try(self, target: str, holder: Document) -> bool:
        """Fetches what no file names, but what somebody thinks of naming; whether something is known now that was not.
        Of many such, the first ones are given up."""
        self._tried.pop(target, None)
        self._tried[target] = None
        while len(self._tried) > TRIED:
            del self._tried[next(iter(self._tried))]
        self._cancel_unneeded()
        return self._resolve(target, holder)

    def watched(self) -> list[Document]:
        documents = self.snapshot.documents
        uris = self.snapshot.opened | self._watched
        found = [documents[uri] for uri in sorted(uris) if uri in documents]
        return [*found, *self.snapshot.viewed.values()]

    def watch(self, uris: Iterable[str]) -> None:
        self._watched.update(uris)

    def _resolve(self, target: str, document: Holder) -> bool:
        """Whether something is known now that was not."""
        if len(self.snapshot.failures) >= FAILURES:  # most were typed once
            needed = self._needed()
            failures = {t: f for t, f in self.snapshot.failures.items() if t in needed}
            self.snapshot = self.snapshot.changed(failures=failures)
        if target.startswith("file:"):
            self._settings_near(target)
            text = self._read(target)
            if isinstance(text, Failure):
                message = _no_file(text, self.label(target))
                found = Unavailable(text.kind, message, target)
                self.snapshot = self.snapshot.with_artifact(target, found)
            else:
                read = read_document(target, text, label=self.label(target))
                self._take(read)
                self._followed.add(target)
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
        settings = self.snapshot.settings_for(document.uri)
        self._asked_by[target] = document.uri
        if target not in self.fetching and not self.patient:
            known = self._fetcher.known(ref, settings)
            if known is not None:
                self._arrived(target, known[0])
                self._asked_at[target] = time.monotonic()
                if not known[1]:
                    self._ask(target)
                return True
        if target not in self.fetching:
            return self._ask(target)
        return False

    def _ask(self, target: str, refresh: bool = False) -> bool:
        """Begins to fetch what a target names; whether the answer is there already."""
        ref = parse_ref(target)
        if self._fetcher is None or not isinstance(ref, OciRef) or target in self.fetching:
            return False
        settings = self.snapshot.settings_for(self._asked_by.get(target, ""))
        self._asked_at[target] = time.monotonic()
        future = self._fetcher.fetch(ref, settings, refresh=refresh)
        self.fetching[target] = future
        if future.done():
            self._fetched(target, future, quiet=True)
            return True
        self.progress(target, True)
        future.add_done_callback(lambda done: self.post(lambda: self._fetched(target, done)))
        return False

    def _fetched(
        self, target: str, future: Future[Artifact | Failure], quiet: bool = False
    ) -> None:
        if self.fetching.get(target) is not future:
            return  # it was given up, and perhaps asked for anew
        del self.fetching[target]
        self.progress(target, False)
        if future.cancelled():
            return
        try:
            answer = future.result()
        except Exception:
            log.exception("fetching %s", target)
            answer = Failure("server", f"{target} could not be fetched; the log says more.")
        changed = self._arrived(target, answer)
        if not quiet:
            self.demand()
            if changed:
                self.changed()

    def _arrived(self, target: str, answer: Artifact | Failure) -> bool:
        """Whether answers may be others now."""
        failure = answer if isinstance(answer, Failure) else answer.stale
        again = failure.again if failure is not None else None
        if again is not None and target not in self._again:
            self._again.add(target)
            self.later(max(again - time.time(), 1.0), lambda: self._ask_again(target))
        before = self.snapshot
        if isinstance(answer, Failure):
            found = Unavailable(
                answer.kind, answer.message, target, answer.since, answer.again is not None
            )
            if target in before.artifacts or before.failures.get(target) == found:
                return False  # the copy at hand is better than none
            self.snapshot = before.with_artifact(target, found)
            return True
        facts = _facts(target, answer)
        old = before.artifacts.get(target)
        stale = _stale(answer)
        if old is not None and (old.digest, old.stale) == (answer.digest, stale):
            self.snapshot = before.changed(facts={**before.facts, target: facts})
            return facts.before != getattr(before.facts.get(target), "before", "")
        document = artifact_document(target, answer)
        self.snapshot = before.with_artifact(target, document).changed(
            facts={**before.facts, target: facts}
        )
        return True

    def _ask_again(self, target: str) -> None:
        """After a rest, if it still matters."""
        self._again.discard(target)
        document = self.snapshot.artifacts.get(target)
        failed = target in self.snapshot.failures or (document is not None and document.stale)
        if failed and target in self._needed():
            self._ask(target)

    def _needed(self) -> set[str]:
        """The targets that the chains of watched documents lead to, known or not."""
        found: set[str] = set(self._tried)
        for document in self.watched():
            chain = self.snapshot.chain(document)
            found.add(chain.pending)
            for layer in chain.layers:
                found.add(layer.document.ref)
                here = reference(layer.document, self.snapshot.shapes)
                ref = parse_ref(here.text) if here is not None else None
                found.add(str(ref))
        for text, uri in self._wanted.items():
            for there, _ in self._way_of(text, uri):
                found.add(there.document.ref if isinstance(there, Found) else there.target)
        return found

    def _cancel_unneeded(self) -> None:
        """Ends the fetches that nobody waits for any more."""
        if not self.fetching:
            return
        needed = self._needed()
        for target in [*self.fetching]:
            if target not in needed:
                self._cancel(target)

    def _cancel(self, target: str) -> None:
        future = self.fetching.pop(target, None)
        if future is not None and self._fetcher is not None:
            self._fetcher.cancel(future)
            self.progress(target, False)

    def cancel(self, target: str) -> None:
        """The user does not want to wait for it."""
        if target in self.fetching:
            self._cancel(target)
            message = f"{target} was not fetched: it was cancelled."
            if target not in self.snapshot.artifacts:
                found = Unavailable("cancelled", message, target)
                self.snapshot = self.snapshot.with_artifact(target, found)
            self.changed()

    def recheck(self, documents: Iterable[Document] | None = None) -> None:
        """Looks again, in the background, at parents that may have changed since."""
        if self._fetcher is None or self.patient:
            return
        now = time.monotonic()
        wanted = list(documents) if documents is not None else self.watched()
        for document in wanted:
            current = self.snapshot.documents.get(document.uri, document)
            for layer in self.snapshot.chain(current).layers:
                target = layer.document.ref
                ref = parse_ref(target) if target in self.snapshot.artifacts else None
                if not isinstance(ref, OciRef) or ref.digest:
                    continue
                if now - self._asked_at.get(target, -RECHECK) >= RECHECK:
                    self._asked_by.setdefault(target, current.uri)
                    self._ask(target)

    # --- tags

    def demand_tags_of_parents(self) -> None:
        """The tags of what open documents inherit from; nothing is asked about a reference that leads nowhere yet."""
        snapshot = self.snapshot
        if self._fetcher is None or self._tags_told == (snapshot.artifacts, snapshot.opened):
            return
        self._tags_told = snapshot.artifacts, snapshot.opened
        for document in self.opened():
            here = reference(document, snapshot.shapes)
            ref = parse_ref(here.text) if here is not None else None
            if isinstance(ref, OciRef) and str(ref) in snapshot.artifacts:
                self.demand_tags(document, ref)

    def demand_tags(self, document: Document, ref: OciRef | None = None) -> None:
        """Asks in the background for the tags of a repository: that of the document's reference, or another."""
        if ref is None:
            here = reference(document, self.snapshot.shapes)
            found = parse_ref(here.text) if here is not None else None
            ref = found if isinstance(found, OciRef) else None
        if ref is None or self._fetcher is None:
            return
        repository = ref.without_version
        name = str(repository)
        if name in self._fetching_tags:
            return
        if name not in self.snapshot.tags and (known := self._fetcher.known_tags(repository)):
            self._tell_tags(name, known)
        now = time.monotonic()
        if now - self._asked_at.get(f"tags {name}", -TAGS_AGAIN) < TAGS_AGAIN:
            return
        self._asked_at[f"tags {name}"] = now
        future = self._fetcher.tags(repository, self.snapshot.settings_for(document.uri))
        self._fetching_tags[name] = future
        future.add_done_callback(lambda done: self.post(lambda: self._got_tags(name, done)))

    def _got_tags(self, name: str, future: Future[Tags | Failure]) -> None:
        if self._fetching_tags.pop(name, None) is None or future.cancelled():
            return
        answer = future.result()
        if not isinstance(answer, Failure):
            before = self.snapshot.tags.get(name)
            self._tell_tags(name, answer)
            if before is None or before.names != answer.names:
                self.changed()

    def _tell_tags(self, name: str, tags: Tags) -> None:
        told = RepositoryTags(tags.names, tags.looked_at)
        self.snapshot = self.snapshot.changed(tags={**self.snapshot.tags, name: told})

    # --- artifacts as documents

    def content(self, uri: str) -> Document | None:
        """The artifact that a `floe-oci:` URI names, also one that no open file needs."""
        named = remote_parts(uri)
        if named is None:
            return None
        registry, repository, digest = named
        for document in self.snapshot.artifacts.values():
            if document.digest == digest and remote_parts(document.uri) == named:
                return document
        artifact = self._fetcher.content(registry, repository, digest) if self._fetcher else None
        if artifact is None:
            return None
        return artifact_document(str(OciRef(registry, repository, None, digest)), artifact)

    def _view(self, uri: str, text: str, version: int | None) -> Document:
        """An artifact that an editor shows. It stays what it is, whatever the editor believes it holds."""
        known = self.content(uri)
        document = read_document(
            uri,
            known.lines if known else text,
            version,
            label=known.label if known else uri,
            ref=known.ref if known else uri,
            digest=known.digest if known else "",
            fetched_at=known.fetched_at if known else None,
            partial=known.partial if known else False,
        )
        viewed = {**self.snapshot.viewed, uri: document}
        self.snapshot = self.snapshot.changed(viewed=viewed, opened=self.snapshot.opened | {uri})
        self.demand([document])
        return document

    def folders(self, document: Document) -> list[str]:
        """The folders that a product names, by URI."""
        shape = self.snapshot.shapes.get(document.kind)
        path = shape.role_path(Role.TRANSFORM_PATH) if shape else None
        transforms = document.at(path[:1]) if path else None
        found: dict[str, None] = {}
        for _, item in transforms.children() if transforms else ():
            folder = item.child(path[-1]) if path else None
            if folder is not None and isinstance(folder.value, str) and folder.value.strip():
                found[resolve_path(document.uri, folder.value.strip())] = None
        return [*found]

    def _look_for_folders(self, document: Document) -> None:
        """Finds out which of the folders that a product names do not exist."""
        if document.uri in self._stated:
            return
        self._stated.add(document.uri)
        missing = self.snapshot.missing | self._missing(document)
        if missing != self.snapshot.missing:
            self.snapshot = self.snapshot.changed(missing=missing)

    def _missing(self, document: Document) -> frozenset[str]:
        """The folders that a product names and that do not exist."""
        if not document.uri.startswith("file:"):
            return frozenset()
        found = [(uri, files.path_of(uri)) for uri in self.folders(document)]
        return frozenset(
            uri
            for uri, place in found
            if place is not None and not os.path.exists(place)  # noqa: PTH110  no errors of odd names
        )

    def saved(self) -> None:
        """A file was saved: folders beside it may have come meanwhile."""
        self._stated.clear()
        self.snapshot = self.snapshot.changed(missing=frozenset())
        self._tags_told = None
        self.demand()
        self.recheck()

    def retry(self) -> None:
        """Asks again at once for all that was fetched or could not be had; what is at hand stays in use meanwhile."""
        targets = {*self.snapshot.artifacts, *self.snapshot.failures} & self._needed()
        failures = {t: f for t, f in self.snapshot.failures.items() if t in targets}
        self.snapshot = self.snapshot.changed(failures=failures)
        self._asked_at.clear()
        self._tags_told = None
        for target in sorted(targets):
            self._ask(target, refresh=True)
        self.demand()
        self.changed()

    def _take(self, document: Document, opened: bool = False) -> None:
        before = self.snapshot.files.held.get(document.uri)
        self._unshelve(document.uri)
        if not opened and document.uri not in self.snapshot.opened:
            self._kept.add(document.uri)
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
        """Counts the manifests and products of the workspace in the background."""
        paths = [p for root in (roots or self.roots) if (p := files.path_of(root)) is not None]
        self._stop.set()
        self._stop = threading.Event()
        self._since_scan = {}
        if wait:
            self._scan_folders(paths, self._stop, lambda call: call(), wait)
            return
        stop, before = self._stop, self._scan
        self._scan = ended = threading.Event()

        def go_on() -> None:
            if before is not None:  # it ends soon
                before.wait()
            try:
                self._scan_folders(paths, stop, self.post)
            finally:
                ended.set()

        behind(go_on)

    def _candidates(
        self,
        folders: Iterable[Path],
        settings: Callable[[str], None],
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        return candidates(folders, settings, stop, self._excluded, self._within())

    def _exclusions(self) -> list[tuple[object, ...]]:
        """What settings say of files that are left out."""
        snapshot = self.snapshot
        of = [(folder, each.exclude) for folder, each in snapshot.settings_of.items()]
        return [*sorted(of), ("", snapshot.settings.exclude), *self._editor_exclusions()]

    def _editor_exclusions(self) -> Iterator[tuple[object, ...]]:
        for root, editor in sorted(self._editor_of.items()):
            yield root, editor.get("exclude")

    def _scan_again(self) -> None:
        if self._scan is not None:
            self.scan()

    def _excluded(self, folder: Path) -> tuple[str, ...]:
        """What an editor's settings leave out of a root. Those of files are found on the way."""
        root = files.uri_of(folder) + "/"
        of = self._editor_of.get(root, self._editor).get("exclude")
        wanted = of if isinstance(of, list | tuple) else ()
        given = [each for each in wanted if isinstance(each, str)]
        return (*given, *self.left_out.get("", ()), *self.left_out.get(root, ()))

    def _in_background(self, call: Callable[[threading.Event], None]) -> None:
        stop = self._stop
        behind(lambda: call(stop))

    def _counting(self, stop: threading.Event) -> Counting:
        # Other processes make floe's shapes themselves; a session for other shapes has none.
        shapes = floe_shapes if self.processes != 1 else lambda: self.snapshot.shapes
        return Counting(shapes, self.processes, self._within(), stop)

    def _scan_folders(
        self,
        paths: list[Path],
        stop: threading.Event,
        post: Callable[[Callable[[], None]], None],
        wait: bool = False,
    ) -> None:
        def near(place: str) -> None:
            there = files.uri_of(place)
            post(lambda: self._settings_near(there))

        found: set[str] = set()
        try:
            kept = self._rows_file(paths)
            known = seen.load(kept) if kept is not None else {}
            there = [*self.walk(paths, near, stop)]
            opened = [os.fspath(p) for u in self.snapshot.opened if (p := files.path_of(u))]
            fresh: dict[str, Seen] = {}
            for batch in self._counting(stop).batches(there, known, opened):
                found.update(uri for uri, _, _ in batch.found)
                fresh.update((path, each) for _, path, each in batch.found)
                post(lambda b=batch: self._counted([*b.found], b.done, b.total))  # type: ignore[misc]
            if stop.is_set():
                return
            if kept is not None and fresh != known:
                seen.save(kept, fresh)
            if wait:
                self.seen = fresh
        except Exception:
            log.exception("scanning the workspace")
        taken = threading.Event()
        post(taken.set)
        if taken.wait(10.0):
            _ = self.snapshot.family  # here, so that no keystroke waits for it
        post(lambda: self._scanned(found, stop))

    def _rows_file(self, paths: list[Path]) -> Path | None:
        if self.keeps_rows and self.rows_folder is None:
            self.rows_folder = default_folder() / "rows"
        if self.rows_folder is None or not self.trusted:
            return None
        return seen.place(self.rows_folder, [os.fspath(path) for path in paths])

    def _counted(self, rows: list[tuple[str, str, Seen]], done: int, total: int) -> None:
        self._take_rows(rows)
        self.counted(done, total)

    def _take_rows(self, found: list[tuple[str, str, Seen]]) -> None:
        held = self.snapshot.files.held
        rows: list[Row] = []
        gone: list[str] = []
        for uri, _, each in found:
            if uri in held and (uri not in self._followed or uri in self.snapshot.opened):
                continue
            self._followed.discard(uri)
            self._unshelve(uri)
            row = each.as_row(uri, self._load)
            if row is not None:
                rows.append(row)
            elif uri in self.snapshot.files:
                gone.append(uri)
        if gone:
            self.snapshot = self.snapshot.without(*gone)
        if rows:
            self.snapshot = self.snapshot.with_rows(rows)
        _ = self.snapshot.census  # now, in small steps, and not at the next keystroke

    def _scanned(self, found: set[str], stop: threading.Event) -> None:
        """All files are known now: the rows of others are those of folders that are no longer looked at."""
        if stop.is_set():
            return  # another one has begun
        since, self._since_scan = self._since_scan, None
        gone = [uri for uri in self.snapshot.files.closed if uri not in found]
        self.snapshot = self.snapshot.without(*gone).changed(scanned=True)
        self.demand()
        self.changed()
        if since:
            self.reread(since)

    def _load(self, uri: str) -> Document:
        """A file that is a row only, read whole because something asks for it. A file that is gone is empty."""
        known = self._shelf.get(uri)
        if known is not None:
            return known
        text = self._read(uri)
        document = read_document(
            uri, "" if isinstance(text, Failure) else text, label=self.label(uri)
        )
        row = row_of(document, self.snapshot.shapes)
        if row != self.snapshot.files.closed.get(uri):
            # It changed, and nobody has said so yet.
            self.later(0.0, lambda: self.reread([uri]))
        self._shelve(document)
        return document

    def _last_known(self, uri: str) -> Document | None:
        """What there is of a file already: most of it, or all, is as it was."""
        return self.snapshot.files.held.get(uri) or self._shelf.get(uri)

    def _unshelve(self, uri: str) -> None:
        known = self._shelf.pop(uri, None)
        if known is not None:
            known.facts.clear()  # its row knows it: without this only the collector would end the two

    def _shelve(self, document: Document) -> None:
        self._shelf[document.uri] = document
        if document.kind is Kind.PRODUCT and len(self._shelf) > SHELF:
            products = [u for u, d in self._shelf.items() if d.kind is Kind.PRODUCT]
            for uri in products[: len(products) // 2]:
                self._unshelve(uri)

    def close_all(self) -> None:
        self._stop.set()


def _known_settings(editor: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in editor.items() if key in _SETTINGS and value is not None}


def _packed(document: Document) -> dict[str, Any]:
    names = ("uri", "text", "label", "ref", "digest", "fetched_at", "partial", "stale")
    return {name: getattr(document, name) for name in names}


def _may_be_ours(name: str) -> bool:
    return names_manifest(name) or names_product(name) or is_candidate(name)


_IGNORING = "/.gitignore"


def _is_settings(uri: str) -> bool:
    return uri.rpartition("/")[2] == settings_file.NAME


def artifact_document(target: str, artifact: Artifact) -> Document:
    """A fetched manifest as a document. Its URI is the one that editors open it read-only by."""
    ref = parse_ref(target)
    assert isinstance(ref, OciRef)
    title = quote(artifact.title.rpartition("/")[2] or "manifest.yaml", safe="")
    folder = f"{REMOTE}//{ref.registry}/{ref.repository}@{artifact.digest}/"

    def read(name: str) -> Document:
        return read_document(
            folder + name,
            artifact.text,
            label=target,
            ref=target,
            digest=artifact.digest,
            fetched_at=artifact.fetched_at,
            partial=artifact.partial,
            stale=_stale(artifact),
        )

    document = read(title)
    if document.kind is Kind.OTHER and not artifact.partial:
        # An artifact is what its publisher says, whatever its file is called.
        again = read("manifest.yaml")
        return again if again.kind is Kind.MANIFEST else document
    return document


def remote_parts(uri: str) -> tuple[str, str, str] | None:
    """Registry, repository and digest of a `floe-oci:` URI, however much of it an editor has quoted."""
    found = re.fullmatch(rf"{REMOTE}//([^/]+)/(.+)@(sha\d+:[0-9a-f]+)/[^/]*", unquote(uri))
    return (found[1].lower(), found[2], found[3]) if found else None


def _stale(artifact: Artifact) -> str:
    """Why a newer copy could not be had, and since when."""
    failure = artifact.stale
    if failure is None:
        return ""
    if failure.since is None:
        return failure.message
    moment = datetime.fromtimestamp(failure.since, UTC)
    return f"{failure.message} It has been so since {moment:%Y-%m-%d %H:%M} UTC."


def _facts(target: str, artifact: Artifact) -> Facts:
    ref = parse_ref(target)
    news = NEWS_OF_VERSION if isinstance(ref, OciRef) and ref.pinned else NEWS_OF_TAG
    changed_at = artifact.changed_at
    recent = changed_at is not None and time.time() - changed_at < news
    return Facts(
        artifact.digest,
        artifact.media_type,
        artifact.annotations,
        artifact.fetched_at,
        artifact.read_from,
        artifact.before if recent else "",
        changed_at if recent else None,
    )


def _no_file(failure: Failure, label: str) -> str:
    if failure.kind == "not-found":
        return f"There is no file {label}."
    return failure.message
