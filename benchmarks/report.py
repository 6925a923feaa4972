"""The measured values as tables, next to what was asked for."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from results import Runs


@dataclass(frozen=True)
class Table:
    """One measured thing. `budget` is the most that is allowed, by lines, as a share of the peer's."""

    title: str
    samples: tuple[str, ...]
    budget: Mapping[int, float]
    unit: str = "ms"
    text: str = ""
    most: float | None = None
    """The most that is allowed whatever the peer takes."""


TABLES = (
    Table(
        "Key → findings, CPU",
        ("key.cpu",),
        {50: 0.3, 500: 1 / 15, 5_000: 1 / 50, 50_000: 1 / 100},
        text="All CPU that one typed character costs the server's processes, findings of the new version included.",
    ),
    Table(
        "Key → findings, time",
        ("key.wall",),
        {50: 1 / 50, 500: 1 / 50, 5_000: 1 / 50},
        text="From typing a character to the findings of that version.",
    ),
    Table(
        "Burst → findings, time",
        ("burst.wall",),
        {},
        text="50 characters, one each 10 ms: from the last one to the findings of the last version.",
    ),
    Table("Breaking and mending a line, time", ("break.wall", "mend.wall"), {}),
    Table(
        "Completion right after a key",
        ("completion.value", "completion.key"),
        {500: 1 / 5, 5_000: 1 / 30},
        text="Request sent behind the change, without waiting for its findings: time from the change to the answer.",
    ),
    Table("Hover right after a key", ("hover",), {500: 1 / 5, 5_000: 1 / 30}),
    Table(
        "Opening a file, time",
        ("open.cold",),
        {},
        text="The first file of a running server, to its findings.",
    ),
    Table("Opening it again, time", ("open.warm",), {}),
    Table(
        "Start → initialize",
        ("start.initialize",),
        {50: 1 / 10},
        text="From starting the process to the answer to `initialize`.",
    ),
    Table(
        "Start → first findings",
        ("start.findings",),
        {50: 1 / 3},
        text="From starting the process to the findings of a file.",
    ),
    Table(
        "Start → first hover", ("start.hover",), {}, text="Asked for once the findings are there."
    ),
    Table(
        "Memory",
        ("memory.peak",),
        {5_000: 1 / 3, 50_000: 1 / 8},
        "MB",
        "The most that was resident over the whole session.",
    ),
    Table("Idle", ("idle.cpu",), {}, text="CPU in ten seconds in which nothing happens.", most=1.0),
)

MOST_JSON = 30
"""Milliseconds for a key in 50,000 lines of JSON."""
GROWTH = 2.3
"""Milliseconds that a sketch of such a server, which does only what it must, needs more at 50,000 lines than at 50."""


def report(runs: Runs, peer: str, ours: Sequence[str]) -> str:
    """All tables, those of each kind of file under a heading."""
    out: list[str] = []
    for kind in dict.fromkeys(kind for kind, _, _ in runs):
        sizes = sorted({lines for k, _, lines in runs if k == kind})
        servers = list(dict.fromkeys(server for k, server, _ in runs if k == kind))
        out.append(f"## {KINDS[kind]}\n")
        for each in TABLES:
            # What is asked for is asked of YAML; of JSON it is one sentence, at the end.
            table = replace(each, budget={}) if kind == "json" else each
            rows = [
                row
                for lines in sizes
                if (
                    row := _row(
                        table,
                        lines,
                        {s: runs.get((kind, s, lines), {}) for s in servers},
                        peer,
                        ours,
                    )
                )
            ]
            if not rows:
                continue
            head = [
                f"lines ({table.unit})",
                *servers,
                *(f"{s} / peer" for s in ours),
                "budget",
                "met",
            ]
            out.append(f"### {table.title}\n")
            if table.text:
                out.append(f"{table.text}\n")
            out.append(_markdown([head, *rows]) + "\n")
        out += _growth(runs, kind, ours) if kind != "json" else _json(runs, ours)
    return "\n".join(out)


KINDS = {
    "product": "A product, its domain's and its enterprise's manifests beside it",
    "manifest": "An enterprise's manifest",
    "json": "The product as JSON, which is YAML too",
}


MESH = (
    ("scan, cold", 10.0, "s"),
    ("scan, warm", 1.5, "s"),
    ("check, cold", 20.0, "s"),
    ("check, warm", 3.0, "s"),
    ("edit named, first", 0.2, "s"),
    ("edit named", 0.2, "s"),
    ("memory", 300.0, "MB"),
)
"""What is measured of a whole mesh, and the most that is allowed at 25,000 products."""


