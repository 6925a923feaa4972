"""What an editor asks at every turn, answered as plain JSON: hover, completion.

It shall not wait for pygls, nor pay for its types. What answers is imported with the first question, or behind the
first findings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floe_ls.forms.document import Document
    from floe_ls.ide.model import Completion
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
    parts = (documentation(server.snapshot, document, known), _what_if(server, document, known))
    if text := "\n\n".join(filter(None, parts)):
        item["documentation"] = {"kind": "markdown", "value": text}
    return item


def _what_if(server: FloeServer, document: Document, item: Completion) -> str:
    """What would change if a proposed reference were taken. A version of the present parent that is not at hand is
    fetched, and told about when somebody looks the next time."""
    if item.kind != "reference":
        return ""
    from floe_ls.ide.what_if import as_markdown, same_repository, what_if

    base = _with_reference(server, document)
    if base is None:
        return ""
    snapshot = server.snapshot if base is document else server.snapshot.trying(base)
    found = what_if(snapshot, base, item.label, most=0)
    if found is not None and found.pending and same_repository(found):
        server.session.fetch_to_try(found.pending, document)
        snapshot = server.snapshot if base is document else server.snapshot.trying(base)
        found = what_if(snapshot, base, item.label, most=0)
    return as_markdown(found) if found is not None else ""


def _with_reference(server: FloeServer, document: Document) -> Document | None:
    """The text that a proposal is compared with: the present one, or, while its reference is half typed, that on
    disk."""
    from floe_ls.chain.layers import reference
    from floe_ls.chain.ref import OciRef, parse_ref
    from floe_ls.forms.document import read_document
    from floe_ls.remote import files

    def stands(text: Document) -> bool:
        here = reference(text, server.snapshot.shapes)
        ref = parse_ref(here.text) if here is not None else None
        if ref is None or (isinstance(ref, OciRef) and not ref.version):
            return False
        chain = server.snapshot.chain(text)
        return not chain.pending and not any(trouble.hides for trouble in chain.troubles)

    if stands(document):
        return document
    saved = files.read(document.uri) if document.uri.startswith("file:") else None
    if not isinstance(saved, str):
        return None
    known = read_document(document.uri, saved, label=document.label)
    return known if stands(known) else None
