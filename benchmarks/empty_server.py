"""The least that a server on pygls costs: it publishes one fixed finding for every change."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("empty", "1", text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
FOUND = lsp.Diagnostic(
    lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1)), "fixed", lsp.DiagnosticSeverity.Error
)


def publish(uri: str, version: int) -> None:
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, [FOUND], version))


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def opened(params: lsp.DidOpenTextDocumentParams) -> None:
    publish(params.text_document.uri, params.text_document.version)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def changed(params: lsp.DidChangeTextDocumentParams) -> None:
    publish(params.text_document.uri, params.text_document.version)


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def hover(_: lsp.HoverParams) -> lsp.Hover:
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "fixed"))


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION)
def completion(_: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    return [lsp.CompletionItem("fixed")]


server.start_io()
