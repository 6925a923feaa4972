"""textDocument/completion, and completionItem/resolve, which adds the documentation of one item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from floe_ls.ide.completion import completions, documentation
from floe_ls.ide.freshness import typed_at

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

TRIGGERS = (":", " ", "-", '"', "'", "/", "[", ",")


def register(server: FloeServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=True),
    )
    def on_completion(params: lsp.CompletionParams) -> Any:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        offset = server.convert.offset(document, params.position)
        repository = typed_at(document, offset)
        if repository is not None:
            server.session.demand_tags(document, repository)
        items = completions(server.snapshot, document, offset, snippets=server.convert.snippets)
        server.proposed = document, items
        out = []
        for index, item in enumerate(items):
            made = server.convert.completion(document, item, index)
            made["data"] = {"uri": document.uri, "index": index}
            out.append(made)
        # Tags that are still being looked up are there when the client asks again, at the next letter.
        waits = repository is not None and str(repository) not in server.snapshot.tags
        return {"isIncomplete": waits, "items": out}

    @server.feature(lsp.COMPLETION_ITEM_RESOLVE)
    def on_resolve(params: lsp.CompletionItem) -> Any:
        made: dict[str, Any] = server.protocol.plain(params)
        data = made.get("data")
        index = data.get("index") if isinstance(data, dict) else None
        if server.proposed is None or not isinstance(data, dict) or not isinstance(index, int):
            return made
        document, items = server.proposed
        item = items[index] if 0 <= index < len(items) else None
        if item is None or item.label != made.get("label") or data.get("uri") != document.uri:
            return made
        if text := documentation(server.snapshot, document, item):
            made["documentation"] = {"kind": "markdown", "value": text}
        return made
