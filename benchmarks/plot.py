"""Draws cost against size from what was measured: `docs/images/cost.svg` and `cost-mesh.svg`.

It needs matplotlib, which `pip install .[bench]` brings.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from results import MESH, Measured

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
OURS, PEER, FLOOR = "#0b6bcb", "#b4540a", "#8a8a8a"
PANELS = (
    ("key.cpu", "Key → findings: CPU", "ms"),
    ("completion.value", "Completion right after a key", "ms"),
    ("open.cold", "Opening a file", "ms"),
    ("memory.peak", "Memory at most", "MB"),
)
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: small, and searchable
    "svg.hashsalt": "floe",  # the same values give the same file
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
}


def draw(measured: Measured, ours: str, peer: str) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    with mpl.rc_context(_STYLE):
        _servers(measured, ours, peer)
        if MESH.is_file():
            _mesh(json.loads(MESH.read_text()))


def _servers(measured: Measured, ours: str, peer: str) -> None:
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(9.6, 6.4), layout="constrained")
    lines = ((ours, OURS, "o"), (peer, PEER, "s"), ("empty pygls server", FLOOR, "^"))
    for panel, (sample, title, unit) in zip(panels.flat, PANELS, strict=True):
        for server, colour, marker in lines:
            points = sorted(
                (size, samples[sample][0])
                for (kind, name, size), samples in measured.runs.items()
                if kind == "product" and name == server and samples.get(sample)
            )
            panel.plot(*zip(*points, strict=True), color=colour, marker=marker, label=server)
        sizes = sorted({size for _, _, size in measured.runs})
        _logarithmic(panel, f"{title} ({unit})", "lines of the file", sizes)
    panels.flat[0].legend(frameon=False, loc="upper left")
    _save(figure, "cost.svg")


def _mesh(kept: dict[str, Any]) -> None:
    import matplotlib.pyplot as plt

    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in sorted(kept["rows"], key=lambda row: row["size"]):
        found[row["what"]].append((row["size"], row["value"]))
    figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
    times = [what for what in found if what != "memory"]
    sizes = sorted({row["size"] for row in kept["rows"]})
    for panel, whats, title in (
        (panels[0], times, "Time (s)"),
        (panels[1], ["memory"], "Memory at most (MB)"),
    ):
        for what in whats:
            panel.plot(*zip(*found[what], strict=True), marker="o", label=what)
        _logarithmic(panel, title, "products", sizes)
    panels[0].legend(frameon=False, fontsize=8)
    panels[1].set_ylim(bottom=10)
    _save(figure, "cost-mesh.svg")


def _logarithmic(panel: Any, title: str, below: str, sizes: list[int]) -> None:
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_title(title, loc="left", fontweight="bold", fontsize=10)
    panel.set_xlabel(below)
    panel.set_xticks(sizes)
    panel.minorticks_off()
    plain = lambda value, _: f"{value:,.10g}"  # noqa: E731 - a name would say no more
    panel.xaxis.set_major_formatter(plain)
    panel.yaxis.set_major_formatter(plain)


def _save(figure: Any, name: str) -> None:
    import matplotlib.pyplot as plt

    figure.savefig(PICTURES / name, metadata={"Date": None, "Creator": None}, facecolor="white")
    plt.close(figure)
