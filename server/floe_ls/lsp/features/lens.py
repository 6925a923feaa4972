"""textDocument/codeLens: who inherits from a file, what it inherits from, what the edit of a key does to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.edited import Told, edited_keys
from floe_ls.ide.lens import Lens, LensKind, key_lenses, lenses
from floe_ls.schema.shape import Path

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

_COMMANDS = {
    LensKind.INHERITORS: "floe.showInheritors",
    LensKind.RESOLVES: "floe.openParent",
    LensKind.EFFECTIVE: "floe.showEffective",
    LensKind.IMPACT: "floe.showImpact",
}


def _refresh_of_keys(server: FloeServer) -> None:
    """Only when something else is told than before: where lines are, the client knows itself."""
    shown: dict[str, Mapping[Path, Told]] = {}

    def looked(uri: str) -> None:
        look = server.radius.last(uri)
        told = look.told if look is not None and look.impact.inheriting else {}
        if shown.get(uri, {}) != told:
            shown[uri] = told
            server.ask(lsp.WORKSPACE_CODE_LENS_REFRESH)

    server.radius.looked.append(looked)


def _of_keys(server: FloeServer, document: Document) -> Iterator[Lens]:
    """Counts are those of the last look; where the keys are is told of the text as it is."""
    look = server.radius.last(document.uri)
    if look is not None:
        yield from key_lenses(edited_keys(look.before, document), look.told, look.impact)


def register(server: FloeServer) -> None:
    if server.client_has("textDocument", "codeLens") is None:
        return
    if server.client_has("workspace", "codeLens", "refreshSupport"):
        server.refreshes(lsp.WORKSPACE_CODE_LENS_REFRESH)
        _refresh_of_keys(server)

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
            for lens in (*lenses(server.snapshot, document), *_of_keys(server, document))
        ]
