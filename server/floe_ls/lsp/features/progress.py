"""$/progress: what is being fetched, when it takes a while; the user may cancel it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floe_ls.chain.ref import OciRef, parse_ref

if TYPE_CHECKING:
    from floe_ls.lsp.loop import Timer
    from floe_ls.lsp.server import FloeServer

PATIENCE = 0.3
"""Seconds after which a fetch is worth telling."""


def register(server: FloeServer) -> None:
    if not server.client_has("window", "workDoneProgress"):
        return
    shown = _Shown(server)
    for target in server.session.fetching:
        shown.told(target, True)  # it began before this was loaded
    server.session.progress = shown.told

    def on_cancel(params: dict[str, Any]) -> None:
        target = shown.target(params.get("token"))
        if target is not None:
            server.session.cancel(target)

    server.notified["window/workDoneProgress/cancel"] = on_cancel


class _Shown:
    """The fetches under way, each with the token by which the client knows it."""

    def __init__(self, server: FloeServer) -> None:
        self._server = server
        self._count = 0
        self._waiting: dict[str, Timer] = {}
        self._tokens: dict[str, str] = {}

    def told(self, target: str, begun: bool) -> None:
        if begun:
            self._waiting[target] = self._server.loop.later(
                PATIENCE, lambda: self._announce(target)
            )
            return
        if (timer := self._waiting.pop(target, None)) is not None:
            timer.cancel()
        if (token := self._tokens.pop(target, None)) is not None:
            self._send(token, {"kind": "end"})

    def target(self, token: Any) -> str | None:
        return next((t for t, known in self._tokens.items() if known == token), None)

    def _announce(self, target: str) -> None:
        del self._waiting[target]
        self._count += 1
        token = f"floe-fetch-{self._count}"

        def begin(_: Any) -> None:
            if target not in self._server.session.fetching:
                return  # it came while the client was asked
            self._tokens[target] = token
            title = f"Resolving {_name(target)}"
            self._send(token, {"kind": "begin", "title": title, "cancellable": True})

        self._server.ask("window/workDoneProgress/create", {"token": token}, begin)

    def _send(self, token: str, value: dict[str, Any]) -> None:
        self._server.notify("$/progress", {"token": token, "value": value})


def _name(target: str) -> str:
    """`enterprise-manifest:v1.0.0` of a whole reference."""
    ref = parse_ref(target)
    if not isinstance(ref, OciRef):
        return target
    return f"{ref.name}:{ref.tag}" if ref.tag else ref.name
