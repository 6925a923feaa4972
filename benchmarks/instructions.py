"""How many instructions of the processor a key costs: a figure that other load on the machine does not move.

    python benchmarks/instructions.py --lines 500,5000

The server runs under valgrind, as an editor would start it; a client types into the middle of files of `documents.py`.
All is counted that it does from a key to its findings, and soon after, over two runs of keys: their difference is free
of what counting costs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client import Client, Server, Text
from documents import Change, Place, Sample, json_product, product

KEYS = 10
REST = 0.3
"""Seconds after a run of keys, in which what they put off is done."""


@dataclass(frozen=True)
class Typing:
    """A file, and where in it letters are typed."""

    name: str
    files: dict[str, str]
    file: str
    place: Place


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", default="500,5000,50000", help="lines of the files")
    parser.add_argument("--json", default="5000", help="lines of the JSON files")
    parser.add_argument("--one-line", default="5000", help="lines, taken out, of those on one line")
    options = parser.parse_args()
    if not (shutil.which("valgrind") and shutil.which("callgrind_control")):
        print("valgrind is not installed, so no instructions are counted")
        return 0
    typings = [
        *(_typing(f"{size:,} lines", product(size)) for size in _sizes(options.lines)),
        *(_typing(f"JSON, {size:,} lines", json_product(size)) for size in _sizes(options.json)),
        *(_one_line(size) for size in _sizes(options.one_line)),
    ]
    print("Instructions per key, in thousands:")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for typing, counted in zip(typings, pool.map(per_key, typings), strict=True):
            print(f"{typing.name:>28}: {round(counted / 1000):8,}", flush=True)
    return 0


def per_key(typing: Typing) -> float:
    with _server(typing) as (client, file):
        counts = []
        line, column = typing.place
        number = 0
        for keys in (KEYS, KEYS, 3 * KEYS):  # the first run is for what is done once
            for _ in range(keys):
                letter = "abcdefghij"[number % 10]
                known = len(file.published)
                file.edit(Change.typed((line, column + number), letter))
                number += 1
                client.pump(lambda known=known: len(file.published) > known, 60)  # type: ignore[misc]
            client.rest(REST)
            counts.append(_counted(client.process.pid))
    _, once, thrice = counts
    return (thrice - once) / (2 * KEYS)


@contextmanager
def _server(typing: Typing) -> Iterator[tuple[Client, Text]]:
    """A server that has the file open, and has nothing else to do any more."""
    root = Path(tempfile.mkdtemp(prefix="floe-bench-"))
    valgrind = ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no"]
    valgrind.append(f"--callgrind-out-file={root}/counted")
    ours = [sys.executable, "-m", "floe_ls", "serve", "--stdio"]
    try:
        for name, text in typing.files.items():
            (root / name).write_text(text)
        client = Client(Server("floe-ls", [*valgrind, *ours]), root)
        try:
            client.initialize()
            file = Text(client, typing.file, typing.files[typing.file])
            file.open()
            client.pump(lambda: bool(file.published), 60)
            _wait_for_rest(client)
            _control(client.process.pid, "--instr=on")
            yield client, file
        finally:
            client.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _wait_for_rest(client: Client) -> None:
    """Everything is loaded, and every file is counted."""
    quiet = 0
    while quiet < 3:
        client.look_around()
        before = client.cpu()
        client.rest(0.4)
        quiet = quiet + 1 if client.cpu() - before < 5 else 0


def _counted(pid: int) -> int:
    """The instructions since this was last asked."""
    folder = Path(f"/proc/{pid}/cwd").resolve()
    _control(pid, "--dump")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for file in folder.glob("counted.*"):
            text = file.read_text()
            totals = [line for line in text.splitlines() if line.startswith("totals:")]
            if totals:
                file.unlink()
                return int(totals[-1].split()[1])
        time.sleep(0.05)
    sys.exit("callgrind has counted nothing")


def _control(pid: int, what: str) -> None:
    command = ["callgrind_control", what, str(pid)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size]


def _typing(name: str, sample: Sample) -> Typing:
    return Typing(name, {**sample.beside, sample.name: sample.text}, sample.name, sample.value)


def _one_line(size: int) -> Typing:
    """A JSON product without line breaks."""
    sample = json_product(size)
    text = json.dumps(json.loads(sample.text)) + "\n"
    column = text.index('"tier": "gold"', len(text) // 2) + len('"tier": "gold')
    files = {**sample.beside, sample.name: text}
    return Typing(f"one line, {len(text):,} characters", files, sample.name, (0, column))


if __name__ == "__main__":
    sys.exit(main())
