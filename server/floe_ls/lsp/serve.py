"""`floe-ls serve`: starts the server on stdio or on a TCP port.

An editor waits for the answer to `initialize`, so that is given first, with next to nothing imported.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from floe_ls.lsp.greeting import greeting
from floe_ls.lsp.wire import Wire, compact

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def serve(arguments: list[str]) -> int:
    """Serves one client until it says `exit` or hangs up."""
    gc.disable()  # until all is loaded: there is nothing to collect in what stays
    plain = set(arguments) <= {"--stdio"}
    options = None if plain else _parser().parse_args(arguments)
    if options is not None and options.tcp:
        return _tcp(options.tcp, options.log)
    return _stdio(options.log if options is not None else "warning")


def _stdio(level: str) -> int:
    # Whatever else prints must not end up between messages.
    out = os.dup(sys.stdout.fileno())
    sys.stdout = sys.stderr
    source = sys.stdin.fileno()

    def write(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(out, view) :]

    return _run(source, lambda: os.read(source, 1 << 16), write, level)


def _tcp(address: str, level: str) -> int:
    import socket

    host, _, port = address.rpartition(":")
    if not port.isdigit():
        sys.stderr.write(f"floe-ls: --tcp wants HOST:PORT, not {address}\n")
        return 2
    with socket.create_server((host or "127.0.0.1", int(port))) as listener:
        connection, _ = listener.accept()
    with connection:
        return _run(
            connection.fileno(), lambda: connection.recv(1 << 16), connection.sendall, level
        )


def _run(
    source: int, read: Callable[[], bytes], write: Callable[[bytes], object], level: str
) -> int:
    first, greeted = _greet(read, write)

    import contextlib
    import logging

    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # pygls writes every message it sends at level INFO, texts of manifests included.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))

    from floe_ls.lsp.loop import Loop
    from floe_ls.lsp.server import create_server
    from floe_ls.remote.fetch import Fetcher

    # A thread that reads the workspace gives way sooner to whoever answers the editor than by itself, after 5 ms.
    sys.setswitchinterval(0.0005)
    loop = Loop()

    def send(data: bytes) -> None:
        try:
            write(data)
        except OSError:  # the client has gone
            loop.stop()

    server = create_server(loop, send, Fetcher(), greeted)
    server.session.processes, server.session.keeps_rows = None, True
    with contextlib.suppress(KeyboardInterrupt, ConnectionError):
        server.wire.feed(first)
        loop.run(source, read, server.wire.feed)
    return int(server.ended and not server.stopped)


def _greet(read: Callable[[], bytes], write: Callable[[bytes], object]) -> tuple[bytes, bool]:
    """Answers the first message if it is `initialize`. All that was read, and whether there was an answer."""
    bodies: list[bytes] = []
    wire = Wire(bodies.append, write)
    first = bytearray()
    while not bodies:
        data = read()
        first += data
        wire.feed(data)
        if not data:
            return bytes(first), False
    try:
        import json

        message = json.loads(bodies[0])
        if message["method"] != "initialize":
            return bytes(first), False
        answer = compact(greeting(message["params"]["capabilities"]))
        wire.send(f'{{"jsonrpc":"2.0","id":{compact(message["id"])},"result":{answer}}}')
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return bytes(first), False  # what is wrong with it is said later
    return bytes(first), True


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="floe-ls serve",
        description="Speaks the Language Server Protocol on stdin and stdout; editors start it.",
    )
    parser.add_argument(
        "--stdio", action="store_true", help="the default; accepted since editors add it"
    )
    parser.add_argument("--tcp", metavar="HOST:PORT", help="listen on a TCP port in place of stdio")
    parser.add_argument(
        "--log",
        choices=["debug", "info", "warning", "error"],
        default="warning",
        help="how much is written to stderr (default: warning)",
    )
    return parser
