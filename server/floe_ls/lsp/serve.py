"""`floe-ls serve`: starts the server on stdio or on a TCP port."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Callable

from floe_ls.lsp.loop import Loop


def serve(arguments: list[str]) -> int:
    """Serves one client until it says `exit` or hangs up."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr,
        level=getattr(logging, options.log.upper()),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # pygls writes every message it sends at level INFO, texts of manifests included.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))
    if options.tcp:
        return _tcp(options.tcp)
    return _stdio()


def _stdio() -> int:
    # Whatever else prints must not end up between messages.
    out = os.dup(sys.stdout.fileno())
    sys.stdout = sys.stderr
    source = sys.stdin.fileno()

    def write(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(out, view) :]

    return _run(source, lambda: os.read(source, 1 << 16), write)


def _tcp(address: str) -> int:
    import socket

    host, _, port = address.rpartition(":")
    if not port.isdigit():
        sys.stderr.write(f"floe-ls: --tcp wants HOST:PORT, not {address}\n")
        return 2
    with socket.create_server((host or "127.0.0.1", int(port))) as listener:
        connection, _ = listener.accept()
    with connection:
        return _run(connection.fileno(), lambda: connection.recv(1 << 16), connection.sendall)


def _run(source: int, read: Callable[[], bytes], write: Callable[[bytes], object]) -> int:
    from floe_ls.lsp.server import create_server
    from floe_ls.remote.fetch import Fetcher

    loop = Loop()

    def send(data: bytes) -> None:
        try:
            write(data)
        except OSError:  # the client has gone
            loop.stop()

    server = create_server(loop, send, Fetcher())
    with contextlib.suppress(KeyboardInterrupt, ConnectionError):
        loop.run(source, read, server.wire.feed)
    return int(server.ended and not server.stopped)


def _parser() -> argparse.ArgumentParser:
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
