"""textDocument/foldingRange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.folding import Fold, folds

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    can = server.client_has("textDocument", "foldingRange")
    if can is None:
        return
    text = bool((can.get("foldingRange") or {}).get("collapsedText"))

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def on_folding(params: lsp.FoldingRangeParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        return [_range(fold, text) for fold in folds(document, can.get("rangeLimit"))]


def _range(fold: Fold, text: bool) -> dict[str, Any]:
    out: dict[str, Any] = {"startLine": fold.first, "endLine": fold.last}
    if fold.kind:
        out["kind"] = fold.kind.value
    if text and fold.shown:
        out["collapsedText"] = fold.shown
    return out
