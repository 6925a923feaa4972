"""`floe/status`: what a client may show of the server beside its files. It comes when it changes, to who wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import floe_ls
from floe_ls.lsp.features.progress import PATIENCE

if TYPE_CHECKING:
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer


def register(server: FloeServer) -> None:
    if not server.client_has("experimental", "floe", "status"):
        return
    status = _Status(server)
    progress, changed = server.session.progress, server.session.changed

    def told(target: str, begun: bool) -> None:
        progress(target, begun)
        status.fetches(target, begun)

    def otherwise() -> None:
        changed()
        server.loop.soon(status.tell)  # nothing is published where nothing is open

    for target in server.session.fetching:
        status.fetches(target, True)  # it began before this was loaded
    server.session.progress = told
    server.session.changed = otherwise
    server.flushed.append(status.tell)


class _Status:
    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._waiting: dict[str, Timer] = {}
        self._resolving: set[str] = set()
        """What is being fetched for so long that somebody may wonder."""
        self._told: dict[str, object] = {}
        self._made_of: tuple[object, ...] = ()

    def fetches(self, target: str, begun: bool) -> None:
        if begun:
            self._waiting[target] = self._server.loop.later(
                PATIENCE, lambda: self._takes_long(target)
            )
            return
        if (timer := self._waiting.pop(target, None)) is not None:
            timer.cancel()
        if target in self._resolving:
            self._resolving.discard(target)
            self.tell()

    def _takes_long(self, target: str) -> None:
        del self._waiting[target]
        self._resolving.add(target)
        self.tell()

    def tell(self) -> None:
        snapshot = self._server.snapshot
        made_of = (
            snapshot.failures,
            snapshot.settings,
            snapshot.settings_of,
            snapshot.opened,
            self._server.session.trusted,
            len(self._resolving),
        )
        if not snapshot.failures and made_of == self._made_of:
            return  # as after nearly every key
        self._made_of = made_of
        now: dict[str, object] = {
            "resolving": len(self._resolving),
            "unavailable": self._unavailable(),
            "offline": self._offline(),
            "version": floe_ls.__version__,
        }
        if now != self._told:
            self._told = now
            self._server.notify("floe/status", now)

    def _unavailable(self) -> int:
        """How many parents of open files could not be had."""
        snapshot = self._server.snapshot
        if not snapshot.failures:
            return 0
        chains = [snapshot.chain(document) for document in self._server.session.opened()]
        return len({t.message for chain in chains for t in chain.troubles if t.hides and t.kind})

    def _offline(self) -> bool:
        """Whether the network is closed for an open file; with none open, for the whole window."""
        snapshot = self._server.snapshot
        if not self._server.session.trusted:
            return True
        settings = [snapshot.settings_for(uri) for uri in snapshot.opened] or [snapshot.settings]
        return any(each.offline for each in settings)
