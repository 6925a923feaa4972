"""Findings as plain values: made on all cores where there are many files, and kept for the next time."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from floe_ls.cli.workspace import Progress, Workspace, text_at
from floe_ls.forms.document import Alike, Document, Kind
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.remote import files, seen
from floe_ls.remote.failure import Failed
from floe_ls.remote.program import ALL, fingerprint
from floe_ls.remote.workers import answers, cores, in_order
from floe_ls.schema.meta import Severity, Tier
from floe_ls.session import Known, Session, floe_shapes
from floe_ls.text import Span

FEW = 400
"""Files for which no other process is started."""
PIECE = 50
LONG_LINE = 160
FORM = 1
"""Of what is kept on disk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a file or artifact, with the line to show. Lines from 0, columns in UTF-16 units."""

    name: str
    label: str
    ref: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    marked: tuple[int, int]
    """Where in the text the place is."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    code: str
    severity: Severity
    message: str
    place: Place
    related: tuple[Place, ...]
    fixes: tuple[str, ...]
    """Titles of the best ones."""


@dataclass(frozen=True, slots=True)
class Checked:
    label: str
    kind: str
    dialect: str
    reports: tuple[Report, ...]


def checked(document: Document, found: Iterable[Diagnostic]) -> Checked:
    reports = tuple(_report(document, each) for each in found)
    return Checked(document.label, document.kind.value, document.dialect.value, reports)


def _report(document: Document, d: Diagnostic) -> Report:
    related = tuple(_place(r.document, r.span, r.message) for r in d.related)
    best = sorted(d.fixes, key=lambda fix: not fix.preferred)[:3]
    titles = tuple(fix.title for fix in best)
    return Report(d.code, d.severity, d.message, _place(document, d.span), related, titles)


def _place(document: Document, span: Span, message: str = "") -> Place:
    lines = document.lines
    at, to = lines.position(span.start), lines.position(span.end)
    text = lines.line(at[0])
    start = span.start - lines.starts[at[0]]
    end = min(max(span.end - lines.starts[at[0]], start + 1), max(len(text), start + 1))
    if len(text) > LONG_LINE:  # a line too long to show whole: what is around the place
        cut = max(start - 60, 0)
        text, start, end = text[cut : cut + LONG_LINE], start - cut, min(end - cut, LONG_LINE)
    return Place(document.name, document.label, document.ref, at, to, text, (start, end), message)


class Checking:
    """The findings of files and folders, each as soon as those before it are there."""

    def __init__(self, workspace: Workspace, progress: Progress) -> None:
        self._workspace = workspace
        self._progress = progress

    def files(self, paths: Sequence[str]) -> Iterator[Checked]:
        found, roots = self._workspace.find(paths)
        if len(found) > FEW:
            yield from self._many(found, roots)
            return
        documents = self._workspace.load(paths, self._progress)
        for number, document in enumerate(documents):
            self._progress.show("checking", number, len(documents))
            yield checked(document, diagnostics(self._workspace.snapshot, document))

    def _many(self, found: dict[str, str], roots: list[str]) -> Iterator[Checked]:
        gc.set_threshold(100_000, 50, 100)  # tens of thousands of rows, which all stay
        session = self._workspace.session
        session.counted = lambda done, total: self._progress.show("reading", done, total)
        session.scan(roots, wait=True)
        for uri, place in found.items():
            if uri not in session.snapshot.files:
                session.add(uri, text_at(place))
        session.watch(_asking(session))
        session.demand()
        self._workspace.wait(self._progress)
        kept = _Kept(session, roots)
        wanted = [(uri, os.path.abspath(place)) for uri, place in found.items()]  # noqa: PTH100
        at_hand = {uri: old for uri, path in wanted if (old := kept.valid(uri, path)) is not None}
        left = [each for each in wanted if each[0] not in at_hand]
        fresh = _fresh(session, left)
        queue: list[Answer] = []
        for number, (uri, path) in enumerate(wanted):
            self._progress.show("checking", number, len(wanted))
            values = at_hand.pop(uri, None)
            if values is None:
                if not queue:
                    queue = next(fresh)[::-1]
                values, digest, folders = queue.pop()
                kept.keep(uri, path, values, digest, folders)
            yield _file(values)
        kept.save()


def _fresh(session: Session, left: list[tuple[str, str]]) -> Iterator[list[Answer]]:
    """What is found in files, some at a time and in their order: here, or in other processes where there are many."""
    if len(left) <= FEW:
        judge = _judging(session)
        yield from (judge([each]) for each in left)
        return
    pieces = [left[at : at + PIECE] for at in range(0, len(left), PIECE)]
    yield from in_order(answers(checking, (session.known(),), pieces, cores()))


def _asking(session: Session) -> list[str]:
    """Files whose parents have to be looked for: manifests, and products that name none that is known."""
    census, parents = session.snapshot.census, session.snapshot.family.parents
    asking = (Tier.PRODUCT, Tier.DOMAIN)
    rows = [r for r in census.rows if r.kind is Kind.MANIFEST or r.uri not in parents]
    return [row.uri for row in rows if row.tier in asking]


Piece = list[tuple[str, str]]


Answer = tuple[list[Any], str, list[tuple[str, bool]]]
"""What was found as plain values, the digest of what was read, and the folders that it names and whether they exist."""


def checking(known: Known) -> Callable[[Piece], list[Answer]]:
    """The job of other processes: files, by URI and path."""
    session = Session(floe_shapes())
    session.learn(known)
    session.alike = Alike()
    return _judging(session)


