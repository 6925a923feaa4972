"""Commands that lenses and palettes name: what a value means, who inherits, what is above."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from floe_ls.forms.document import Document
from floe_ls.ide.hover import hover
from floe_ls.lsp.convert import as_json
from floe_ls.lsp.features.effective import uri_in

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

_MOST = 10


def register(server: FloeServer) -> None:
    def top(document: Document) -> dict[str, Any]:
        start = {"line": 0, "character": 0}
        return {"uri": document.uri, "range": {"start": start, "end": start}}

    @server.command("floe.explain")
    def explain(*arguments: Any) -> Any:
        """`uri, position` (or `{textDocument, position}`) to `{markdown, range}`; null where there is nothing."""
        document = server.snapshot.at_uri(uri_in(arguments))
        position = position_in(arguments)
        if document is None or position is None:
            return None
        offset = document.lines.offset(*position, server.convert.encoding)
        found = hover(server.snapshot, document, offset, now=time.time())
        if found is None:
            return None
        return {"markdown": found.markdown, "range": server.convert.range(document, found.span)}

    @server.command("floe.showInheritors")
    def show_inheritors(*arguments: Any) -> Any:
        """`uri` to the places of the files that inherit from it, the nearest first."""
        document = server.snapshot.at_uri(uri_in(arguments))
        if document is None:
            return []
        below = list(server.snapshot.below(document))
        if not server.client_has("experimental", "floe", "showsInheritors"):
            names = ", ".join(child.name for child in below[:_MOST])
            more = f" and {len(below) - _MOST} more" if len(below) > _MOST else ""
            said = f"From {document.name} inherit: {names}{more}." if below else ""
            said = said or f"Nothing in this workspace inherits from {document.name}."
            server.notify("window/showMessage", {"type": 3, "message": said})
        return [top(child) for child in below]

    @server.command("floe.openParent")
    def open_parent(*arguments: Any) -> Any:
        """`uri` to the place of the manifest above, which is shown where the client can show it."""
        document = server.snapshot.at_uri(uri_in(arguments))
        layers = server.snapshot.chain(document).layers if document is not None else ()
        if len(layers) < 2:
            return None
        above = layers[-2].document
        if server.client_has("window", "showDocument", "support"):
            server.ask("window/showDocument", {"uri": above.uri, "takeFocus": True})
        return top(above)


def position_in(arguments: tuple[Any, ...]) -> tuple[int, int] | None:
    """The position among a command's arguments."""
    for argument in as_json(list(arguments)):
        if isinstance(argument, dict):
            found = argument.get("position", argument)
            line = found.get("line") if isinstance(found, dict) else None
            column = found.get("character") if isinstance(found, dict) else None
            if isinstance(line, int) and isinstance(column, int):
                return line, column
    return None
