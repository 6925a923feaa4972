"""textDocument/selectionRange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.selection import selections

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "selectionRange") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    def on_selection(params: lsp.SelectionRangeParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        out = []
        for position in params.positions:
            made: dict[str, Any] | None = None
            for span in reversed(selections(document, server.convert.offset(document, position))):
                outer = {"parent": made} if made is not None else {}
                made = {"range": server.convert.range(document, span), **outer}
            out.append(made)
        return out
