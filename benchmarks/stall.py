"""How long the server keeps an editor waiting at most, while it does something large behind: a request that costs
nothing is sent again and again, and the longest time to its answer counts, beside the longest call on the loop.

    python benchmarks/stall.py --products 5000
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from results import STALL

HERE = Path(__file__).resolve().parent
PAUSE = 0.002
"""Seconds between two requests."""
FILES = 1_000
"""That a checkout changes."""
CAPABILITIES = {
    "textDocument": {"diagnostic": {"dynamicRegistration": False}},
    "workspace": {"diagnostics": {"refreshSupport": True}, "didChangeWatchedFiles": {}},
}
ENTERPRISE = "enterprise-manifest.yaml"
_SETTINGS = '[registries."{registry}"]\ninsecure = true\n'
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_WITHIN = ("collector", "step of")
"""What is part of another call."""
Place = tuple[str, int, str]


class Client:
    """Sends requests, and looks into what comes only afterwards."""

    def __init__(self, command: list[str], folder: Path, cache: Path) -> None:
        env = {**os.environ, "FLOE_LS_CACHE": str(cache)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._to, self._from = self.process.stdin.fileno(), self.process.stdout.fileno()
        self._buffer = bytearray()
        self._scheduled = (
            Path(f"/proc/{self.process.pid}/task/{self.process.pid}/schedstat"),
            Path("/proc/thread-self/schedstat"),
        )
        self.folder = folder
        self.number = 0
        self.answers: dict[int, bytes] = {}
        self.progress: list[bytes] = []
        self.times: list[float] = []
        self.asked = 0
        self._items: dict[str, list[Any]] = {}
        self._ids: dict[str, str] = {}

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        data = memoryview(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        while data:
            data = data[os.write(self._to, data) :]

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params or {}})
        return self.number

    def call(self, method: str, params: Any = None) -> Any:
        number = self.ask(method, params)
        while number not in self.answers:
            self.read()
        return json.loads(self.answers.pop(number))["result"]

    def read(self, timeout: float | None = None) -> None:
        if not select.select([self._from], [], [], timeout)[0]:
            return
        data = os.read(self._from, 1 << 20)
        if not data:
            raise SystemExit("the server ended")
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._buffer, 0, end)
            assert found is not None
            length = int(found[1])
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            self._take(body)

    def _take(self, body: bytes) -> None:
        start = body[:100]
        if b'"method":"$/progress"' in start:
            self.progress.append(body)
            return
        message = json.loads(body)
        if "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif "id" in message:
            self.answers[message["id"]] = body

    def probe(self) -> None:
        """One request, and the milliseconds to its answer, less those in which one side had no core."""
        waited = self._waited()
        began = time.perf_counter()
        number = self.ask("bench/nothing")
        while number not in self.answers:
            self.read()
        took = 1000 * (time.perf_counter() - began)
        del self.answers[number]
        if took > 2:
            took -= self._waited() - waited
        self.times.append(took)

    def _waited(self) -> float:
        """Milliseconds for which either side was ready and had no core."""
        try:
            return sum(int(each.read_text().split()[1]) for each in self._scheduled) / 1e6
        except OSError:
            return 0.0

    def ask_for_all(self) -> None:
        """Asks for the findings of all files, with what is known of them."""
        self._take_in()
        previous = [{"uri": uri, "value": value} for uri, value in self._ids.items()]
        self.asked = self.ask(
            "workspace/diagnostic",
            {"previousResultIds": previous, "partialResultToken": f"all-{self.number}"},
        )

    @property
    def is_answered(self) -> bool:
        return self.asked in self.answers

    def _take_in(self) -> None:
        for body in self.progress:
            for report in json.loads(body)["params"]["value"].get("items", ()):
                uri = report["uri"]
                if report["kind"] == "full":
                    self._items[uri] = report["items"]
                    self._ids.pop(uri, None)
                if "resultId" in report:
                    self._ids[uri] = report["resultId"]
        self.progress.clear()

    def found(self) -> set[Place]:
        """The findings that were told, hints left out."""
        self._take_in()
        root = "file://" + str(self.folder) + "/"
        return {
            (uri.removeprefix(root), each["range"]["start"]["line"], each["code"])
            for uri, found in self._items.items()
            for each in found
            if each["severity"] < 4
        }

    def memory(self) -> int:
        """Megabytes, at most so far."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


