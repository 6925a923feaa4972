"""A client of a few lines that speaks the protocol's bytes: for what a full client would hide."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from tools import REPOSITORY

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY / "server")}


def framed(message: dict[str, Any]) -> bytes:
    """The bytes of a message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Wire:
    """Requests and notifications as JSON; what the server asks is answered with null, but for `answers`."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self.reader, self.writer = reader, writer
        self.ids = itertools.count(1)
        self.notified: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[Any], Any]] = {}
        """To what the server asks: from the parameters, by method."""

    def send(self, message: dict[str, Any]) -> None:
        self.writer.write(framed(message))
        self.writer.flush()

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: Any = None) -> Any:
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message.get("result")

    def read(self) -> dict[str, Any]:
        length = 0
        while line := self.reader.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self.reader.read(length))
        if "method" in message and "id" in message:
            self.asked.append(message)
            answer = self.answers.get(message["method"], lambda _: None)
            self.send({"id": message["id"], "result": answer(message.get("params"))})
        elif "method" in message:
            self.notified.append(message)
        return message

    def until(self, method: str) -> dict[str, Any]:
        """The parameters of the next message of a method that the server sends."""
        while True:
            message = self.read()
            if message.get("method") == method:
                return dict(message.get("params") or {})

    def start(
        self, capabilities: dict[str, Any], folder: str | None = None, **more: Any
    ) -> dict[str, Any]:
        folders = [{"uri": folder, "name": "w"}] if folder else None
        params = {"processId": None, "rootUri": folder, "capabilities": capabilities,
                  "workspaceFolders": folders, **more}  # fmt: skip
        result: dict[str, Any] = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, text: str) -> None:
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]},
        )

    def stop(self) -> None:
        self.request("shutdown")
        self.notify("exit")


@contextmanager
def stdio(*arguments: str) -> Iterator[tuple[Wire, subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "floe_ls", "serve", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Wire(process.stdout, process.stdin), process
        finally:
            process.kill()


@contextmanager
def tcp() -> Iterator[Wire]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "floe_ls", "serve", "--tcp", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, env=ENVIRONMENT) as process:
        try:
            with _connected(port, process) as connection, connection.makefile("rwb") as file:
                yield Wire(file, file)
        finally:
            process.kill()


def _connected(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            assert process.poll() is None
            time.sleep(0.05)  # nothing tells when a port is open
    raise AssertionError("the server does not listen")
