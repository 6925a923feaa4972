"""textDocument/references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.references import references
from floe_ls.lsp.features.definition import location

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "references") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: lsp.ReferenceParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        declarations = params.context.include_declaration
        found = references(server.snapshot, document, offset, declarations=declarations)
        return [location(server, place) for place in found]