@dataclass(frozen=True)
class Row:
    name: str
    seconds: float
    requests: int
    longest: float
    most: float
    """All but one in a thousand are answered within this."""
    held: float
    by: str


class Bench:
    def __init__(self, folder: Path, cache: Path) -> None:
        command = [sys.executable, str(HERE / "stalled_server.py")]
        self.client = Client(command, folder, cache)
        self.folder = folder
        self.uri = (folder / "none.yaml").as_uri()
        self.rows: list[Row] = []

    def start(self) -> None:
        self.client.call(
            "initialize", {"rootUri": self.folder.as_uri(), "capabilities": CAPABILITIES}
        )
        self.client.notify("initialized", {})

    def stop(self) -> None:
        self.client.process.kill()
        self.client.process.wait()

    def measure(
        self,
        name: str,
        begin: Callable[[], object] = lambda: None,
        until: Callable[[], bool] | None = None,
        least: float = 0.5,
    ) -> None:
        """Requests from the beginning of something until it is done."""
        client = self.client
        client.call("bench/told")
        client.times.clear()
        began = time.perf_counter()
        begin()
        look = began + least
        while True:
            client.probe()
            client.read(PAUSE)
            if until is None and client.is_answered:
                client.ask_for_all()
            now = time.perf_counter()
            if now >= look:
                if until() if until is not None else client.call("bench/idle"):
                    break
                look = now + 0.1
        took = time.perf_counter() - began
        told = client.call("bench/told")
        times = sorted(client.times)
        calls = [each for each in told["longest"] if not each[1].startswith(_WITHIN)]
        held, by = calls[0] if calls else (0.0, "")
        if os.environ.get("STALL_ALL"):
            print(name, round(max(client.times)), told["longest"], file=sys.stderr)
        most = times[-1 - len(times) // 1000]
        self.rows.append(Row(name, took, len(times), times[-1], most, held, by))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--keep", action="store_true", help="keeps the table for README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name).resolve() / "mesh", Path(name) / "cache"
        made = _mesh().mesh(options.products)
        made.write(folder)
        _git(folder, "init", "-q", "-b", "main")
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", "As it was")
        rows, wrong, memory = _measured(folder, cache, made)
    head = f"{options.products:,} products, {os.cpu_count()} cores, {memory} MB at most:"
    text = "\n".join([head, "", *_table(rows)]) + "\n"
    print(text, end="")
    if options.keep and not wrong:
        STALL.write_text(text)
    if wrong:
        print(f"\n{len(wrong)} findings are not those that are planted: {sorted(wrong)[:5]}")
    return int(bool(wrong))


