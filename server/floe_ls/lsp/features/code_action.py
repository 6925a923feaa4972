"""textDocument/codeAction: the fixes of the findings in a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
    )
    def on_code_action(params: lsp.CodeActionParams) -> Any:
        document = server.document(params.text_document.uri)
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        if document is None or (only and not any("quickfix".startswith(kind) for kind in only)):
            return None
        span = Span(
            server.convert.offset(document, params.range.start),
            server.convert.offset(document, params.range.end),
        )
        known = server.shown.get(document.uri)
        found = known[1] if known and known[0] is document else server.findings(document)
        return [
            server.convert.code_action(document, fix, d)
            for d in found
            if d.span.start <= span.end and span.start <= d.span.end
            for fix in d.fixes
        ]
