"""Parents from registries: their texts as read-only documents, and the tags of their repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-oci"
OURS, STANDARD = "floe/textDocumentContent", "workspace/textDocumentContent"


def register(server: FloeServer) -> None:
    session = server.session
    server.flushed.append(session.demand_tags_of_parents)

    def on_content(params: dict[str, Any]) -> dict[str, Any] | None:
        """`{uri}` to `{text, languageId}`; null where nothing is known of it."""
        found = session.content(str(params.get("uri")))
        return {"text": found.text, "languageId": "yaml"} if found is not None else None

    def on_standard_content(params: dict[str, Any]) -> dict[str, Any]:
        found = on_content(params)
        if found is None:
            # An editor that shows nothing at all leaves its user wondering.
            return {
                "text": "# This manifest is not here any more: open a file that builds on it.\n"
            }
        return {"text": found["text"]}

    server.requested[OURS] = on_content
    server.requested[STANDARD] = on_standard_content
    if server.client_has("workspace", "textDocumentContent", "dynamicRegistration"):
        options = {"schemes": [SCHEME]}
        registration = {"id": "floe-content", "method": STANDARD, "registerOptions": options}
        # Once the client has the answer to `initialize`.
        server.loop.soon(
            lambda: server.ask("client/registerCapability", {"registrations": [registration]})
        )
