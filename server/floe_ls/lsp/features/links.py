"""textDocument/documentLink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.links import links

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    capability = server.client_has("textDocument", "documentLink")
    if capability is None:
        return
    tooltips = bool(capability.get("tooltipSupport"))

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
    def on_links(params: lsp.DocumentLinkParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        return [
            {
                "range": server.convert.range(document, link.span),
                "target": link.target,
                **({"tooltip": link.tooltip} if tooltips else {}),
            }
            for link in links(server.snapshot, document)
        ]
