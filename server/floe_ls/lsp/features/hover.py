"""textDocument/hover."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.hover import hover

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def on_hover(params: lsp.HoverParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        found = hover(server.snapshot, document, offset, now=time.time())
        return server.convert.hover(document, found) if found else None
