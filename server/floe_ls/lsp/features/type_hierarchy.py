"""textDocument/prepareTypeHierarchy: enterprise, domains, products, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.hierarchy import children, member, parents
from floe_ls.ide.locations import top
from floe_ls.ide.symbols import KINDS
from floe_ls.lsp.features.symbols import KIND

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "typeHierarchy") is None:
        return

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY)
    def on_prepare(params: lsp.TypeHierarchyPrepareParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        found = member(server.snapshot, document, offset)
        return [_item(server, one) for one in found] or None

    @server.feature(lsp.TYPE_HIERARCHY_SUPERTYPES)
    def on_supertypes(params: lsp.TypeHierarchySupertypesParams) -> Any:
        document = server.snapshot.at_uri(params.item.uri)
        if document is None:
            return None
        return [_item(server, one) for one in parents(server.snapshot, document)]

    @server.feature(lsp.TYPE_HIERARCHY_SUBTYPES)
    def on_subtypes(params: lsp.TypeHierarchySubtypesParams) -> Any:
        document = server.snapshot.at_uri(params.item.uri)
        if document is None:
            return None
        return [_item(server, one) for one in children(server.snapshot, document)]


def _item(server: FloeServer, document: Document) -> dict[str, Any]:
    row = server.snapshot.row(document)
    whole = top(server.snapshot, document)
    name = row.name if row is not None else document.name
    version = f" {row.version}" if row is not None and row.version else ""
    return {
        "name": name,
        "kind": KIND[KINDS[document.tier]],
        "detail": f"{document.tier.value}{version} · {document.name}",
        "uri": document.uri,
        "range": server.convert.range(document, whole.span),
        "selectionRange": server.convert.range(document, whole.focus),
    }