def _measured(folder: Path, cache: Path, made: Any) -> tuple[list[Row], set[Place], int]:
    bench = Bench(folder, cache)
    client = bench.client
    bench.start()
    bench.measure("scan, cold")
    bench.measure("nothing", least=3.0)
    client.ask_for_all()
    bench.measure("all findings", until=lambda: client.is_answered)
    planted = {(each.file, each.line, each.code) for each in made.planted}
    wrong = client.found() ^ planted
    client.ask_for_all()
    bench.measure("all findings, asked for again")
    changed = _edited(folder, made)
    events = [{"uri": (folder / file).as_uri(), "type": 2} for file in changed]
    told = "workspace/didChangeWatchedFiles"
    _git(folder, "checkout", "-q", "other")
    bench.measure(
        f"git checkout of {FILES:,} files", lambda: client.notify(told, {"changes": events})
    )
    _git(folder, "checkout", "-q", "main")

    def one_by_one() -> None:
        for event in events:
            client.notify(told, {"changes": [event]})

    bench.measure("the same, told one by one", one_by_one)
    wrong |= client.found() ^ planted
    uri, text = (folder / ENTERPRISE).as_uri(), made.files[ENTERPRISE]
    item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    bench.measure("an enterprise manifest is opened")
    edits = _typed(client, uri, text)
    bench.measure("typing in it", until=lambda: next(edits, True), least=0)
    broken = {file for file, _, code in client.found() if code == "ref/invalid"}
    wrong |= {(file, 0, "ref/invalid") for file in broken ^ _broken(made)}
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": 1000}, "contentChanges": [{"text": text}]},
    )
    bench.measure("undoing that")
    wrong |= client.found() ^ {each for each in planted if each[0] != ENTERPRISE}
    with _slow_registry() as registry:
        (folder / "slow").mkdir()
        (folder / "slow" / "floe-ls.toml").write_text(_SETTINGS.format(registry=registry))
        item = {
            "uri": (folder / "slow" / "floe.yaml").as_uri(),
            "languageId": "yaml",
            "version": 1,
            "text": f"metadata: {{name: slow}}\nplatform: {{ref: oci://{registry}/x:v1.0.0}}\n",
        }
        begin = lambda: client.notify("textDocument/didOpen", {"textDocument": item})  # noqa: E731
        bench.measure("a slow fetch", begin, until=lambda: True, least=4.0)
    memory = client.memory()
    bench.stop()
    again = Bench(folder, cache)
    again.start()
    again.measure("scan, warm")
    again.stop()
    return bench.rows + again.rows, wrong, memory


def _broken(made: Any) -> set[str]:
    """The products that cannot do without duckdb: by their domains, where they have one, or broken ones."""
    lost = {each.file for each in made.planted if each.code == "ref/not-found"}
    invalid = {each.file for each in made.planted if each.code == "ref/invalid"}
    folders = {
        name.rpartition("/")[0]
        for name, text in made.files.items()
        if name.endswith("-domain-manifest.yaml") and "type: duckdb" in text
    }
    products = {name for name in made.files if name.endswith("/floe.yaml")}
    below = {name for name in products if name.rsplit("/", 2)[0] in folders}
    return below - lost | invalid


def _edited(folder: Path, made: Any) -> list[str]:
    """A branch on which some products are otherwise."""
    products = [name for name in made.files if name.endswith("/floe.yaml")]
    changed = products[:: max(len(products) // FILES, 1)][:FILES]
    _git(folder, "checkout", "-q", "-b", "other")
    for number, name in enumerate(changed):
        text = made.files[name].replace("  version: 1.", "  version: 2.")
        if number % 10 == 0:
            text += "    tier: silver\n"
        (folder / name).write_text(text)
    _git(folder, "commit", "-q", "-a", "-m", "As it will be")
    _git(folder, "checkout", "-q", "main")
    return changed


def _typed(client: Client, uri: str, text: str) -> Iterator[bool]:
    """Keys in the list of approved plugins, ten in a second; at the end it stays without one of them."""
    version = 1
    for new in ("duckd", "duck", "duc", "du", "d", "", "t", "tr", "tri", "trin", "trino"):
        version += 1
        whole = text.replace("duckdb, snowflake", f"{new}, snowflake")
        client.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": whole}]},
        )
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            yield False
    while not client.call("bench/idle"):
        if client.is_answered:
            client.ask_for_all()
        yield False


@contextmanager
def _slow_registry() -> Iterator[str]:
    """Something that takes connections and says a letter now and then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

        def drip(connection: socket.socket) -> None:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.01)
            except OSError:
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _table(rows: list[Row]) -> Iterator[str]:
    yield "| while | for (s) | requests | longest answer (ms) | 99.9 % within (ms) | longest call (ms) | which |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for row in rows:
        yield (
            f"| {row.name} | {row.seconds:.1f} | {row.requests:,} | {row.longest:.1f} | {row.most:.1f}"
            f" | {row.held:.1f} | `{row.by}` |"
        )


def _git(folder: Path, *arguments: str) -> None:
    names = ("user.name=floe", "user.email=floe@example.com", "gc.auto=0", "core.autocrlf=false")
    given = [part for name in names for part in ("-c", name)]
    subprocess.run(["git", *given, *arguments], cwd=folder, check=True)


def _mesh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_mesh", HERE / "mesh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
