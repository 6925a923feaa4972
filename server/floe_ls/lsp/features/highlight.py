"""textDocument/documentHighlight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.highlight import highlights

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "documentHighlight") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def on_highlight(params: lsp.DocumentHighlightParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        kinds = lsp.DocumentHighlightKind
        # An editor that gets nothing looks for the same word by itself.
        return [
            {
                "range": server.convert.range(document, found.span),
                "kind": (kinds.Write if found.declares else kinds.Read).value,
            }
            for found in highlights(server.snapshot, document, offset)
        ] or None
