"""textDocument/documentSymbol, and workspace/symbol."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.symbols import Symbol, SymbolKind, document_symbols, finding_symbols
from floe_ls.lsp.features.definition import location
from floe_ls.lsp.later import Later, later

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

# Numbers of the protocol; every client knows those up to 18, the others are drawn as something near.
KIND = {
    SymbolKind.ENTERPRISE: 3,  # namespace
    SymbolKind.DOMAIN: 2,  # module
    SymbolKind.PLATFORM: 4,  # package
    SymbolKind.PRODUCT: 5,  # class
    SymbolKind.BLOCK: 19,  # object
    SymbolKind.LIST: 18,  # array
    SymbolKind.PLUGIN: 11,  # interface
    SymbolKind.TRANSFORM: 12,  # function
    SymbolKind.TABLE: 23,  # struct
    SymbolKind.COLUMN: 8,  # field
    SymbolKind.ITEM: 19,  # object
    SymbolKind.TEXT: 7,  # property
    SymbolKind.NUMBER: 16,  # number
    SymbolKind.FLAG: 17,  # boolean
}
_OF_OLD = 18
"""The last kind that clients know that do not say which they know."""
_DEPRECATED = 1


def register(server: FloeServer) -> None:
    _of_document(server, server.client_has("textDocument", "documentSymbol"))
    _of_workspace(server, server.client_has("workspace", "symbol"))


def _of_document(server: FloeServer, capability: Any) -> None:
    if capability is None:
        return
    tree = bool(capability.get("hierarchicalDocumentSymbolSupport"))
    tags = bool(capability.get("tagSupport"))
    known = _known(capability)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_document_symbol(params: lsp.DocumentSymbolParams) -> Any:
        document = server.document(params.text_document.uri)
        found = document_symbols(server.snapshot, document) if document is not None else None
        if document is None or found is None:
            return None
        if tree:
            return [_nested(server, document, found, known, tags)]
        return list(_flat(server, document, found, known, ""))


def _of_workspace(server: FloeServer, capability: Any) -> None:
    if capability is None:
        return
    known = _known(capability)

    def on_workspace_symbol(params: dict[str, Any]) -> Later:
        return later(server.loop, _named(server, str(params.get("query") or ""), known))

    server.answers(lsp.WORKSPACE_SYMBOL, on_workspace_symbol)


def _named(
    server: FloeServer, query: str, known: frozenset[int]
) -> Generator[None, None, list[dict[str, Any]]]:
    found = yield from finding_symbols(server.snapshot, query)
    return [
        {
            "name": each.name,
            "kind": _kind(each.kind, known),
            "containerName": each.container,
            "location": location(server, each.location),
        }
        for each in found
    ]


def _known(capability: Any) -> frozenset[int]:
    """The kinds that a client can draw."""
    said = (capability.get("symbolKind") or {}).get("valueSet")
    return frozenset(said if said is not None else range(1, _OF_OLD + 1))


def _kind(kind: SymbolKind, known: frozenset[int]) -> int:
    number = KIND[kind]
    return number if number in known else 5 if kind is SymbolKind.TABLE else 2


def _nested(
    server: FloeServer, document: Document, symbol: Symbol, known: frozenset[int], tags: bool
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": symbol.name,
        "kind": _kind(symbol.kind, known),
        "range": server.convert.range(document, symbol.span),
        "selectionRange": server.convert.range(document, symbol.focus),
    }
    if symbol.detail:
        out["detail"] = symbol.detail
    if symbol.deprecated and tags:
        out["tags"] = [_DEPRECATED]
    if symbol.children:
        out["children"] = [
            _nested(server, document, child, known, tags) for child in symbol.children
        ]
    return out


def _flat(
    server: FloeServer, document: Document, symbol: Symbol, known: frozenset[int], container: str
) -> Iterator[dict[str, Any]]:
    where = {"uri": document.uri, "range": server.convert.range(document, symbol.span)}
    out = {"name": symbol.name, "kind": _kind(symbol.kind, known), "location": where}
    yield {**out, "containerName": container} if container else out
    for child in symbol.children:
        yield from _flat(server, document, child, known, symbol.name)
