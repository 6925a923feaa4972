"""The blast radius of unsaved edits: found when the author rests for a moment, and shown on the edited manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.model import Diagnostic
from floe_ls.remote import files

if TYPE_CHECKING:
    from floe_ls.ide.impact import Baseline
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer

REST = 0.05
"""Seconds without an edit."""
SCANNING = 0.3
"""Seconds after which it is looked again whether all files are known."""


class Radius:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._timer: Timer | None = None
        self._baselines: dict[str, tuple[object, Baseline]] = {}
        self._found: dict[str, Diagnostic] = {}

    def edited(self, document: Document) -> None:
        """Nothing is asked while somebody types; a manifest that nobody inherits from has no radius."""
        if document.kind is not Kind.MANIFEST:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._server.loop.later(REST, lambda: self._look(document.uri))

    def forget(self, uri: str) -> None:
        """It was saved, closed, or changed on disk."""
        self._baselines.pop(uri, None)
        self._found.pop(uri, None)

    def of(self, document: Document) -> list[Diagnostic]:
        found = self._found.get(document.uri)
        return [found] if found is not None else []

    def _look(self, uri: str) -> None:
        self._timer = None
        snapshot = self._server.snapshot
        document = snapshot.documents.get(uri)
        if document is None or uri not in snapshot.opened:
            return
        if not snapshot.scanned:
            self._timer = self._server.loop.later(SCANNING, lambda: self._look(uri))
            return
        if not snapshot.family.children_of(uri):
            self._found.pop(uri, None)
            return
        from floe_ls.ide.impact import impact
        from floe_ls.ide.rules.impact_breaks import breaks

        baseline = self._baseline(document)
        found = None
        if baseline is not None:
            found = breaks(snapshot, document, impact(baseline, snapshot, uri))
        before = self._found.pop(uri, None)
        if found is not None and document.uri in snapshot.opened:
            rules = snapshot.settings_for(uri).rules
            if rules.get(found.code) != "off":
                self._found[uri] = found
        if self._found.get(uri) != before:
            self._server.due(uri, others=self._server.pulls)

    def _baseline(self, document: Document) -> Baseline | None:
        """How things were with the text on disk, and with all other files as they are now."""
        from floe_ls.ide.impact import Baseline

        snapshot, uri = self._server.snapshot, document.uri
        others = tuple(
            id(snapshot.documents[other])
            for other in sorted(snapshot.opened - {uri})
            if other in snapshot.documents
        )
        made_of = (
            others,
            snapshot.artifacts,
            snapshot.settings,
            snapshot.settings_of,
            id(snapshot.files.closed),
        )
        known = self._baselines.get(uri)
        if known is not None and known[0] == made_of:
            return known[1]
        text = files.read(uri) if uri.startswith("file:") else None
        if not isinstance(text, str):
            return None
        old = read_document(uri, text, label=document.label)
        if known is not None and old.text == known[1].snapshot.documents[uri].text:
            old = known[1].snapshot.documents[uri]
        made = Baseline(snapshot.with_document(old))
        self._baselines[uri] = made_of, made
        return made
