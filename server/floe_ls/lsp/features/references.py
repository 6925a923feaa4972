"""textDocument/references, in steps: a manifest may have thousands of children."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.references import uses
from floe_ls.lsp.features.definition import location
from floe_ls.lsp.later import Later, later
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "references") is None:
        return

    def on_references(params: dict[str, Any]) -> Later | None:
        document = server.document(params["textDocument"]["uri"])
        if document is None:
            return None
        offset = server.convert.offset(document, params["position"])
        declarations = params.get("context", {}).get("includeDeclaration", True)
        return later(server.loop, _found(server, document, offset, declarations))

    server.answers(lsp.TEXT_DOCUMENT_REFERENCES, on_references)


def _found(
    server: FloeServer, document: Document, offset: int, declarations: bool
) -> Generator[None, None, list[dict[str, Any]]]:
    found: dict[tuple[str, Span], dict[str, Any]] = {}
    for place in uses(server.snapshot, document, offset, declarations):
        if place is not None:
            found[place.document.uri, place.focus] = location(server, place)
        yield
    return [*found.values()]
