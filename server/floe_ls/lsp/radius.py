"""The blast radius of unsaved edits: found when the author rests for a moment, a little at a time, and shown on the
edited manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.model import Diagnostic
from floe_ls.lsp.later import Later, Steps
from floe_ls.remote import files

if TYPE_CHECKING:
    from floe_ls.ide.edited import Told
    from floe_ls.ide.impact import Baseline
    from floe_ls.ide.snapshot import Snapshot
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer
    from floe_ls.mesh.impact import Impact
    from floe_ls.schema.shape import Path

REST = 0.05
"""Seconds without an edit."""
SCANNING = 0.3
"""Seconds after which it is looked again whether all files are known."""
IDLE = 0.5
"""Seconds after which what an edit will be compared with is made ready."""
_KEPT = 8
"""Manifests for which that is kept."""


@dataclass(frozen=True)
class Look:
    """What becomes of the files below a manifest, with its text as it is now against that on disk."""

    document: Document
    before: Document
    impact: Impact = field(repr=False)
    made_of: tuple[object, ...] = field(repr=False)
    keeps: Snapshot = field(repr=False, compare=False)
    """What `made_of` names."""

    @cached_property
    def told(self) -> Mapping[Path, Told]:
        """What each of the edited keys does."""
        from floe_ls.ide.edited import edited_keys, told_by_key

        keys = edited_keys(self.before, self.document)
        return told_by_key(self.document.uri, keys, self.impact)


@dataclass
class _Kept:
    made_of: tuple[object, ...]
    baseline: Baseline
    work: Steps | None = None
    ready: bool = False


class Radius:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._timers: dict[str, Timer] = {}
        self._kept: dict[str, _Kept] = {}
        """By manifest: how things were with the text on disk."""
        self._work: dict[str, Steps] = {}
        self._looks: dict[str, Look] = {}
        self._found: dict[str, Diagnostic] = {}
        self._asked: dict[str, list[Later]] = {}
        self.looked: list[Callable[[str], None]] = []
        """Called with a manifest's URI when something else is known of its radius than before."""
        self._idle: Timer | None = None

    def edited(self, document: Document) -> None:
        """Nothing is asked while somebody types; a manifest that nobody inherits from has no radius."""
        if document.kind is Kind.MANIFEST:
            self._soon(document.uri)

    def forget(self, uri: str) -> None:
        """It was saved, closed, or changed on disk."""
        self._stop(uri)
        self._kept.pop(uri, None)
        self._found.pop(uri, None)
        if uri in self._looks or uri in self._asked:
            self._soon(uri)

    def of(self, document: Document) -> list[Diagnostic]:
        found = self._found.get(document.uri)
        return [found] if found is not None else []

    def last(self, uri: str) -> Look | None:
        """The last answer, which may be of an earlier text."""
        return self._looks.get(uri)

    def look(self, uri: str) -> Later:
        """A `Look` of things as they are, once there is one; None for what is no open manifest with a file."""
        answer = Later()
        known = self._looks.get(uri)
        document = self._server.snapshot.documents.get(uri)
        if known is not None and self._is_true(known):
            answer.give(known)
        elif document is None or document.kind is not Kind.MANIFEST:
            answer.give(None)
        else:
            self._asked.setdefault(uri, []).append(answer)
            if uri not in self._work:  # who asks need not wait for the author to rest
                self._look(uri)
        return answer

    def _is_true(self, look: Look) -> bool:
        document = self._server.snapshot.documents.get(look.document.uri)
        return document is look.document and look.made_of == self._made_of(document.uri)

    # --- looking

    def _soon(self, uri: str, seconds: float = REST) -> None:
        self._stop(uri)
        self._timers[uri] = self._server.loop.later(seconds, lambda: self._look(uri))

    def _stop(self, uri: str) -> None:
        timer, work = self._timers.pop(uri, None), self._work.pop(uri, None)
        if timer is not None:
            timer.cancel()
        if work is not None:
            work.cancel()

    def _look(self, uri: str) -> None:
        self._stop(uri)
        snapshot = self._server.snapshot
        document = snapshot.documents.get(uri)
        asked = uri in self._asked  # who asks is told what is known
        if document is None or not (asked or uri in snapshot.opened):
            self._take(uri, None)
            return
        if not asked and not snapshot.scanned:
            self._soon(uri, SCANNING)
            return
        if not asked and not snapshot.family.children_of(uri):
            self._take(uri, None)
            return
        kept = self._baseline(document)
        if kept is None:
            self._take(uri, None)
            return
        from floe_ls.ide.impact import impact_steps

        if kept.work is not None:
            kept.work.cancel()
        made_of = kept.made_of
        before = kept.baseline.snapshot.documents[uri]

        def done(found: Impact | None) -> None:
            self._work.pop(uri, None)
            if found is None:
                self._take(uri, None)
            else:
                self._take(uri, Look(document, before, found, made_of, snapshot))

        steps = impact_steps(kept.baseline, snapshot, uri)
        self._work[uri] = Steps(self._server.loop, steps, done)

    def _take(self, uri: str, look: Look | None) -> None:
        from floe_ls.ide.rules.impact_breaks import breaks

        snapshot = self._server.snapshot
        finding = None
        if look is not None and uri in snapshot.opened:
            finding = breaks(snapshot, look.document, look.impact)
        rules = snapshot.settings_for(uri).rules
        if finding is not None and rules.get(finding.code) == "off":
            finding = None
        before = self._found.pop(uri, None)
        if finding is not None:
            self._found[uri] = finding
        was = self._looks.pop(uri, None)
        if look is not None:
            self._looks[uri] = look
        if finding != before:
            self._server.due(uri, others=self._server.pulls)
        if was != look:
            for call in self.looked:
                call(uri)
        self._answer(uri, look)

    def _answer(self, uri: str, look: Look | None) -> None:
        for answer in self._asked.pop(uri, ()):
            answer.give(look)

    # --- what is compared with

    def when_idle(self) -> None:
        """Looks again, when nothing else is to be done, at what other files may have made untrue, and makes ready what
        the first edit of an open manifest is compared with."""
        if self._idle is not None:
            return
        snapshot = self._server.snapshot
        known = (snapshot.documents.get(uri) for uri in snapshot.opened)
        if any(document is not None and document.kind is Kind.MANIFEST for document in known):
            self._idle = self._server.loop.later(IDLE, self._prepare)

    def _prepare(self) -> None:
        self._idle = None
        snapshot = self._server.snapshot
        if not snapshot.scanned:
            return
        for uri, look in list(self._looks.items()):
            at_work = uri in self._timers or uri in self._work
            if not at_work and not self._is_true(look):
                self._soon(uri)
        from floe_ls.ide.impact import prepared

        for uri in sorted(snapshot.opened):
            document = snapshot.documents.get(uri)
            if document is None or document.kind is not Kind.MANIFEST or uri in self._work:
                continue
            if not snapshot.family.children_of(uri):
                continue
            if uri not in self._kept and len(self._kept) >= _KEPT:
                continue
            kept = self._baseline(document)
            if kept is None or kept.ready:
                continue
            if kept.work is None or kept.work.ended:
                kept.ready = True
                kept.work = Steps(
                    self._server.loop,
                    prepared(kept.baseline, uri),
                    lambda _: self.when_idle(),  # the next one
                )
            return

    def _made_of(self, uri: str) -> tuple[object, ...]:
        """All that decides what is found, beside the manifest itself. It is compared while what it names is kept."""
        snapshot = self._server.snapshot
        return (
            *(_matter(snapshot, uri, other) for other in sorted(snapshot.opened - {uri})),
            id(snapshot.artifacts),
            id(snapshot.settings),
            id(snapshot.settings_of),
            id(snapshot.files.closed),
            snapshot.scanned,
        )

    def _baseline(self, document: Document) -> _Kept | None:
        """How things were with the text on disk, and with all other files as they are now."""
        from floe_ls.ide.impact import Baseline

        snapshot, uri = self._server.snapshot, document.uri
        made_of = self._made_of(uri)
        known = self._kept.get(uri)
        if known is not None and known.made_of == made_of:
            return known
        text = files.read(uri) if uri.startswith("file:") else None
        if not isinstance(text, str):
            return None
        same = text == document.text
        old = document if same else read_document(uri, text, label=document.label)
        if known is not None:
            if known.work is not None:
                known.work.cancel()
            was = known.baseline.snapshot.documents[uri]
            old = was if was.text == text else old
        made = _Kept(made_of, Baseline(snapshot.trying(old)))
        self._kept.pop(uri, None)
        self._kept[uri] = made
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return made


def _matter(snapshot: Snapshot, uri: str, other: str) -> object:
    """What of another open file has to do with a manifest's radius: all of a manifest, and of what is below; of
    others, who they are."""
    document = snapshot.documents.get(other)
    if document is None or document.kind is not Kind.PRODUCT:
        return document
    if any(layer.document.uri == uri for layer in snapshot.chain(document).layers):
        return document
    row = snapshot.census.by_uri.get(other)
    return row.standing if row is not None else None
