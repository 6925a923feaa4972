"""Measures the server beside its peer, and writes the tables and plots of README.md. `make bench` runs it.

The servers take turns within each round, in an order that rotates, and every run is a process of its own.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from pathlib import Path

import peers
import plot
import processes
import results
from documents import KINDS, SMALLEST
from report import mesh_report, report, stall_report
from results import MESH, STALL, Measured, Runs
from scenario import Effort, Result, session, starts

HERE = Path(__file__).resolve().parent
OURS = ("floe-ls", "floe-ls, pulled")
PEER = "yaml-language-server"
QUICK = Effort(starts=3, opens=1, keys=8, breaks=2, bursts=1, requests=3, idle=3)
LARGE = 50_000


def main() -> None:
    options = _options()
    if options.again:
        _write(results.load())
        return
    peers.install()
    sizes = [int(size) for size in options.lines.split(",")]
    began = time.monotonic()
    runs = measure(options.kinds.split(","), sizes, options.rounds, options.quick)
    if options.quick or options.print:
        print(report(runs, PEER, OURS))
        return
    measured = Measured(
        f"{datetime.datetime.now(datetime.UTC):%d %B %Y}",
        f"{os.cpu_count()} cores ({processes.processor()}), Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, Node {peers.node_version()}",
        round((time.monotonic() - began) / 60),
        options.note,
        runs,
    )
    results.store(measured)
    _write(results.load())


def _write(measured: Measured) -> None:
    (HERE / "README.md").write_text(page(measured))
    plot.draw(measured, OURS[0], PEER)
    print(f"written: {(HERE / 'README.md').relative_to(peers.REPOSITORY)} and its plots")


def page(measured: Measured) -> str:
    """README.md."""
    return (
        _front(measured)
        + report(measured.runs, PEER, OURS)
        + mesh_report(MESH)
        + stall_report(STALL)
    )


def measure(kinds: list[str], sizes: list[int], rounds: int, quick: bool) -> Runs:
    """The samples of all rounds."""
    runs: Runs = {}
    servers = peers.servers()
    effort = QUICK if quick else Effort()
    for kind in kinds:
        names = [n for n, server in servers.items() if not server.kinds or kind in server.kinds]
        sizes = [size for size in sizes if size >= SMALLEST.get(kind, 0)]
        for lines in sizes:
            sample = KINDS[kind](lines)
            for number in range(min(rounds, 2) if lines >= LARGE else rounds):
                turn = number % len(names)
                for name in (*names[turn:], *names[:turn]):
                    server = servers[name]
                    _say(f"{kind} {lines:,} lines, round {number + 1}: {name}")
                    results = [session(server, sample, effort, idle=number == 0)]
                    if lines == sizes[0]:
                        results.append(starts(server, sample, effort))
                    for result in results:
                        _keep(runs.setdefault((kind, name, lines), {}), result)
    return runs


def _keep(samples: dict[str, list[float]], result: Result) -> None:
    for fault in result.faults:
        _say(f"    {fault}")
    for name, values in result.samples.items():
        samples.setdefault(name, []).extend(values)


def _front(measured: Measured) -> str:
    return f"""\
# How fast it is

Measured by `make bench` on {measured.when}: {measured.machine}. It took {measured.minutes} minutes.
{measured.note}

![Cost against size: a key, completion, opening a file, and memory](../docs/images/cost.svg)

The peer is {peers.PEER.replace("@", " ")} with our JSON Schemas, doing schema validation only. floe-ls does that, and
resolves parents, merges layers and runs its rules besides. `floe-ls, pulled` is the same server with a client that asks
for findings, as VS Code and Neovim do; to the other one they are sent. The empty pygls server publishes one fixed
finding. Of JSON, {peers.JSON_PEER.replace("@", " ")}'s vscode-json-language-server is measured as well.

- Each value is a median. Times are less the time in which a ready thread waited for a core (the kernel's run delay), so
  that other load on the machine does not count. CPU is user and system of the server's whole process tree, from the key
  to 60 ms behind the findings, so that late work counts.
- The servers run in turn within each round. Every planted mistake must be found, and every typed character must show.
- The files are made by `documents.py`, with one mistake in a hundred lines; `scenario.py` says what is done with them.

To repeat it: `make bench`; a shorter run that only prints: `make bench ARGS=--quick`; tables and plots once more from
`results/`: `make bench ARGS=--again`. It needs Linux and npm, which installs the peer and its Node into `.tools/bench`.

`make instructions` counts, with valgrind, how many instructions of the processor a key costs, from its arrival to its
findings: the same to within a hundredth on any machine of one kind, whatever else it does. Two changes are compared by
it. It says nothing of waiting for memory, which in a server that has rested is more than half of the time above.

"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats, nothing is written")
    parser.add_argument("--print", action="store_true", help="print the tables, write nothing")
    parser.add_argument(
        "--again", action="store_true", help="write tables and plots of what is kept"
    )
    parser.add_argument("--note", default="", help="what else is to be known, as a sentence")
    parser.add_argument("--lines", help="sizes of the files, separated by commas")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of files")
    parser.add_argument("--rounds", type=int, help="how often everything is done")
    options = parser.parse_args()
    options.lines = options.lines or ("50,500,5000" if options.quick else "50,500,5000,50000")
    options.rounds = options.rounds or (1 if options.quick else 3)
    return options


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
