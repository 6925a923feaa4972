"""A language client that measures: raw JSON-RPC over pipes, on one thread.

A message's time is taken right after the read that completed it, before any decoding; a request's or a change's time
right before its first byte is written, after encoding.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from documents import Change

now = time.perf_counter_ns
MS = 1_000_000
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_MODIFIED = (-32801, -32802)
"""Errors after which a request is asked again."""


@dataclass(frozen=True)
class Server:
    """How a server is started, and how it is spoken to."""

    name: str
    command: list[str]
    settings: dict[str, Any] = field(default_factory=dict)
    pull: bool = False
    """The client says that it asks for findings itself."""
    real: bool = True
    """Whether it judges the text, so that the planted mistakes must be found."""
    kinds: tuple[str, ...] = ()
    """The kinds of files that it is measured with; all without it."""
    language: str = "yaml"


class TimeoutElapsedError(Exception):
    """No answer in time."""


class ServerEndedError(Exception):
    """The server is gone."""


@dataclass
class Published:
    at: int
    version: int | None
    items: list[dict[str, Any]]


class Client:
    """One server process and the connection to it."""

    def __init__(self, server: Server, root: Path) -> None:
        self.server, self.root = server, root
        self.answers: dict[int, tuple[int, dict[str, Any]]] = {}
        self.published: dict[str, list[Published]] = {}
        self.registered: set[str] = set()
        self.capabilities: dict[str, Any] = {}
        self.received = self.refreshes = 0
        self._next = 1
        self._in, self._need = bytearray(), -1
        self._out = bytearray()
        self._gone = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by stop()
        # A server whose modules cannot be kept compiled would compile them at each start.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.started_queued = self._queued_here()
        self.started = now()
        self.process = subprocess.Popen(
            server.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=root,
            env=environment,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._to, self._from = self.process.stdin.fileno(), self.process.stdout.fileno()
        for descriptor in (self._to, self._from):
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(self._from, select.POLLIN)
        self.pids = [self.process.pid]
        self._main_only: bool | None = None

    # --- messages out

    def request(self, method: str, params: Any) -> tuple[int, int]:
        """Its number, and when it went out."""
        number, self._next = self._next, self._next + 1
        return number, self._send({"id": number, "method": method, "params": params})

    def notify(self, method: str, params: Any) -> int:
        return self._send({"method": method, "params": params})

    def call(self, method: str, params: Any, timeout: float = 60) -> tuple[float, Any]:
        """Milliseconds and result."""
        number, at = self.request(method, params)
        while True:
            answered, message = self.wait(number, timeout)
            error = message.get("error")
            if error and error.get("code") in _MODIFIED:
                number, _ = self.request(method, params)
                continue
            if error:
                raise ServerEndedError(f"{method}: {error.get('message')}")
            return (answered - at) / MS, message.get("result")

    def wait(self, number: int, timeout: float = 60) -> tuple[int, dict[str, Any]]:
        if not self.pump(lambda: number in self.answers, timeout):
            raise TimeoutElapsedError(f"no answer to request {number} in {timeout} s")
        return self.answers.pop(number)

    def _send(self, message: dict[str, Any]) -> int:
        text = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"), ensure_ascii=False)
        body = text.encode()
        data = b"Content-Length: %d\r\n\r\n" % len(body) + body
        at = now()
        self._out += data
        self._flush()
        return at

    def _flush(self) -> None:
        while self._out:
            try:
                sent = os.write(self._to, self._out[: 1 << 18])
            except BlockingIOError:
                self._poll.register(self._to, select.POLLOUT)
                return
            except OSError:
                self._gone = True
                return
            del self._out[:sent]
        try:
            self._poll.unregister(self._to)
        except KeyError:
            return

    # --- messages in

    def pump(self, until: Callable[[], bool] | None, timeout: float) -> bool:
        """Handles messages until something holds; False when the time (seconds) passes first."""
        end = now() + int(timeout * 1e9)
        while True:
            if until is not None and until():
                return True
            if self._gone:
                raise ServerEndedError(self._last_words())
            left = (end - now()) / MS
            if left <= 0:
                return False
            self._turn(math.ceil(left))

    def rest(self, seconds: float) -> None:
        self.pump(None, seconds)

    def settle(self, quiet: float, limit: float = 20) -> None:
        """Waits until nothing has come for a while."""
        end, seen = now() + int(limit * 1e9), -1
        while seen != self.received and now() < end:
            seen = self.received
            self.pump(lambda seen=seen: self.received != seen, quiet)  # type: ignore[misc]

    def _turn(self, milliseconds: int) -> None:
        for descriptor, _ in self._poll.poll(milliseconds):
            if descriptor == self._from:
                self._read()
            else:
                self._flush()

    def _read(self) -> None:
        try:
            chunk = os.read(self._from, 1 << 20)
        except BlockingIOError:
            return
        at = now()
        if not chunk:
            self._gone = True
            return
        self._in += chunk
        while True:
            if self._need < 0:
                end = self._in.find(b"\r\n\r\n")
                if end < 0:
                    return
                found = _LENGTH.search(self._in, 0, end)
                if found is None:
                    raise ServerEndedError(f"no Content-Length in {bytes(self._in[:end])!r}")
                self._need = int(found[1])
                del self._in[: end + 4]
            if len(self._in) < self._need:
                return
            body = bytes(self._in[: self._need])
            del self._in[: self._need]
            self._need = -1
            self.received += 1
            self._take(json.loads(body), at)

    def _take(self, message: dict[str, Any], at: int) -> None:
        if "method" not in message:
            self.answers[message["id"]] = at, message
        elif "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        elif message["method"] == "textDocument/publishDiagnostics":
            params = message["params"]
            items = params.get("diagnostics") or []
            published = Published(at, params.get("version"), items)
            self.published.setdefault(params["uri"], []).append(published)

    def _answer(self, message: dict[str, Any]) -> Any:
        params = message.get("params") or {}
        match message["method"]:
            case "workspace/configuration":
                return [self._section(item.get("section") or "") for item in params["items"]]
            case "client/registerCapability":
                self.registered |= {r["method"] for r in params.get("registrations", [])}
            case "workspace/workspaceFolders":
                return [{"uri": self.root.as_uri(), "name": "bench"}]
            case "workspace/diagnostic/refresh":
                self.refreshes += 1
        return None

    def _section(self, name: str) -> Any:
        here: Any = self.server.settings
        for part in name.split(".") if name else ():
            here = here.get(part) if isinstance(here, dict) else None
        return here

    def _last_words(self) -> str:
        self._errors.seek(0)
        said = self._errors.read()[-1500:].decode(errors="replace")
        return f"{self.server.name} ended ({self.process.poll()}): {said}"

    # --- life

    def initialize(self) -> float:
        """Milliseconds from the start of the process to the answer."""
        number, _ = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": "bench", "version": "1"},
                "rootUri": self.root.as_uri(),
                "workspaceFolders": [{"uri": self.root.as_uri(), "name": "bench"}],
                "capabilities": capabilities(self.server.pull),
            },
        )
        at, message = self.wait(number)
        self.capabilities = message["result"]["capabilities"]
        self.notify("initialized", {})
        if self.server.settings:
            settings = {"settings": self.server.settings}
            self.notify("workspace/didChangeConfiguration", settings)
        return (at - self.started) / MS

    @property
    def pulls(self) -> bool:
        if not self.server.pull:
            return False
        registered = "textDocument/diagnostic" in self.registered
        return registered or bool(self.capabilities.get("diagnosticProvider"))

    def stop(self) -> None:
        """Asks it to end, and ends it if it does not."""
        try:
            if not self._gone and self.process.poll() is None:
                number, _ = self.request("shutdown", None)
                self.wait(number, 10)
                self.notify("exit", None)
                self.process.wait(5)
        except (ServerEndedError, TimeoutElapsedError, subprocess.TimeoutExpired):
            for pid in processes.tree(self.process.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            try:
                stream.close()  # type: ignore[union-attr]
            except OSError:
                continue

    # --- what it uses

    def cpu(self) -> float:
        return processes.cpu(self.pids)

    def look_around(self) -> None:
        """Notices processes that the server has started."""
        self.pids = processes.tree(self.process.pid)

    def queued(self) -> tuple[float, float, float]:
        """Milliseconds that the server and that this client have waited for a core, and the server's CPU."""
        if self._main_only is None:
            self._main_only = processes.is_node(self.process.pid)
        waited = sum(processes.queued(pid, self._main_only) for pid in self.pids)
        return waited, self._queued_here(), self.cpu()

    @staticmethod
    def _queued_here() -> float:
        return processes.queued(os.getpid(), main_thread_only=True)

    def net(self, wall: float, before: tuple[float, float, float]) -> float:
        """A time less what other load on the machine cost; never less than the CPU that the server used on the way."""
        server, client, used = (b - a for a, b in zip(before, self.queued(), strict=True))
        least = 0.0 if self._main_only else min(wall, used)
        return max(0.0, wall - server - client, least)


