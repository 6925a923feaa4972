"""workspace/didChangeWatchedFiles: what changes on disk, gathered for a moment, so that each file is read once."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from floe_ls.lsp.later import Steps

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

GATHER = 0.02
"""Seconds for which more of them may come."""
DELETED = 3
_PIECE = 500
"""Files that are looked through in one step."""


class Watching:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._events: dict[str, int] = {}
        self._steps: Steps | None = None

    def told(self, params: dict[str, Any]) -> None:
        if not self._events:
            self._server.loop.later(GATHER, self._look)
        for change in params["changes"]:
            self._events[change["uri"]] = change["type"]

    @property
    def is_busy(self) -> bool:
        return bool(self._events) or (self._steps is not None and not self._steps.ended)

    def _look(self) -> None:
        if self._steps is not None and not self._steps.ended:
            self._server.loop.later(GATHER, self._look)
            return
        events, self._events = self._events, {}
        self._steps = Steps(self._server.loop, self._changed(events), lambda _: None)

    def _changed(self, events: dict[str, int]) -> Generator[None, None, None]:
        server = self._server
        uris = dict.fromkeys(events)
        folders = {uri for uri, kind in events.items() if kind == DELETED and _may_be_folder(uri)}
        if folders:
            # Of a folder that was deleted, editors do not tell what was in it.
            for number, uri in enumerate(server.snapshot.files):
                if number % _PIECE == 0:
                    yield
                if not folders.isdisjoint(_above(uri)):
                    uris[uri] = None
        for uri in uris:
            server.radius.forget(uri)
        if "unopened" in server.__dict__:
            server.unopened.touched(uris)
        server.session.reread(uris)


def _may_be_folder(uri: str) -> bool:
    return not unquote(uri).endswith((".yaml", ".yml", ".toml"))


def _above(uri: str) -> list[str]:
    """The folders that a file is in."""
    found = []
    end = uri.rfind("/")
    while end > 7:
        found.append(uri[:end])
        end = uri.rfind("/", 0, end)
    return found
