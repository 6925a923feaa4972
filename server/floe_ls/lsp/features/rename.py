"""textDocument/rename, and prepareRename, which says what would be renamed, or why nothing can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.rename import Refused, prepared, renamed
from floe_ls.lsp.refusal import Refusal

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    capability = server.client_has("textDocument", "rename")
    if capability is None:
        return
    if capability.get("prepareSupport"):

        @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
        def on_prepare(params: lsp.PrepareRenameParams) -> Any:
            document = server.document(params.text_document.uri)
            if document is None:
                return None
            offset = server.convert.offset(document, params.position)
            found = prepared(server.snapshot, document, offset)
            if isinstance(found, Refused):
                raise Refusal(found.message)
            return {
                "range": server.convert.range(document, found.span),
                "placeholder": found.name,
            }

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def on_rename(params: lsp.RenameParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        found = renamed(server.snapshot, document, offset, params.new_name)
        if isinstance(found, Refused):
            raise Refusal(found.message)
        return server.convert.workspace_edit(found.edits)
