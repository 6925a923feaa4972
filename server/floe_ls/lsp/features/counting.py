"""$/progress: how many files of a large workspace are known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

FEW = 400
"""Files that are counted before anybody could read how many."""
_NAME = "floe-count"


def register(server: FloeServer) -> None:
    if server.client_has("window", "workDoneProgress"):
        server.session.counted = _Shown(server).told


class _Shown:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._begun = False
        self._percent = -1

    def told(self, done: int, total: int) -> None:
        if total < FEW:
            return
        if not self._begun:
            self._begun = True
            self._server.ask("window/workDoneProgress/create", {"token": _NAME})
            self._send({"kind": "begin", "title": "Reading the mesh", "percentage": 0})
        percent = 100 * done // max(total, 1)
        if percent > self._percent:
            self._percent = percent
            message = f"{done:,} of {total:,} files"
            self._send({"kind": "report", "message": message, "percentage": percent})
        if done >= total:
            self._begun, self._percent = False, -1
            self._send({"kind": "end"})

    def _send(self, value: dict[str, object]) -> None:
        self._server.notify("$/progress", {"token": _NAME, "value": value})
