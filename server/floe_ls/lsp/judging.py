"""The findings of files that nobody has open, worked out in other processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import Shown, diagnostics
from floe_ls.ide.snapshot import Snapshot
from floe_ls.lsp.convert import Converter
from floe_ls.remote import files
from floe_ls.remote.failure import Failure
from floe_ls.session import Known, Session, floe_shapes
from floe_ls.text import Encoding

NOTHING = "[]"


class Client(NamedTuple):
    """For whom it is."""

    encoding: str
    capabilities: dict[str, Any]
    name: str

    @property
    def converter(self) -> Converter:
        return Converter(Encoding(self.encoding), self.capabilities, self.name)


def judged(session: Session, snapshot: Snapshot, document: Document, convert: Converter) -> str:
    """The findings of a file as JSON, as an open one's are told."""
    found = diagnostics(session.whole(snapshot, document), document, mends=False)
    if not found:
        return NOTHING
    said = convert.diagnostics(document, Shown(found, []))
    convert.forget(document.uri)
    return str(said)


def judging(known: Known, client: Client) -> Callable[[list[str]], list[tuple[str, str]]]:
    """The job: the findings of files by URI, those that cannot be read left out."""
    session = Session(floe_shapes())
    session.learn(known)
    start, convert = session.snapshot, client.converter

    def answer(uris: list[str]) -> list[tuple[str, str]]:
        out = []
        for uri in uris:
            place = files.path_of(uri)
            text = files.read(place) if place is not None else None
            if text is None or isinstance(text, Failure):
                continue
            document = session.add(uri, text)
            out.append((uri, judged(session, session.snapshot, document, convert)))
            session.snapshot = start.changed(settings_of=session.snapshot.settings_of)
        return out

    return answer
