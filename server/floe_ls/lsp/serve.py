"""`floe-ls serve`: starts the server on stdio or on a TCP port."""

from __future__ import annotations

import argparse
import logging
import sys


def serve(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr,
        level=getattr(logging, options.log.upper()),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # pygls writes every message it sends at level INFO, texts of manifests included.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.getLogger().level))
    from floe_ls.lsp.server import create_server
    from floe_ls.remote.fetch import Fetcher

    server = create_server(Fetcher())
    if options.tcp:
        host, _, port = options.tcp.rpartition(":")
        if not port.isdigit():
            sys.stderr.write(f"floe-ls: --tcp wants HOST:PORT, not {options.tcp}\n")
            return 2
        server.start_tcp(host or "127.0.0.1", int(port))
        return 0
    server.start_stdio()
    return 0


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
