"""pygls's protocol with the keystroke's path shortened, and its texts left to us.

pygls keeps texts as lists of lines, splits them at characters that are no line ends in the protocol, and copies
all of them at each change; it also keeps a future of each notification for ever. Edits come to our handlers as
plain JSON, and findings go out as text that is ready to send.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCNotification, LanguageServerProtocol, lsp_method

log = logging.getLogger(__name__)

RAW = frozenset(
    {
        lsp.TEXT_DOCUMENT_DID_CHANGE,
        lsp.TEXT_DOCUMENT_DID_OPEN,
        lsp.TEXT_DOCUMENT_DID_CLOSE,
        lsp.WORKSPACE_DID_CHANGE_CONFIGURATION,
    }
)
"""Notifications whose parameters stay plain JSON."""


class Protocol(LanguageServerProtocol):
    """`raw` maps methods to handlers of plain JSON parameters."""

    raw: dict[str, Callable[[Any], None]]

    def structure_message(self, data: dict[str, Any]) -> Any:
        method = data.get("method")
        if method in RAW and "jsonrpc" in data:
            return JsonRPCNotification(
                method=method, jsonrpc="2.0", params=data.get("params") or {}
            )
        return super().structure_message(data)

    def handle_message(self, message: Any) -> None:
        if type(message) is JsonRPCNotification and message.method in RAW and not self._shutdown:
            handler = self.raw.get(message.method)
            if handler is not None:
                try:
                    handler(message.params)
                except Exception:
                    log.exception("handling %s", message.method)
            return
        super().handle_message(message)

    def _execute_handler(self, msg_id: Any, *args: Any, **kwargs: Any) -> None:
        """Forgets finished notifications; pygls 2.1.1 keeps one future for each."""
        super()._execute_handler(msg_id, *args, **kwargs)
        if future := self._request_futures.get(msg_id):
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def plain(self, value: Any) -> Any:
        """The JSON of a protocol type."""
        return self._converter.unstructure(value)

    def send_json(self, body: str) -> None:
        """Sends a whole message that is JSON already (ASCII only)."""
        if self.writer is None:
            return
        data = f"Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii")
        try:
            self.writer.write(data)
        except (BrokenPipeError, ConnectionError, ValueError):
            log.info("the client has gone")

    # The texts are ours: pygls's own handlers would keep a second copy. With TCP as with stdio, messages of these
    # methods never reach them (see RAW); these stand in so that their capabilities are announced.

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: Any) -> None: ...

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: Any) -> None: ...

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: Any) -> None: ...


class Server(LanguageServer):
    """pygls's server, reading its input without threads where the system lets it."""

    protocol: Protocol

    def start_stdio(self) -> None:
        """Speaks on stdin and stdout until the client says `exit` or hangs up."""
        # Whatever else prints must not end up between messages.
        out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        sys.stdout = sys.stderr
        with contextlib.suppress(KeyboardInterrupt, SystemExit, BrokenPipeError):
            try:
                asyncio.run(self._stdio(_Whole(out)))
            except NotImplementedError:  # no pipes in this event loop (Windows): threads read
                self.start_io(stdout=out)

    async def _stdio(self, out: Any) -> None:
        from threading import Event

        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 26, loop=loop)
        try:
            await loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader, loop=loop), sys.stdin.buffer
            )
        except ValueError:  # stdin is a file
            reader.feed_data(sys.stdin.buffer.read())
            reader.feed_eof()
        self._stop_event = Event()
        self.protocol.set_writer(StdoutWriter(out))
        with contextlib.suppress(asyncio.IncompleteReadError):
            await run_async(
                stop_event=self._stop_event,
                reader=reader,
                protocol=self.protocol,
                logger=logging.getLogger("pygls"),
                error_handler=self.report_server_error,
            )

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: people cannot do anything about it."""
        log.error("%s: %s", getattr(source, "__name__", source), error)


class _Whole:
    """An unbuffered file that writes all it is given."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = self._raw.write(view)
            view = view[written or 0 :]

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        self._raw.close()


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