class Text:
    """The client's side of one open file. Its text is ASCII, so that columns are the same in all units."""

    def __init__(self, client: Client, name: str, text: str) -> None:
        self.client = client
        self.uri = (client.root / name).as_uri()
        self.lines = text.split("\n")
        self.version = 0

    @property
    def id(self) -> dict[str, Any]:
        return {"textDocument": {"uri": self.uri}}

    @property
    def published(self) -> list[Published]:
        return self.client.published.get(self.uri, [])

    def open(self) -> int:
        self.version += 1
        text = "\n".join(self.lines)
        item = {
            "uri": self.uri,
            "languageId": self.client.server.language,
            "version": self.version,
            "text": text,
        }
        return self.client.notify("textDocument/didOpen", {"textDocument": item})

    def close(self) -> None:
        self.client.notify("textDocument/didClose", self.id)

    def edit(self, change: Change) -> tuple[int, Change]:
        """When it went out, and the change that undoes it."""
        line, column, end_line, end_column = (
            change.line, change.column, change.end_line, change.end_column,
        )  # fmt: skip
        first, last = self.lines[line][:column], self.lines[end_line][end_column:]
        gone = self.lines[line : end_line + 1]
        gone[-1] = gone[-1][:end_column]
        gone[0] = gone[0][column:]
        new = (first + change.new + last).split("\n")
        self.lines[line : end_line + 1] = new
        self.version += 1
        at_end = line + len(new) - 1
        undo = Change(line, column, at_end, len(new[-1]) - len(last), "\n".join(gone))
        where = {
            "start": {"line": line, "character": column},
            "end": {"line": end_line, "character": end_column},
        }
        sent = self.client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"range": where, "text": change.new}],
            },
        )
        return sent, undo


