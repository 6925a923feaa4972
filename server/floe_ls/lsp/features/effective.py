"""The effective configuration as a read-only document: `floe/effective`, `floe/effectiveChanged`, and the command
that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from floe_ls.forms.document import Document
from floe_ls.ide.effective import effective_view
from floe_ls.lsp.convert import as_json

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-effective"


def register(server: FloeServer) -> None:
    shown: dict[str, tuple[Document, ...]] = {}
    """The files whose view a client has, with what it was made of."""

    def layers(document: Document) -> tuple[Document, ...]:
        chain = server.snapshot.chain(document)
        return tuple(layer.document for layer in chain.layers)

    def on_effective(params: dict[str, Any]) -> dict[str, Any] | None:
        """`{uri}` to `{text, origins: [{line, uri, range}]}`; null for other files."""
        uri = source_of(str(params.get("uri") or ""))
        document = server.snapshot.at_uri(uri)
        view = effective_view(server.snapshot, document) if document is not None else None
        if document is None or view is None:
            return None
        shown[uri] = layers(document)
        origins = [
            {
                "line": origin.line,
                "uri": origin.document.uri,
                "range": server.convert.range(origin.document, origin.span),
            }
            for origin in view.origins
        ]
        return {"text": view.text, "origins": origins}

    def tell() -> None:
        """Says once that a view is stale; a client that still shows it asks again."""
        for uri, was in list(shown.items()):
            document = server.snapshot.at_uri(uri)
            now = layers(document) if document is not None else ()
            if len(now) != len(was) or any(a is not b for a, b in zip(now, was, strict=True)):
                del shown[uri]
                server.notify("floe/effectiveChanged", {"uri": uri})

    server.requested["floe/effective"] = on_effective
    server.flushed.append(tell)

    @server.command("floe.showEffective")
    def show_effective(*arguments: Any) -> Any:
        """`uri` to the URI of the view, which is shown where the client can show it."""
        uri = uri_in(arguments)
        document = server.snapshot.at_uri(uri)
        if document is None or not document.is_ours:
            return None
        view = view_of(uri)
        if server.client_has("window", "showDocument", "support"):
            server.ask("window/showDocument", {"uri": view, "takeFocus": True})
        return {"uri": view}


def view_of(uri: str) -> str:
    """`floe-effective:/…/Effective%20floe.yaml?file%3A///…/floe.yaml`"""
    path = unquote(uri.partition(":")[2].split("?")[0]).lstrip("/")
    folder, _, name = path.rpartition("/")
    shown = f"/{folder}/Effective {name}" if folder else f"/Effective {name}"
    return f"{SCHEME}:{quote(shown)}?{quote(uri, safe='/')}"


def source_of(uri: str) -> str:
    """The file of a view; any other URI is that of the file itself."""
    if not uri.startswith(f"{SCHEME}:"):
        return uri
    return unquote(uri.partition("?")[2])


def uri_in(arguments: tuple[Any, ...]) -> str:
    """The URI among a command's arguments: bare, or in `{uri}` or `{textDocument: {uri}}`."""
    first = as_json(arguments[0]) if arguments else ""
    if isinstance(first, list):
        return uri_in(tuple(first))
    if isinstance(first, dict):
        inner = first.get("textDocument")
        first = inner.get("uri") if isinstance(inner, dict) else first.get("uri")
    return source_of(first) if isinstance(first, str) else ""
