"""The files of a workspace: those that are at hand, and rows of those that nobody needed to read whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from floe_ls.forms.document import Document
from floe_ls.mesh.census import Row
from floe_ls.mesh.layered import Layered


class Files(Mapping[str, Document]):
    """Documents by URI. One that is only a row is read when it is asked for. A change makes a new one."""

    __slots__ = ("closed", "held")

    def __init__(
        self, held: Mapping[str, Document] | None = None, closed: Layered[str, Row] | None = None
    ) -> None:
        self.held: Layered[str, Document] = held if isinstance(held, Layered) else Layered(held)
        self.closed: Layered[str, Row] = closed if closed is not None else Layered()

    def __getitem__(self, uri: str) -> Document:
        held = self.held.get(uri)
        return held if held is not None else self.closed[uri].document

    def get(self, uri: str, default: Any = None) -> Any:
        held = self.held.get(uri)
        if held is not None:
            return held
        row = self.closed.get(uri)
        return row.document if row is not None else default

    def __contains__(self, uri: object) -> bool:
        return uri in self.held or uri in self.closed

    def __iter__(self) -> Iterator[str]:
        yield from self.held
        yield from self.closed

    def __len__(self) -> int:
        return len(self.held) + len(self.closed)

    def taken(self, documents: Iterable[Document]) -> Files:
        """With documents that are kept at hand."""
        new = [(document.uri, document) for document in documents]
        gone = [uri for uri, _ in new if uri in self.closed]
        return Files(
            self.held.changed(new), self.closed.changed(gone=gone) if gone else self.closed
        )

    def counted(self, rows: Iterable[Row]) -> Files:
        """With rows of files that need not be at hand."""
        new = [(row.uri, row) for row in rows]
        gone = [uri for uri, _ in new if uri in self.held]
        return Files(self.held.changed(gone=gone) if gone else self.held, self.closed.changed(new))

    def without(self, uris: Iterable[str]) -> Files:
        gone = [*uris]
        return Files(self.held.changed(gone=gone), self.closed.changed(gone=gone))
