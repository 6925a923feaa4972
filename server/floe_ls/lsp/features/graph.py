"""The mesh for pictures and trees: `floe/graph`, and `floe/graphChanged` when the next answer says more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from floe_ls.forms.document import Document
from floe_ls.ide.graph import Findings, counts, graph

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

AT_ONCE = 0.1
"""Seconds for which an answer, or anything else, may wait while findings are counted."""


def register(server: FloeServer) -> None:
    findings = Findings()
    left: list[str] = []
    """Files whose findings are still to be counted."""
    closed: list[object] = []
    """The files that nobody has open, as they were in the last answer."""

    def counted(document: Document) -> tuple[int, int] | None:
        shown = server.shown.get(document.uri)
        if shown is not None and shown[0] is document and not server.pulls:
            return counts(shown[1].flat())
        return findings.known(server.snapshot, document)

    def on_graph(_: dict[str, Any]) -> dict[str, Any]:
        """All nodes at once; the counts of those that take longer follow with the next answer."""
        snapshot = server.snapshot
        closed[:] = [snapshot.files.closed]
        found = graph(snapshot)
        findings.forget(frozenset(node.uri for node in found.nodes))
        waits = bool(left)
        left.clear()
        until = time.monotonic() + AT_ONCE
        nodes = []
        for node in found.nodes:
            known = counted(node.document)
            if known is None and time.monotonic() < until:
                known = findings.find(snapshot, node.document)
            if known is None:
                left.append(node.uri)
            errors, warnings = known or (0, 0)
            nodes.append(
                {
                    "id": node.uri,
                    "uri": node.uri,
                    "name": node.name,
                    "tier": node.tier.value,
                    "version": node.version,
                    "errors": errors,
                    "warnings": warnings,
                }
            )
        if left and not waits:
            server.loop.later(0, go_on)
        return {"nodes": nodes, "edges": [{"from": a, "to": b} for a, b in found.edges]}

    def go_on() -> None:
        """Counts a little further, and gives way to messages."""
        until = time.monotonic() + AT_ONCE
        while left and time.monotonic() < until:
            document = server.snapshot.at_uri(left.pop())
            if document is not None and counted(document) is None:
                findings.find(server.snapshot, document)
        if left:
            server.loop.later(0, go_on)
        else:
            server.notify("floe/graphChanged", {})

    def tell() -> None:
        """Says once that files came, went or changed on disk since the last answer."""
        if closed and server.snapshot.files.closed is not closed[0]:
            closed.clear()
            server.notify("floe/graphChanged", {})

    server.requested["floe/graph"] = on_graph
    server.flushed.append(tell)
