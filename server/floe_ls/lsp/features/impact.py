"""What an unsaved edit does to the files below: `floe/impact`, `floe/impactChanged`, and the read-only view."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from floe_ls.chain.merge import dotted
from floe_ls.forms.document import Kind
from floe_ls.ide.impact_view import headline, impact_view
from floe_ls.ide.mend import flow
from floe_ls.lsp.features.content import Content, query_of, view_uri
from floe_ls.lsp.features.effective import uri_in
from floe_ls.lsp.later import Later, Steps
from floe_ls.lsp.wire import Json, compact
from floe_ls.mesh.census import Row
from floe_ls.mesh.impact import Affected, Broken, Difference, Impact

if TYPE_CHECKING:
    from floe_ls.lsp.radius import Look
    from floe_ls.lsp.server import FloeServer

SCHEME = "floe-impact"
_NOTHING = "This is no manifest with a file."


def register(server: FloeServer) -> None:
    radius = server.radius
    shown: dict[str, Look] = {}
    """The manifests whose impact a client has."""

    def on_impact(params: dict[str, Any]) -> Later:
        uri = query_of(str(params.get("uri") or ""))
        answer = Later()

        def looked(look: Look | None) -> None:
            if look is not None:
                shown[uri] = look
                Steps(server.loop, as_text(look.impact), answer.give)
            else:
                answer.give(None)

        radius.look(uri).then(looked)
        return answer

    def content(view: str) -> Later:
        uri = query_of(view)
        answer = Later()

        def looked(look: Look | None) -> None:
            if look is not None:
                shown[uri] = look
            answer.give(_content(server, look) if look is not None else None)

        radius.look(uri).then(looked)
        return answer

    def tell(uri: str) -> None:
        """Says once that an answer is stale; a client that still shows it asks again."""
        was, now = shown.pop(uri, None), radius.last(uri)
        if was is not None and now is not None and was.impact == now.impact:
            shown[uri] = now
        elif was is not None:
            server.notify("floe/impactChanged", {"uri": uri})
            server.contents.stale(SCHEME, uri)

    def say(look: Look | None) -> None:
        if look is not None:
            message = headline(look.impact, _name(server, look))
            server.notify("window/showMessage", {"type": 3, "message": message})

    server.requested["floe/impact"] = on_impact
    server.contents.add(SCHEME, content, _NOTHING)
    radius.looked.append(tell)
    server.flushed.append(radius.when_idle)

    @server.command("floe.showImpact")
    def show_impact(*arguments: Any) -> Any:
        """`uri` to the URI of the view, which is shown where the client can show it."""
        uri = uri_in(arguments)
        document = server.snapshot.documents.get(uri)
        if document is None or document.kind is not Kind.MANIFEST:
            return None
        view = view_uri(SCHEME, uri, "Impact of {}")
        if server.client_has("window", "showDocument", "support"):
            server.ask("window/showDocument", {"uri": view, "takeFocus": True})
        else:
            radius.look(uri).then(say)
        return {"uri": view}


def _content(server: FloeServer, look: Look) -> Content:
    name = _name(server, look)
    against = f"{look.document.name} on disk"
    found = impact_view(look.impact, name, against, server.session.label)
    return Content(
        found.text,
        [
            {"line": lead.line, "uri": lead.uri, "range": line_range(lead.to)}
            for lead in found.leads
        ],
    )


def _name(server: FloeServer, look: Look) -> str:
    row = server.snapshot.row(look.document)
    return row.name if row is not None else look.document.name


def line_range(line: int) -> dict[str, Any]:
    """The beginning of a line of a file that need not be at hand."""
    start = {"line": line, "character": 0}
    return {"start": start, "end": start}


def as_data(found: Impact) -> dict[str, Any]:
    groups = [{"files": [_file(r) for r in each.rows], **_said(each)} for each in found.affected]
    return {**_counts(found), "groups": groups}


_STEP = 500
"""Files that are written in one step."""


def as_text(found: Impact) -> Generator[None, None, Json]:
    """`as_data` as JSON, written in steps: there may be thousands of files."""
    groups: list[str] = []
    for each in found.affected:
        files: list[str] = []
        for start in range(0, len(each.rows), _STEP):
            files += map(_file_as_text, each.rows[start : start + _STEP])
            yield
        rest = compact(_said(each))
        groups.append(f'{{"files":[{",".join(files)}],{rest[1:]}')
    head = compact(_counts(found))
    return Json(f'{head[:-1]},"groups":[{",".join(groups)}]}}')


def _counts(found: Impact) -> dict[str, Any]:
    return {
        "domains": len(found.inheriting) - found.products,
        "products": found.products,
        "changed": len(found.touched),
        "broken": len(found.broken),
    }


def _file(row: Row) -> dict[str, str]:
    return {"uri": row.uri, "name": row.name, "tier": row.tier.value}


def _file_as_text(row: Row) -> str:
    """A string is written in a tenth of the time that an object takes, and there are thousands."""
    return f'{{"uri":{compact(row.uri)},"name":{compact(row.name)},"tier":"{row.tier.value}"}}'


def _said(each: Affected) -> dict[str, Any]:
    return {
        "changes": [change_as_data(change) for change in each.changes],
        "new": [finding_as_data(found) for found in each.new],
        "gone": [finding_as_data(found) for found in each.gone],
    }


def change_as_data(change: Difference) -> dict[str, Any]:
    return {
        "path": dotted(change.path),
        "before": flow(change.before) if change.was else None,
        "after": flow(change.after) if change.now else None,
    }


def finding_as_data(found: Broken) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "line": found.line,
    }
