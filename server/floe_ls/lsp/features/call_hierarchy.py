"""textDocument/prepareCallHierarchy: a transform calls those that it depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.calls import called, incoming, outgoing
from floe_ls.ide.locations import place
from floe_ls.ide.mentions import Transform
from floe_ls.ide.symbols import SymbolKind
from floe_ls.lsp.features.symbols import KIND
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "callHierarchy") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    def on_prepare(params: lsp.CallHierarchyPrepareParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        found = called(server.snapshot, document, offset)
        return [_item(server, document, one) for one in found] or None

    @server.feature(lsp.CALL_HIERARCHY_INCOMING_CALLS)
    def on_incoming(params: lsp.CallHierarchyIncomingCallsParams) -> Any:
        document = server.document(params.item.uri)
        if document is None:
            return None
        return [
            {
                "from": _item(server, document, call.transform),
                "fromRanges": _ranges(server, document, call.spans),
            }
            for call in incoming(server.snapshot, document, params.item.name)
        ]

    @server.feature(lsp.CALL_HIERARCHY_OUTGOING_CALLS)
    def on_outgoing(params: lsp.CallHierarchyOutgoingCallsParams) -> Any:
        document = server.document(params.item.uri)
        if document is None:
            return None
        return [
            {
                "to": _item(server, document, call.transform),
                "fromRanges": _ranges(server, document, call.spans),
            }
            for call in outgoing(server.snapshot, document, params.item.name)
        ]


def _item(server: FloeServer, document: Document, transform: Transform) -> dict[str, Any]:
    where = place(document, transform.at, transform.name.span)
    row = server.snapshot.row(document)
    return {
        "name": transform.name.name,
        "kind": KIND[SymbolKind.TRANSFORM],
        "detail": row.name if row is not None else document.name,
        "uri": document.uri,
        "range": server.convert.range(document, where.span),
        "selectionRange": server.convert.range(document, where.focus),
    }


def _ranges(server: FloeServer, document: Document, spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [server.convert.range(document, span) for span in spans]
