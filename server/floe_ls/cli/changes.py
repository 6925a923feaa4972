"""Values before and after, and findings that come and go, as data, as text, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from floe_ls.chain.merge import dotted
from floe_ls.cli.words import BOLD, CYAN, GREEN, RED, YELLOW, Style
from floe_ls.ide import markdown as md
from floe_ls.ide.changes import before_and_after
from floe_ls.mesh.impact import Broken, Difference

_COLOURS = {"error": RED, "warning": YELLOW}


def change_as_data(change: Difference) -> dict[str, Any]:
    out: dict[str, Any] = {"path": dotted(change.path)}
    if change.was:
        out["before"] = change.before
    if change.now:
        out["after"] = change.after
    return out


def finding_as_data(found: Broken) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "line": found.line,
    }


def values_in_text(changes: Iterable[Difference], style: Style) -> Iterator[str]:
    for change in changes:
        was, now = before_and_after(change)
        yield f"  {style(dotted(change.path), CYAN)}: {was} → {now}\n"


def finding_in_text(found: Broken, style: Style, *, gone: bool = False) -> str:
    title = f"{'no longer ' if gone else ''}{found.severity}[{found.code}]"
    colour = GREEN if gone else _COLOURS.get(found.severity, CYAN)
    return f"  {style(title, colour, BOLD)} {' '.join(found.message.split())}\n"


def values_in_markdown(changes: Iterable[Difference]) -> str:
    rows = ["| Value | Before | After |", "|---|---|---|"]
    for change in changes:
        cells = (dotted(change.path), *before_and_after(change))
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(rows)


def finding_in_markdown(found: Broken) -> str:
    return f"**{found.severity}** {md.code(found.code)}: {' '.join(found.message.split())}"


def _cell(text: str) -> str:
    return md.code(text, 200).replace("|", "\\|")
