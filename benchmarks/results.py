"""What was measured, kept beside the harness: tables and plots are made of it, without measuring again."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"
SERVERS, MESH = FOLDER / "servers.json", FOLDER / "mesh.json"
STALL = FOLDER / "stall.md"

Samples = Mapping[str, Sequence[float]]
Runs = dict[tuple[str, str, int], Samples]
"""Samples by kind of file, server and lines. What is kept has one sample of each: the median."""


@dataclass(frozen=True)
class Measured:
    when: str
    """A day, as `23 November 2026`."""
    machine: str
    minutes: int
    note: str
    """What else is to be known, as a sentence."""
    runs: Runs


def load() -> Measured:
    kept = json.loads(SERVERS.read_text())
    runs: Runs = {
        (row["kind"], row["server"], row["lines"]): {k: [v] for k, v in row["medians"].items()}
        for row in kept["rows"]
    }
    return Measured(kept["when"], kept["machine"], kept["minutes"], kept["note"], runs)


def store(measured: Measured) -> None:
    rows = [
        {"kind": kind, "server": server, "lines": lines, "medians": _medians(samples)}
        for (kind, server, lines), samples in measured.runs.items()
    ]
    kept = {
        "when": measured.when,
        "machine": measured.machine,
        "minutes": measured.minutes,
        "note": measured.note,
        "rows": rows,
    }
    FOLDER.mkdir(exist_ok=True)
    SERVERS.write_text(json.dumps(kept, indent=1) + "\n")


def _medians(samples: Samples) -> dict[str, float]:
    return {name: round(statistics.median(found), 6) for name, found in samples.items() if found}
