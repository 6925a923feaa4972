"""`floe-ls impact`: what an edit of a manifest does to all that inherit from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from floe_ls.chain.merge import dotted
from floe_ls.cli.words import BOLD, CYAN, DIM, GREEN, RED, YELLOW, Refused, Style
from floe_ls.cli.workspace import Workspace, text_at
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide.changes import before_and_after, plural
from floe_ls.ide.impact import Baseline
from floe_ls.ide.impact import impact as impact_of
from floe_ls.mesh.census import Row
from floe_ls.mesh.impact import Affected, Broken, Difference, Impact
from floe_ls.remote import files

NAMES = 6
"""Files named one by one in the text; `--format json` has all."""


def impact(file: str, against: str, form: str, *, offline: bool = False) -> int:
    """1 where something breaks. Raises Refused."""
    workspace = Workspace(offline)
    document = workspace.read(file)
    if document.kind is not Kind.MANIFEST:
        raise Refused(f"{file} is no manifest: nothing inherits from it")
    old = _earlier(workspace, Path(file), document, against)
    after = workspace.snapshot
    before = after.with_document(read_document(document.uri, old, label=document.label))
    found = impact_of(Baseline(before), after, document.uri)
    write = _json if form == "json" else _text
    sys.stdout.write(write(workspace, document, against, found))
    return int(bool(found.broken))


def _earlier(workspace: Workspace, file: Path, document: Document, against: str) -> str:
    """The text to compare with."""
    if against.startswith("oci://"):
        return workspace.artifact(against, document).text
    if Path(against).is_file():
        return text_at(Path(against))
    if against.startswith("-"):
        raise Refused(f"{against} is no revision of git")
    place = file.resolve()
    try:
        done = subprocess.run(  # noqa: S603  the name is one argument, and no shell reads it
            ["git", "show", f"{against}:./{place.name}"],  # noqa: S607  the user's own git
            cwd=place.parent,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise Refused(f"git could not be started: {files.reason_of(error)}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise Refused(
            f"{file} cannot be had from git's {against}: {said or 'git does not say why'}"
        )
    return done.stdout.decode("utf-8-sig", errors="replace")


# --- json


def _json(workspace: Workspace, document: Document, against: str, found: Impact) -> str:
    affected = [file for each in found.affected for file in _affected(workspace, each)]
    out = {
        "file": document.label,
        "against": against,
        "summary": _summary(found),
        "affected": sorted(affected, key=lambda file: str(file["path"])),
    }
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _summary(found: Impact) -> dict[str, int]:
    return {
        "inheriting": len(found.inheriting),
        "products": found.products,
        "changed": len(found.changed),
        "broken": len(found.broken),
    }


def _affected(workspace: Workspace, each: Affected) -> Iterator[dict[str, Any]]:
    changes = [change_as_data(change) for change in each.changes]
    for row in each.rows:
        yield {
            "path": workspace.session.label(row.uri),
            "name": row.name,
            "tier": row.tier.value,
            "changes": changes,
            "new": [_finding(each.said_of(row, found)) for found in each.new],
            "gone": [_finding(each.said_of(row, found)) for found in each.gone],
        }


def change_as_data(change: Difference) -> dict[str, Any]:
    out: dict[str, Any] = {"path": dotted(change.path)}
    if change.was:
        out["before"] = change.before
    if change.now:
        out["after"] = change.after
    return out


def _finding(found: Broken) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "line": found.line,
    }


# --- text


def _text(workspace: Workspace, document: Document, against: str, found: Impact) -> str:
    style = Style()
    domains = len(found.inheriting) - found.products
    inherit = f"{plural(domains, 'domain')} and {plural(found.products, 'product')} inherit from it"
    out = [f"{style(document.label, BOLD)} against {against}: {inherit}\n"]
    by_change: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    by_break: defaultdict[tuple[str, str, str], list[tuple[Row, Broken]]] = defaultdict(list)
    gone: Counter[str] = Counter()
    for each in found.affected:
        for change in each.changes:
            key = dotted(change.path), *before_and_after(change)
            by_change[key] += each.rows
        for broken in each.new:
            own = any(each.said_of(row, broken) is not broken for row in each.rows[1:])
            places = by_break[(broken.code, broken.severity, "" if own else broken.message)]
            places += ((row, each.said_of(row, broken)) for row in each.rows)
        gone.update({broken.code: len(each.rows) for broken in each.gone})
    if not found.affected:
        out.append(style("Nothing changes for them.\n", GREEN))
    if by_change:
        out.append(f"\n{style('Values', BOLD)}\n")
        for (path, was, now), rows in by_change.items():
            out.append(f"  {style(path, CYAN)}: {was} → {now}  {style(_who(rows), DIM)}\n")
    if by_break:
        out.append(f"\n{style('New findings', BOLD)}\n")
        ranked = sorted(by_break.items(), key=lambda pair: (pair[0][1] != "error", pair[0]))
        for (code, severity, message), places in ranked:
            colour = RED if severity == "error" else YELLOW
            who = _who([row for row, _ in places])
            out.append(f"  {style(f'{severity}[{code}]', colour, BOLD)} in {who}\n")
            out.append(f"    {message}\n" if message else "")
            for row, broken in sorted(places, key=lambda place: place[0].uri)[:NAMES]:
                place = f"{workspace.session.label(row.uri)}:{broken.line + 1}"
                out.append(f"    {place}\n" if message else f"    {place}: {broken.message}\n")
            if len(places) > NAMES:
                more = f"    … and {len(places) - NAMES:,} more; --format json names all\n"
                out.append(style(more, DIM))
    for code, number in sorted(gone.items()):
        said = f"Mended: {code} in {plural(number, 'file')}"
        out.append(f"\n{style(said, GREEN)}\n")
    if found.affected:
        changed, broken_files = len(found.changed), len(found.broken)
        verdict = f"{plural(changed, 'file')} change{'s' if changed == 1 else ''}"
        verdict += f", {broken_files:,} break{'s' if broken_files == 1 else ''}"
        out.append(f"\n{style(verdict, RED if broken_files else GREEN, BOLD)}\n")
    return "".join(out)


def _who(rows: list[Row]) -> str:
    kinds = Counter("product" if row.kind is Kind.PRODUCT else "domain" for row in rows)
    return " and ".join(plural(number, kind) for kind, number in sorted(kinds.items()))
