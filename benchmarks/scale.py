"""Meshes of several sizes, measured: the scan, cold and warm, memory, an enterprise edit, and `check`, which must find
exactly what is planted. Kept in `results/mesh.json`, of which README.md has the table and the plot.

    python benchmarks/scale.py --products 100,1000,5000,25000
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import processes
from client import Client, Server
from results import MESH

from mesh import DIALECTS, Mesh, mesh

SERVER = Path(__file__).resolve().parent.parent / "server"
SIZES = "100,1000,5000,25000"
EDITS = 5
HINT = 4
_SCAN = """
import gc, json, sys, time
from pathlib import Path
started = time.perf_counter()
from floe_ls.lsp.server import COLLECT
from floe_ls.remote.files import uri_of
from floe_ls.session import Session, floe_shapes
gc.set_threshold(COLLECT)
session = Session(floe_shapes())
session.processes, session.rows_folder = None, Path(sys.argv[1])
session.set_roots([uri_of(Path.cwd())])
session.scan(wait=True)
print(json.dumps([time.perf_counter() - started, session.snapshot.census.product_count]))
"""
"""From an interpreter that has loaded nothing to a census and a family that are whole."""


@dataclass(frozen=True)
class Row:
    what: str
    size: int
    """Products."""
    value: float
    """Seconds, or megabytes of memory."""
    cpu: float | None = None
    """Seconds of CPU, user and system, of all processes."""


def main() -> int:
    options = _options()
    rows: list[Row] = []
    for size in (int(size) for size in options.products.split(",")):
        rounds = [[*measured(size, options.dialect)] for _ in range(options.rounds)]
        for found in zip(*rounds, strict=True):
            # What else runs on the machine makes things only slower, and not larger.
            best = max if found[0].what == "memory" else min
            row = best(found, key=lambda each: each.value)
            rows.append(row)
            cpu = f", {row.cpu:.2f} s of CPU" if row.cpu is not None else ""
            unit = "MB" if row.what == "memory" else "s"
            print(f"{size:>7,} products: {row.what}: {row.value:.3g} {unit}{cpu}", flush=True)
    to = options.to or (MESH if options.products == SIZES else None)
    if to is not None and not options.print:
        kept = {
            "when": f"{datetime.datetime.now(datetime.UTC):%d %B %Y}",
            "machine": f"{os.cpu_count()} cores ({processes.processor()}), Linux"
            f" {platform.release().split('-')[0]}, Python {platform.python_version()}",
            "rows": [asdict(row) for row in rows],
        }
        to.parent.mkdir(exist_ok=True)
        to.write_text(json.dumps(kept, indent=1) + "\n")
    return 0


def measured(products: int, dialect: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root, cache, server = (Path(folder, name) for name in ("mesh", "cache", "server"))
        shutil.copytree(
            SERVER, server
        )  # nobody edits it meanwhile, which would make what is kept worthless
        made = mesh(products, dialect)
        made.write(root)
        env = {**os.environ, "PYTHONPATH": str(server), "FLOE_LS_CACHE": str(cache)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # every start would compile anew
        cache.mkdir()
        _run([sys.executable, "-m", "floe_ls", "check"], cache, env)  # what is imported is compiled
        for name in ("cold", "warm"):
            command = [sys.executable, "-c", _SCAN, str(cache / "scan")]
            said, _, cpu = _run(command, root, env)
            took, known = json.loads(said)
            if known != products:
                raise SystemExit(f"{known} of {products} products were counted")
            yield Row(f"scan, {name}", products, took, cpu)
        for name in ("cold", "warm"):
            command = [sys.executable, "-m", "floe_ls", "check", "--format", "json", "--offline"]
            said, took, cpu = _run(command, root, env)
            _exactly_what_is_planted(said, made)
            yield Row(f"check, {name}", products, took, cpu)
        os.environ.update(env)
        yield _live(root, made)
        yield from _edits(root, made)


def _run(command: list[str], root: Path, env: dict[str, str]) -> tuple[str, float, float]:
    """What a command says, and the seconds that it and all that it started took: on the clock, and of CPU."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{command[1:3]}: {done.returncode}, {done.stderr[-500:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return done.stdout, took, cpu


