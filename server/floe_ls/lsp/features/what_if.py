"""What another version of its parent would do to a file: `floe/whatIf`, `floe/whatIfChanged`, the read-only view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from floe_ls.chain.layers import reference
from floe_ls.ide.snapshot import Snapshot
from floe_ls.ide.what_if import WhatIf, in_short, tags, versions, view, what_if
from floe_ls.lsp.convert import as_json
from floe_ls.lsp.features.content import Content, query_of, view_uri
from floe_ls.lsp.features.effective import uri_in
from floe_ls.lsp.features.impact import as_data, change_as_data, finding_as_data

if TYPE_CHECKING:
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-whatif"
_NOTHING = "This file names no parent whose version could be another one."
REST = 0.2
"""Seconds after which it is looked whether an answer is still true."""
_HOPS = 8
"""Manifests above each other that are looked for in one go."""


def register(server: FloeServer) -> None:
    shown: dict[tuple[str, str], tuple[Snapshot, WhatIf]] = {}
    """The answers that a client has, by file and reference as they were asked for."""

    timers: list[Timer] = []

    def answer(uri: str, ref: str) -> WhatIf | None:
        found = tried(server, uri, ref)
        if found is not None:
            shown[uri, ref] = server.snapshot, found
        return found

    def on_what_if(params: dict[str, Any]) -> dict[str, Any] | None:
        uri, ref = query_of(str(params.get("uri") or "")), params.get("ref")
        if not isinstance(ref, str) or not ref:
            uri, ref = _parts(uri)
        found = answer(uri, ref)
        return _data(server, found) if found is not None else None

    def content(uri: str) -> Content | None:
        found = answer(*_parts(query_of(uri)))
        if found is None:
            return None
        made = view(found)
        return Content(made.text, server.convert.origins(made.origins))

    def tell() -> None:
        """Says once that an answer is stale; a client that still shows it asks again."""
        timers.clear()
        for (uri, ref), (snapshot, was) in list(shown.items()):
            if snapshot is server.snapshot:
                continue
            document = server.snapshot.at_uri(uri)
            now = what_if(server.snapshot, document, ref) if document is not None else None
            if now is not None and _same(was, now):
                shown[uri, ref] = server.snapshot, now
                continue
            del shown[uri, ref]
            server.notify("floe/whatIfChanged", {"uri": uri})
            server.contents.stale(SCHEME, f"{uri}&{ref}")

    def tell_when_quiet() -> None:
        if shown and not timers:
            timers.append(server.loop.later(REST, tell))

    def on_versions(params: dict[str, Any]) -> dict[str, Any] | None:
        """`{uri}` to `{ref, tags}`: what may be tried; null where a file names nothing that has versions."""
        document = server.snapshot.at_uri(str(params.get("uri") or ""))
        known = tags(server.snapshot, document) if document is not None else None
        if document is None or known is None:
            return None
        here = reference(document, server.snapshot.shapes)
        return {"ref": here.text if here is not None else "", "tags": list(known)}

    server.requested["floe/whatIf"] = on_what_if
    server.requested["floe/versions"] = on_versions
    server.contents.add(SCHEME, content, _NOTHING)
    server.flushed.append(tell_when_quiet)

    @server.command("floe.whatIf")
    def show(*arguments: Any) -> Any:
        """`uri, ref` to the URI of the view, which is shown where the client can show it. Without a reference it is
        the newest version that is known."""
        uri, ref = uri_in(arguments), _ref_in(arguments)
        document = server.snapshot.at_uri(uri)
        if document is None:
            return None
        ref = ref or next(iter(versions(server.snapshot, document)), "")
        if not ref:
            said = f"No newer version is known of what {document.name} builds on."
            server.notify("window/showMessage", {"type": 3, "message": said})
            return None
        found = tried(server, uri, ref)
        if found is None:
            return None
        shown_as = ref.rpartition("/")[2]
        made = view_uri(SCHEME, uri, f"{{}} with {shown_as}", f"&{quote(ref, safe='/')}")
        if server.client_has("window", "showDocument", "support"):
            server.ask("window/showDocument", {"uri": made, "takeFocus": True})
        else:
            server.notify("window/showMessage", {"type": 3, "message": in_short(found)})
        return {"uri": made}


def tried(server: FloeServer, uri: str, ref: str) -> WhatIf | None:
    """What is known of it now; what is missing is fetched in the background."""
    for _ in range(_HOPS):
        document = server.snapshot.at_uri(uri)
        found = what_if(server.snapshot, document, ref) if document is not None else None
        if found is None or document is None or not found.pending:
            return found
        if not server.session.fetch_to_try(found.pending, document):
            return found
    return found


def _same(was: WhatIf, now: WhatIf) -> bool:
    return (was.pending, was.trouble) == (now.pending, now.trouble) and view(was) == view(now)


def _data(server: FloeServer, found: WhatIf) -> dict[str, Any]:
    made = view(found)
    return {
        "from": found.before,
        "to": found.after,
        "pending": bool(found.pending),
        "trouble": found.trouble or None,
        "changes": [change_as_data(change) for change in found.changes],
        "new": [finding_as_data(each) for each in found.new],
        "gone": [finding_as_data(each) for each in found.gone],
        "below": as_data(found.below) if found.below is not None else None,
        "text": made.text,
        "origins": server.convert.origins(made.origins),
    }


def _parts(query: str) -> tuple[str, str]:
    """The file, and the reference, of a view's query."""
    uri, _, ref = query.rpartition("&")
    return uri, ref


def _ref_in(arguments: tuple[Any, ...]) -> str:
    """The reference among a command's arguments: the second, or in `{ref}`."""
    plain = as_json(list(arguments))
    while len(plain) == 1 and isinstance(plain[0], list):
        plain = plain[0]
    found = plain[1] if len(plain) > 1 else None
    if found is None and plain and isinstance(plain[0], dict):
        found = plain[0].get("ref")
    return found if isinstance(found, str) else ""
