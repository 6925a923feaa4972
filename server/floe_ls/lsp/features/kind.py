"""`floe/kind`: what a file is, for clients that give files of others back to whoever else reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    def on_kind(params: dict[str, Any]) -> dict[str, Any] | None:
        """`{uri}` to `{kind}`: `manifest`, `product`, `runtime` or `other`; null for a file that is not known."""
        document = server.snapshot.at_uri(str(params.get("uri") or ""))
        return {"kind": document.kind.value} if document is not None else None

    server.requested["floe/kind"] = on_kind