def _judging(session: Session) -> Callable[[Piece], list[Answer]]:
    start = session.snapshot

    def one(uri: str, path: str) -> Answer:
        try:
            data = files.read_bytes(path)
            text = files.text_of(data, path)
        except Failed:  # it has gone since it was counted
            data, text = b"", ""
        document = session.add(uri, text)
        if session.snapshot.pending(document).partition(":")[0] in ("", "file"):
            session.demand([document])
        named = session.folders(document)
        answer = checked(document, diagnostics(session.snapshot, document))
        there = [(folder, folder not in session.snapshot.missing) for folder in named]
        return _values(answer), seen.digest_of(data), there

    def answer(piece: Piece) -> list[Answer]:
        nonlocal start
        out = []
        for uri, path in piece:
            out.append(one(uri, path))
            now = session.snapshot
            # What was learnt about files beside it stays; the file itself is a row again.
            known_settings = now.settings_of is not start.settings_of
            if known_settings:
                start = start.changed(settings_of=now.settings_of)
            session.snapshot = start
        return out

    return answer


class _Kept:
    """What was found in products last time. It holds while nothing has changed that a product depends on: its text,
    the folders that it names, every manifest, every artifact, the settings, and this program."""

    def __init__(self, session: Session, roots: list[str]) -> None:
        self._session = session
        folder = session.rows_folder
        paths = [os.fspath(p) for root in roots if (p := files.path_of(root)) is not None]
        self._rows = session.seen
        self._path = seen.place(folder.parent / "checked", paths) if folder is not None else None
        self._state = self._digest()
        self._old: dict[str, Any] = {}
        self._new: dict[str, Any] = {}
        self._load()

    def _digest(self) -> str:
        snapshot = self._session.snapshot
        manifests = [
            (
                row.uri,
                hashlib.sha256(row.document.text.encode("utf-8", "surrogatepass")).hexdigest(),
            )
            for row in snapshot.census.manifests
        ]
        held = sorted(
            (uri, hashlib.sha256(d.text.encode("utf-8", "surrogatepass")).hexdigest())
            for uri, d in snapshot.files.held.items()
        )
        known = self._session.known(rows=False)
        state = (
            FORM, fingerprint(ALL), os.getcwd(), known.roots, sorted(known.editor.items()),  # noqa: PTH109
            sorted(known.editor_of.items()), known.settings,
            snapshot.settings, sorted(snapshot.settings_of.items()), sorted(known.failures.items()),
            sorted((target, packed["digest"], packed["stale"]) for target, packed in known.artifacts),
            sorted((target, facts.before) for target, facts in known.facts.items()),
            sorted((name, tags.names) for name, tags in known.tags.items()), manifests, held,
        )  # fmt: skip
        return seen.digest_of(repr(state).encode("utf-8", "surrogatepass"))

    def _load(self) -> None:
        if self._path is None:
            return
        try:
            data = seen.unsealed(self._path)
            if data["state"] == self._state:
                self._old = data["files"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return

    def valid(self, uri: str, path: str) -> list[Any] | None:
        """What was found last time, as plain values, where it is found still."""
        row = self._rows.get(path)
        old = self._old.get(path)
        if row is None or old is None or uri in self._session.snapshot.files.held:
            return None
        try:
            digest, folders, values = old
            if digest != row.digest or any(_exists(folder) != there for folder, there in folders):
                return None
            _file(values)
        except (ValueError, TypeError, KeyError, IndexError):
            return None
        self._new[path] = old
        return list(values)

    def keep(
        self, uri: str, path: str, values: list[Any], digest: str, folders: list[tuple[str, bool]]
    ) -> None:
        row = self._rows.get(path)
        known = self._session.snapshot.census.by_uri.get(uri)
        if row is not None and row.digest == digest and known and known.kind is Kind.PRODUCT:
            self._new[path] = [digest, folders, values]

    def save(self) -> None:
        if self._path is None or self._new == self._old:
            return
        seen.seal(self._path, {"state": self._state, "files": self._new})


def _exists(uri: str) -> bool:
    path = files.path_of(uri)
    return path is None or path.exists()


def _values(file: Checked) -> list[Any]:
    return [
        file.label,
        file.kind,
        file.dialect,
        [
            [r.code, r.severity.value, r.message, _of_place(r.place), [_of_place(p) for p in r.related], r.fixes]
            for r in file.reports
        ],
    ]  # fmt: skip


def _of_place(p: Place) -> list[Any]:
    return [p.name, p.label, p.ref, p.start, p.end, p.text, p.marked, p.message]


def _file(values: list[Any]) -> Checked:
    label, kind, dialect, reports = values
    return Checked(label, kind, dialect, tuple(_as_report(*each) for each in reports))


def _as_report(
    code: str, severity: str, message: str, place: list[Any], related: list[Any], fixes: list[str]
) -> Report:
    places = tuple(_as_place(*each) for each in related)
    return Report(code, Severity(severity), message, _as_place(*place), places, tuple(fixes))


def _as_place(
    name: str, label: str, ref: str, start: list[int], end: list[int], text: str, marked: list[int], message: str
) -> Place:  # fmt: skip
    pairs = ((start[0], start[1]), (end[0], end[1]), (marked[0], marked[1]))
    return Place(name, label, ref, pairs[0], pairs[1], text, pairs[2], message)
