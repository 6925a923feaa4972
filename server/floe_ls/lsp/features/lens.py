"""textDocument/codeLens: who inherits from a file, and what it inherits from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.lens import LensKind, lenses

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

_COMMANDS = {
    LensKind.INHERITORS: "floe.showInheritors",
    LensKind.RESOLVES: "floe.openParent",
    LensKind.EFFECTIVE: "floe.showEffective",
}


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "codeLens") is None:
        return
    if server.client_has("workspace", "codeLens", "refreshSupport"):
        server.refreshes(lsp.WORKSPACE_CODE_LENS_REFRESH)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensOptions())
    def on_lens(params: lsp.CodeLensParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        return [
            {
                "range": server.convert.range(document, lens.span),
                "command": {
                    "title": lens.title,
                    "command": _COMMANDS[lens.kind],
                    "arguments": [document.uri],
                },
            }
            for lens in lenses(server.snapshot, document)
        ]
