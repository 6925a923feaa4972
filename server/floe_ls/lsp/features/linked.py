"""textDocument/linkedEditingRange: an anchor and its aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.linked import WORD, linked

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "linkedEditingRange") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_LINKED_EDITING_RANGE)
    def on_linked(params: lsp.LinkedEditingRangeParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        spans = linked(document, server.convert.offset(document, params.position))
        if not spans:
            return None
        return {"ranges": [server.convert.range(document, s) for s in spans], "wordPattern": WORD}
