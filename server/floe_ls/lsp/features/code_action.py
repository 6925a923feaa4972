"""textDocument/codeAction: the fixes of the findings in a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.chain.layers import reference
from floe_ls.forms.document import Document
from floe_ls.ide.freshness import fixes
from floe_ls.ide.model import Fix
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

QUICK_FIX, REWRITE = "quickfix", "refactor.rewrite"


def register(server: FloeServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(
            code_action_kinds=[lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.RefactorRewrite]
        ),
    )
    def on_code_action(params: lsp.CodeActionParams) -> Any:
        document = server.document(params.text_document.uri)
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        if document is None:
            return None
        span = Span(
            server.convert.offset(document, params.range.start),
            server.convert.offset(document, params.range.end),
        )
        actions: list[dict[str, Any]] = []
        if _wants(only, QUICK_FIX):
            known = server.shown.get(document.uri)
            found = known[1] if known and known[0] is document else server.findings(document)
            actions += [
                server.convert.code_action(document, fix, d)
                for d in found
                if d.span.start <= span.end and span.start <= d.span.end
                for fix in d.fixes
            ]
        if _wants(only, REWRITE):
            offered = {action["title"] for action in actions}
            actions += [
                server.convert.code_action(document, fix, None, REWRITE)
                for fix in _of_reference(server, document, span)
                if fix.title not in offered
            ]
        return actions


def _wants(only: list[str], kind: str) -> bool:
    return not only or any(f"{kind}.".startswith(f"{wanted}.") for wanted in only)


def _of_reference(server: FloeServer, document: Document, span: Span) -> tuple[Fix, ...]:
    """What may be done to the reference at a place: take the newest tag, pin to the digest."""
    here = reference(document, server.snapshot.shapes)
    if here is None or here.span.end < span.start or span.end < here.span.start:
        return ()
    return fixes(server.snapshot, document)
