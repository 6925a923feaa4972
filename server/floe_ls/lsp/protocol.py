"""pygls, for everything that is not on the way of a keystroke.

Messages come to it as plain JSON, and its answers go out on our wire: its own reader takes three threads a message.
It keeps no texts, since its text store copies all lines at each change, and splits them where the protocol does not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

import floe_ls
from floe_ls.lsp.features import FEATURES
from floe_ls.lsp.greeting import TRIGGERS
from floe_ls.lsp.refusal import Refusal

if TYPE_CHECKING:
    from floe_ls.lsp.server import FloeServer

log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """pygls's own, without texts."""

    def _execute_handler(self, msg_id: Any, *args: Any, **kwargs: Any) -> None:
        """Forgets finished notifications; pygls 2.1.1 keeps one future for each."""
        super()._execute_handler(msg_id, *args, **kwargs)
        if future := self._request_futures.get(msg_id):
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        """A refusal is an answer to people; pygls would log it as a fault, with all that led to it."""
        refusal = None if future.cancelled() else future.exception()
        if not isinstance(refusal, Refusal):
            super()._send_handler_result(future, msg_id=msg_id)
            return
        self._request_futures.pop(msg_id, None)
        self._send_response(msg_id, error=refusal.to_response_error())

    def plain(self, value: Any) -> Any:
        """The JSON of a protocol type."""
        return self._converter.unstructure(value)

    # The messages themselves never get here. These stand in so that they are announced.

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> None: ...

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> None: ...

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> None: ...


class Pygls(LanguageServer):
    """Our features on pygls. It is told of `initialize` when it is made, long after the client has its answer."""

    protocol: Protocol

    def __init__(self, server: FloeServer, initialize: dict[str, Any]) -> None:
        super().__init__(
            "floe-language-server",
            floe_ls.__version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.floe = server
        server.take(self)
        for method, options in _answered_elsewhere(server):
            self.feature(method, options)(_never)
        for register in FEATURES:
            register(server)
        held = _Held()
        self.protocol.set_writer(held, include_headers=False)
        self.handle({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": initialize})
        self.protocol.set_writer(_Out(server))
        self.answered: dict[str, Any] = json.loads(held.said).get("result") or {}
        """What it would have said to `initialize`; the client has `greeting`."""

    def handle(self, message: dict[str, Any]) -> None:
        """Handles a message; one that makes no sense is refused."""
        try:
            self.protocol.handle_message(self.protocol.structure_message(message))
        except JsonRpcException as error:
            log.warning("%s was not understood", message.get("method"))
            if "id" in message and "method" in message:
                self.floe.refuse(message["id"], error.code, error.message)
        except Exception:
            log.exception("handling %s", message.get("method"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: people cannot do anything about it."""
        log.error("%s: %s", getattr(source, "__name__", source), error)


def _answered_elsewhere(server: FloeServer) -> Iterator[tuple[str, Any]]:
    """What the server answers itself, so that pygls knows of it too."""
    yield lsp.TEXT_DOCUMENT_HOVER, None
    triggers = lsp.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True)
    yield lsp.TEXT_DOCUMENT_COMPLETION, triggers
    if server.pulls:
        yield lsp.WORKSPACE_DIAGNOSTIC, None
        yield (
            lsp.TEXT_DOCUMENT_DIAGNOSTIC,
            lsp.DiagnosticOptions(
                inter_file_dependencies=True, workspace_diagnostics=True, identifier="floe"
            ),
        )


def _never(_: Any) -> None:
    """Such a message does not get here."""


class _Held:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.said = b"{}"

    def write(self, data: bytes) -> None:
        self.said = data

    def close(self) -> None: ...


class _Out:
    """Writes onto the server's wire."""

    def __init__(self, server: FloeServer) -> None:
        self._wire = server.wire

    def write(self, data: bytes) -> None:
        self._wire.write(data)

    def close(self) -> None: ...
