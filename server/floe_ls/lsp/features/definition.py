"""textDocument/definition, declaration and implementation: where what is at the cursor comes from, and leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.definition import declaration, definition
from floe_ls.ide.implementation import implementation
from floe_ls.ide.locations import Jump, Location
from floe_ls.ide.snapshot import Snapshot

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

_Ask = Callable[[Snapshot, Document, int], Jump | None]


def register(server: FloeServer) -> None:
    _register(server, lsp.TEXT_DOCUMENT_DEFINITION, "definition", definition)
    _register(server, lsp.TEXT_DOCUMENT_DECLARATION, "declaration", declaration)
    _register(server, lsp.TEXT_DOCUMENT_IMPLEMENTATION, "implementation", implementation)


def _register(server: FloeServer, method: str, name: str, ask: _Ask) -> None:
    capability = server.client_has("textDocument", name)
    if capability is None:
        return
    links = bool(capability.get("linkSupport"))

    @server.feature(method)
    def on_request(params: lsp.TextDocumentPositionParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        found = ask(server.snapshot, document, server.convert.offset(document, params.position))
        if found is None:
            return None
        if not links:
            return [location(server, target) for target in found.targets]
        source = server.convert.range(document, found.source)
        return [_link(server, source, target) for target in found.targets]


def location(server: FloeServer, found: Location) -> dict[str, Any]:
    where = server.convert.range(found.document, found.focus)
    return {"uri": found.document.uri, "range": where}


def _link(server: FloeServer, source: dict[str, Any], target: Location) -> dict[str, Any]:
    return {
        "originSelectionRange": source,
        "targetUri": target.document.uri,
        "targetRange": server.convert.range(target.document, target.span),
        "targetSelectionRange": server.convert.range(target.document, target.focus),
    }
