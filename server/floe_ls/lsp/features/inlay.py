"""textDocument/inlayHint, and inlayHint/resolve, which adds the tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.forms.document import Document
from floe_ls.ide.inlay import Hint, HintKind, hints, tooltip
from floe_ls.lsp.convert import as_json
from floe_ls.text import Span

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    can = server.client_has("textDocument", "inlayHint")
    if can is None:
        return
    lazy = "tooltip" in ((can.get("resolveSupport") or {}).get("properties") or ())
    given: dict[str, tuple[Document, list[Hint]]] = {}
    if server.client_has("workspace", "inlayHint", "refreshSupport"):
        server.refreshes(lsp.WORKSPACE_INLAY_HINT_REFRESH)

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT, lsp.InlayHintOptions())
    def on_inlay(params: lsp.InlayHintParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        settings = server.snapshot.settings_for(document.uri).hints
        kinds = [kind for kind in HintKind if getattr(settings, kind.value)]
        within = Span(
            server.convert.offset(document, params.range.start),
            server.convert.offset(document, params.range.end),
        )
        found = hints(server.snapshot, document, kinds, within)
        given[document.uri] = document, found
        out = []
        for index, hint in enumerate(found):
            made: dict[str, Any] = {
                "position": server.convert.position(document, hint.offset),
                "label": hint.label,
                "paddingLeft": True,
            }
            if lazy:
                made["data"] = {"uri": document.uri, "index": index}
            else:
                text = tooltip(server.snapshot, document, hint)
                made["tooltip"] = {"kind": "markdown", "value": text}
            out.append(made)
        return out

    if not lazy:
        return

    @server.feature(lsp.INLAY_HINT_RESOLVE)
    def on_resolve(params: lsp.InlayHint) -> Any:
        data = as_json(params.data)
        uri, index = (data.get("uri"), data.get("index")) if isinstance(data, dict) else ("", -1)
        document, found = given.get(str(uri), (None, []))
        if document is None or not isinstance(index, int) or not 0 <= index < len(found):
            return params
        if found[index].label == params.label:
            text = tooltip(server.snapshot, document, found[index])
            params.tooltip = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
        return params
