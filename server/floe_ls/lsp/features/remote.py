"""Parents from registries: their texts as read-only documents, and the tags of their repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floe_ls.lsp.features.content import Content

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-oci"
_GONE = "This manifest is not here any more: open a file that builds on it."


def register(server: FloeServer) -> None:
    session = server.session
    server.flushed.append(session.demand_tags_of_parents)

    def content(uri: str) -> Content | None:
        found = session.content(uri)
        return Content(found.text) if found is not None else None

    server.contents.add(SCHEME, content, _GONE)
