"""What an editor asks at every turn, answered as plain JSON: hover, completion.

It shall not wait for pygls, nor pay for its types. What answers is imported with the first question, or behind the
first findings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def asked(server: FloeServer) -> dict[str, Callable[[Any], Any]]:
    """The handlers, by method."""
    return {
        "textDocument/hover": lambda params: hover(server, params),
        "textDocument/completion": lambda params: completion(server, params),
        "completionItem/resolve": lambda params: resolved(server, params),
    }


def hover(server: FloeServer, params: dict[str, Any]) -> Any:
    from floe_ls.ide import hover as answers

    document = server.document(params["textDocument"]["uri"])
    if document is None:
        return None
    offset = server.convert.offset(document, params["position"])
    found = answers.hover(server.snapshot, document, offset, now=time.time())
    return server.convert.hover(document, found) if found else None


def completion(server: FloeServer, params: dict[str, Any]) -> Any:
    from floe_ls.ide.completion import completions
    from floe_ls.ide.freshness import typed_at

    document = server.document(params["textDocument"]["uri"])
    if document is None:
        return None
    offset = server.convert.offset(document, params["position"])
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


def resolved(server: FloeServer, item: dict[str, Any]) -> Any:
    """A proposal with its documentation."""
    from floe_ls.ide.completion import documentation

    data = item.get("data")
    index = data.get("index") if isinstance(data, dict) else None
    if server.proposed is None or not isinstance(data, dict) or not isinstance(index, int):
        return item
    document, items = server.proposed
    known = items[index] if 0 <= index < len(items) else None
    if known is None or known.label != item.get("label") or data.get("uri") != document.uri:
        return item
    if text := documentation(server.snapshot, document, known):
        item["documentation"] = {"kind": "markdown", "value": text}
    return item
