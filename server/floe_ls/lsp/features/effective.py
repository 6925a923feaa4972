"""The effective configuration as a read-only document: `floe/effective`, `floe/effectiveChanged`, and the command
that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floe_ls.forms.document import Document
from floe_ls.ide.effective import effective_view
from floe_ls.lsp.convert import as_json
from floe_ls.lsp.features.content import Content, query_of, view_uri

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-effective"
_NOTHING = "This file is neither a manifest nor a data product of floe."


def register(server: FloeServer) -> None:
    shown: dict[str, tuple[Document, ...]] = {}
    """The files whose view a client has, with what it was made of."""

    def layers(document: Document) -> tuple[Document, ...]:
        chain = server.snapshot.chain(document)
        return tuple(layer.document for layer in chain.layers)

    def content(view: str) -> Content | None:
        uri = query_of(view)
        document = server.snapshot.at_uri(uri)
        found = effective_view(server.snapshot, document) if document is not None else None
        if document is None or found is None:
            return None
        shown[uri] = layers(document)
        return Content(found.text, server.convert.origins(found.origins))

    def on_effective(params: dict[str, Any]) -> dict[str, Any] | None:
        """`{uri}` to `{text, origins: [{line, uri, range}]}`; null for other files."""
        found = content(str(params.get("uri") or ""))
        return {"text": found.text, "origins": found.origins} if found is not None else None

    def tell() -> None:
        """Says once that a view is stale; a client that still shows it asks again."""
        for uri, was in list(shown.items()):
            document = server.snapshot.at_uri(uri)
            now = layers(document) if document is not None else ()
            if len(now) != len(was) or any(a is not b for a, b in zip(now, was, strict=True)):
                del shown[uri]
                server.notify("floe/effectiveChanged", {"uri": uri})
                server.contents.stale(SCHEME, uri)

    server.contents.add(SCHEME, content, _NOTHING)
    server.requested["floe/effective"] = on_effective
    server.flushed.append(tell)

    @server.command("floe.showEffective")
    def show_effective(*arguments: Any) -> Any:
        """`uri` to the URI of the view, which is shown where the client can show it."""
        uri = uri_in(arguments)
        document = server.snapshot.at_uri(uri)
        if document is None or not document.is_ours:
            return None
        view = view_uri(SCHEME, uri, "Effective {}")
        if server.client_has("window", "showDocument", "support"):
            server.ask("window/showDocument", {"uri": view, "takeFocus": True})
        return {"uri": view}


def uri_in(arguments: tuple[Any, ...]) -> str:
    """The URI among a command's arguments: bare, or in `{uri}` or `{textDocument: {uri}}`."""
    first = as_json(arguments[0]) if arguments else ""
    if isinstance(first, list):
        return uri_in(tuple(first))
    if isinstance(first, dict):
        inner = first.get("textDocument")
        first = inner.get("uri") if isinstance(inner, dict) else first.get("uri")
    return query_of(first) if isinstance(first, str) else ""