def _exactly_what_is_planted(said: str, made: Mesh) -> None:
    _compared(
        {
            (file["path"], each["range"]["start"]["line"], each["code"])
            for file in json.loads(said)["files"]
            for each in file["diagnostics"]
            if each["severity"] != "hint"
        },
        made,
    )


def _compared(found: set[tuple[str, int, str]], made: Mesh) -> None:
    planted = {(each.file, each.line, each.code) for each in made.planted}
    if found != planted:
        raise SystemExit(f"{len(found ^ planted)} findings are not those that are planted")


def _live(root: Path, made: Mesh) -> Row:
    """From the start of a server to the findings of all files, none of which is open."""
    command = [sys.executable, "-m", "floe_ls", "serve"]
    client = Client(Server("floe-ls", command, pull=True), root)
    try:
        began = time.perf_counter()
        client.initialize()
        _, report = client.call("workspace/diagnostic", {"previousResultIds": []}, timeout=600)
        took = time.perf_counter() - began
    finally:
        client.stop()
    here = root.as_uri() + "/"
    _compared(
        {
            (file["uri"].removeprefix(here), each["range"]["start"]["line"], each["code"])
            for file in report["items"]
            for each in file.get("items") or ()
            if each["severity"] != HINT
        },
        made,
    )
    return Row("live findings", made.products, took)


def _edits(root: Path, made: Mesh) -> Iterator[Row]:
    """In a server: from a key in the enterprise's manifest to the names of all files that it breaks."""
    client = Client(Server("floe-ls", [sys.executable, "-m", "floe_ls", "serve"]), root)
    try:
        client.initialize()
        text = made.files["enterprise-manifest.yaml"]
        document = {"uri": (root / "enterprise-manifest.yaml").as_uri()}
        item = {**document, "languageId": "yaml", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        _counted(client, made)
        times: list[float] = []
        for number in range(EDITS + 1):
            line = next(n for n, each in enumerate(text.splitlines()) if "[duckdb, snow" in each)
            gone = ("duckdb, ", ", snowflake")[number % 2]
            start = text.splitlines()[line].index(gone)
            _change(client, document, 2 * number + 2, line, start, start + len(gone), "")
            before = client.queued()
            took, found = client.call("floe/impact", document)
            took = client.net(took, before)  # less the time in which others had the core
            names = {
                file["name"] for group in found["groups"] if group["new"] for file in group["files"]
            }
            if len(names) < found["broken"] or not found["broken"]:
                raise SystemExit(f"{len(names)} of {found['broken']} broken files were named")
            times.append(took / 1000)
            _change(client, document, 2 * number + 3, line, start, start, gone)
            client.settle(0.3)
        yield Row("edit named, first", made.products, times[0])
        yield Row("edit named", made.products, statistics.median(times[1:]))
        client.look_around()
        yield Row("memory", made.products, processes.memory(client.pids)[1])
    finally:
        client.stop()


def _counted(client: Client, made: Mesh) -> None:
    """Waits until the server has seen all files, and a moment more, as people do."""
    last = max(name for name in made.files if name.endswith("floe.yaml")).split("/")[-2]
    while not client.call("workspace/symbol", {"query": last})[1]:
        client.rest(0.1)
    client.settle(1.0)


def _change(
    client: Client,
    document: dict[str, str],
    version: int,
    line: int,
    start: int,
    end: int,
    new: str,
) -> None:
    places = ({"line": line, "character": start}, {"line": line, "character": end})
    change = {"range": dict(zip(("start", "end"), places, strict=True)), "text": new}
    client.notify(
        "textDocument/didChange",
        {"textDocument": {**document, "version": version}, "contentChanges": [change]},
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--products", default=SIZES, help=f"sizes, else {SIZES}")
    parser.add_argument("--dialect", choices=DIALECTS, default="v1")
    parser.add_argument("--rounds", type=int, default=2, help="of which the best counts, else 2")
    parser.add_argument(
        "--to", type=Path, help="where the figures are kept, if not all sizes are measured"
    )
    parser.add_argument("--print", action="store_true", help="prints them only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
