"""Files that change on disk, folders that come and go, files that are saved, and commands about all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    session = server.session

    server.notified[lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES] = server.watching.told

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        gone = {folder.uri.rstrip("/") + "/" for folder in params.event.removed}
        kept = [root for root in session.roots if root not in gone]
        session.set_roots([*kept, *(folder.uri for folder in params.event.added)])
        if server.pull_configuration:
            server.ask_configuration()  # each folder may have its own
        session.scan()
        server.due_all()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.radius.forget(params.text_document.uri)
        session.saved()
        server.due_all()

    @server.command("floe.refreshParents")
    def refresh_parents(*_: Any) -> None:
        session.retry()
