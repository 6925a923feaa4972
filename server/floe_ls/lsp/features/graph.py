"""The mesh for pictures and trees: `floe/graph`, and `floe/graphChanged` when the next answer says more."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from floe_ls.ide.graph import Findings, counts, graph_steps
from floe_ls.lsp.later import SLICE, Later, later
from floe_ls.lsp.wire import Json, compact

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

AT_ONCE = 0.05
"""Seconds for which an answer may wait while findings are counted: those of few files are in it."""
AGAIN = 0.3
"""Seconds after which it is looked again whether files that nobody has open are judged."""


def register(server: FloeServer) -> None:
    findings = Findings()
    left: deque[str] = deque()
    """Files whose findings are still to be counted."""
    closed: list[object] = []
    """The files that nobody has open, as they were in the last answer."""

    def counted(uri: str) -> tuple[int, int] | None:
        """Errors and warnings of a file, as far as somebody knows them."""
        snapshot = server.snapshot
        if uri not in snapshot.opened and server.unopened.is_asked:
            return server.unopened.counts(uri)
        document = snapshot.at_uri(uri)
        if document is None:
            return 0, 0
        shown = server.shown.get(uri)
        if shown is not None and shown[0] is document and not server.pulls:
            return counts(shown[1].flat())
        return findings.known(snapshot, document)

    def count(uri: str) -> tuple[int, int] | None:
        """The same, looked for where nobody else does."""
        known = counted(uri)
        if known is None and (uri in server.snapshot.opened or not server.unopened.is_asked):
            document = server.snapshot.at_uri(uri)
            known = findings.find(server.snapshot, document) if document is not None else (0, 0)
        return known

    def on_graph(_: dict[str, Any]) -> Later:
        """All nodes at once; the counts of those that take longer follow with the next answer."""
        closed[:] = [server.snapshot.files.closed]
        return later(server.loop, answer())

    def answer() -> Generator[None, None, Json]:
        found = yield from graph_steps(server.snapshot)
        findings.forget(frozenset(node.uri for node in found.nodes))
        waits = bool(left)
        left.clear()
        spent = 0.0
        nodes: list[str] = []
        for node in found.nodes:
            began = time.monotonic()
            known = count(node.uri) if spent < AT_ONCE else counted(node.uri)
            spent += time.monotonic() - began
            if known is None:
                left.append(node.uri)
            errors, warnings = known or (0, 0)
            nodes.append(
                compact(
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
            )
            yield
        if left and not waits:
            server.loop.later(0, go_on)
        edges = [compact({"from": a, "to": b}) for a, b in found.edges]
        yield
        return Json(f'{{"nodes":[{",".join(nodes)}],"edges":[{",".join(edges)}]}}')

    def go_on() -> None:
        """Counts a little further, and gives way to messages."""
        until = time.monotonic() + SLICE
        waiting: list[str] = []
        while left and time.monotonic() < until:
            uri = left.popleft()
            if count(uri) is None:
                waiting.append(uri)
        pause = 0 if left else AGAIN
        left.extend(waiting)
        if left:
            server.loop.later(pause, go_on)
        else:
            server.notify("floe/graphChanged", {})

    def tell() -> None:
        """Says once that files came, went or changed on disk since the last answer."""
        if closed and server.snapshot.files.closed is not closed[0]:
            closed.clear()
            server.notify("floe/graphChanged", {})

    server.requested["floe/graph"] = on_graph
    server.flushed.append(tell)
