"""textDocument/diagnostic: for clients that ask for findings, and can be told to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if not server.pulls:
        return  # such a client gets its findings pushed
    options = lsp.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=False, identifier="floe"
    )

    @server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)
    def announced(_: lsp.DocumentDiagnosticParams) -> Any:
        """The server itself answers, since it is asked with every key."""
