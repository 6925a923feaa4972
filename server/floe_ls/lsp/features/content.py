"""Read-only documents that the server writes itself: `floe/textDocumentContent`, the protocol's own
`workspace/textDocumentContent`, and the word that one is stale.

A view's URI is `SCHEME:/…/TITLE?QUERY`; the query says what it is a view of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from floe_ls.lsp.greeting import SCHEMES, is_view
from floe_ls.lsp.later import Later

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

OURS, STANDARD = "floe/textDocumentContent", "workspace/textDocumentContent"


@dataclass(frozen=True)
class Content:
    text: str
    origins: list[dict[str, Any]] = field(default_factory=list)
    """Where lines lead: `{line, uri, range}`."""


Make = Callable[[str], Content | Later | None]
"""What a URI names; it may come later."""


class Contents:
    """Who writes the documents of each scheme, and which of them a client shows."""

    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._makers: dict[str, tuple[Make, str]] = {}
        self._shown: set[str] = set()

    def add(self, scheme: str, make: Make, missing: str) -> None:
        """`missing` is shown where there is nothing: an editor that shows nothing at all leaves its user wondering."""
        self._makers[scheme] = make, missing

    def asked(self, params: dict[str, Any]) -> Later:
        """`{uri}` to `{text, languageId, origins}`; null where nothing is known of it."""
        return self._made(
            str(params.get("uri")),
            lambda found: (
                {"text": found.text, "languageId": "yaml", "origins": found.origins}
                if found is not None
                else None
            ),
        )

    def asked_by_protocol(self, params: dict[str, Any]) -> Later:
        uri = str(params.get("uri"))
        _, missing = self._makers.get(uri.partition(":")[0], (None, "There is nothing here."))

        def said(found: Content | None) -> dict[str, Any]:
            if found is None:
                return {"text": f"# {missing}\n"}
            self._shown.add(uri)
            return {"text": found.text}

        return self._made(uri, said)

    def _made(self, uri: str, said: Callable[[Content | None], Any]) -> Later:
        make, _ = self._makers.get(uri.partition(":")[0], (None, ""))
        found = make(uri) if make is not None else None
        answer = Later()
        if isinstance(found, Later):
            found.then(lambda content: answer.give(said(content)))
        else:
            answer.give(said(found))
        return answer

    def stale(self, scheme: str, query: str) -> None:
        """Asks the client for what it shows to be asked for again."""
        for uri in sorted(self._shown):
            if uri.startswith(f"{scheme}:") and query_of(uri).startswith(query):
                self._shown.discard(uri)
                if self._server.client_has("workspace", "textDocumentContent") is not None:
                    self._server.ask(f"{STANDARD}/refresh", {"uri": uri})


def register(server: FloeServer) -> None:
    contents = server.contents
    server.requested[OURS] = contents.asked
    server.requested[STANDARD] = contents.asked_by_protocol
    if server.client_has("workspace", "textDocumentContent", "dynamicRegistration"):
        options = {"schemes": SCHEMES}
        registration = {"id": "floe-content", "method": STANDARD, "registerOptions": options}
        # Once the client has the answer to `initialize`.
        server.loop.soon(
            lambda: server.ask("client/registerCapability", {"registrations": [registration]})
        )


def view_uri(scheme: str, uri: str, title: str, query: str = "") -> str:
    """`floe-effective:/…/Effective%20floe.yaml?file%3A///…/floe.yaml`; `{}` in the title is the file's name."""
    path = unquote(uri.partition(":")[2].split("?")[0]).lstrip("/")
    folder, _, name = path.rpartition("/")
    shown = title.replace("{}", name)
    place = f"/{folder}/{shown}" if folder else f"/{shown}"
    return f"{scheme}:{quote(place)}?{quote(uri, safe='/')}{query}"


def query_of(uri: str) -> str:
    """What a view is a view of; any other URI is that of the file itself. Editors quote more, or less, than we do."""
    if not is_view(uri):
        return uri
    return unquote(uri.partition("?")[2])