def capabilities(pull: bool) -> dict[str, Any]:
    """What an editor such as VS Code says that it can do."""
    item = {
        "snippetSupport": True,
        "commitCharactersSupport": True,
        "documentationFormat": ["markdown", "plaintext"],
        "deprecatedSupport": True,
        "preselectSupport": True,
        "tagSupport": {"valueSet": [1]},
        "insertReplaceSupport": True,
        "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
        "labelDetailsSupport": True,
    }
    kinds = ["", "quickfix", "refactor", "source", "source.fixAll", "source.organizeImports"]
    dynamic = {"dynamicRegistration": True}
    text: dict[str, Any] = {
        "synchronization": {
            **dynamic,
            "willSave": True,
            "willSaveWaitUntil": True,
            "didSave": True,
        },
        "completion": {**dynamic, "contextSupport": True, "completionItem": item},
        "hover": {**dynamic, "contentFormat": ["markdown", "plaintext"]},
        "definition": {**dynamic, "linkSupport": True},
        "references": dynamic,
        "documentHighlight": dynamic,
        "documentSymbol": {**dynamic, "hierarchicalDocumentSymbolSupport": True},
        "codeAction": {
            **dynamic,
            "isPreferredSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": kinds}},
        },
        "codeLens": dynamic,
        "documentLink": {**dynamic, "tooltipSupport": True},
        "formatting": dynamic,
        "rename": {**dynamic, "prepareSupport": True},
        "foldingRange": {**dynamic, "lineFoldingOnly": True},
        "selectionRange": dynamic,
        "inlayHint": dynamic,
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
    }
    workspace: dict[str, Any] = {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeConfiguration": dynamic,
        "didChangeWatchedFiles": {**dynamic, "relativePatternSupport": True},
        "symbol": dynamic,
        "executeCommand": dynamic,
        "workspaceFolders": True,
        "configuration": True,
    }
    if pull:
        text["diagnostic"] = {**dynamic, "relatedDocumentSupport": True}
        workspace["diagnostics"] = {"refreshSupport": True}
    return {
        "workspace": workspace,
        "textDocument": text,
        "window": {"workDoneProgress": True, "showDocument": {"support": True}},
        "general": {"positionEncodings": ["utf-16"]},
    }