def mesh_report(kept: Path) -> str:
    """What a whole mesh costs; nothing where nobody measured it."""
    if not kept.is_file():
        return ""
    measured = json.loads(kept.read_text())
    found = {(row["what"], row["size"]): row["value"] for row in measured["rows"]}
    sizes = sorted({size for _, size in found})
    whats = [each for each in MESH if any(what == each[0] for what, _ in found)]
    rows = [["products", *(f"{what} ({unit})" for what, _, unit in whats)]]
    for size in sizes:
        values = [found.get((what, size)) for what, _, _ in whats]
        rows.append([f"{size:,}", *("–" if v is None else f"{v:,.3g}" for v in values)])
    largest = [(found.get((what, 25_000)), most) for what, most, _ in whats]
    rows.append(["budget at 25,000", *(f"≤ {most:.3g}" for _, most, _ in whats)])
    rows.append(["met", *("–" if v is None else _yes(v <= most) for v, most in largest)])
    return f"""
## A whole mesh

Measured by `make scale` on {measured["when"]}: {measured["machine"]}. Meshes of `mesh.py`; `check` and the server found
exactly the planted violations in each. *Edit named* is the time from a key in the enterprise's manifest, which breaks
products of every domain, to the names of all of them; *first* is the first time after a start.

![Cost against the number of products](../docs/images/cost-mesh.svg)

{_markdown(rows)}
"""


def stall_report(kept: Path) -> str:
    """How long an editor waits at most; nothing where nobody measured it."""
    if not kept.is_file():
        return ""
    return f"""
## How long an editor waits at most

Measured by `make stall`: a request that costs nothing is sent every 2 ms while the server does something large. The
longest time to its answer counts, less the time in which server or client was ready and had no core. *Nothing* is the
same with nothing going on: the noise of the machine. {kept.read_text()}"""


def _row(
    table: Table,
    lines: int,
    runs: Mapping[str, Mapping[str, Sequence[float]]],
    peer: str,
    ours: Sequence[str],
) -> list[str] | None:
    found = {server: _median(samples, table.samples) for server, samples in runs.items()}
    if all(value is None for value in found.values()):
        return None
    base = found.get(peer)
    ratios = [_share(found[s], base) for s in ours]
    budget, met = "", ""
    most = table.budget.get(lines)
    if most is not None and all(r is not None for r in ratios):
        budget, met = f"≤ {most:.3g}", _yes(max(r for r in ratios if r is not None) <= most)
    if table.most is not None:
        values = [found[s] for s in ours]
        budget = f"≤ {table.most:.3g} {table.unit}"
        met = _yes(all(v is not None and v <= table.most for v in values))
    shown = ["–" if value is None else f"{value:,.3g}" for value in found.values()]
    return [f"{lines:,}", *shown, *("–" if r is None else f"{r:.2g}" for r in ratios), budget, met]


def _growth(runs: Runs, kind: str, ours: Sequence[str]) -> Iterable[str]:
    for server in ours:
        small = _median(runs.get((kind, server, 50), {}), ("key.cpu",))
        large = _median(runs.get((kind, server, 50_000), {}), ("key.cpu",))
        if small is not None and large is not None:
            most = 3 * small + GROWTH
            yield (
                f"A key at 50,000 lines costs {server} {large:.2g} ms of CPU, at 50 lines {small:.2g} ms;"
                f" at most {most:.2g} ms (3 × {small:.2g} + {GROWTH}) are asked for: {_yes(large <= most)}.\n"
            )


def _json(runs: Runs, ours: Sequence[str]) -> Iterable[str]:
    for server in ours:
        took = _median(runs.get(("json", server, 50_000), {}), ("key.wall",))
        if took is not None:
            yield (
                f"A key at 50,000 lines of JSON has its findings from {server} after {took:.2g} ms;"
                f" at most {MOST_JSON} are asked for: {_yes(took <= MOST_JSON)}.\n"
            )


def _yes(met: bool) -> str:
    return "yes" if met else "**no**"


def _share(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


def _median(samples: Mapping[str, Sequence[float]], names: tuple[str, ...]) -> float | None:
    values = [value for name in names for value in samples.get(name, ())]
    return statistics.median(values) if values else None


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in body)])
