"""`floe-ls impact`: what an edit of a manifest does to all that inherit from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from pathlib import Path
from typing import Any

from floe_ls.cli.changes import (
    change_as_data,
    finding_as_data,
    finding_in_markdown,
    finding_in_text,
    values_in_markdown,
    values_in_text,
)
from floe_ls.cli.words import BOLD, DIM, GREEN, RED, Refused, Style
from floe_ls.cli.workspace import Workspace, text_at
from floe_ls.forms.document import Document, Kind, read_document
from floe_ls.ide import markdown as md
from floe_ls.ide.impact import Baseline, looked_at
from floe_ls.ide.impact import impact as impact_of
from floe_ls.ide.impact_view import common_changes, headline, own_changes, what
from floe_ls.mesh.census import Row
from floe_ls.mesh.impact import Affected, Broken, Impact
from floe_ls.remote import files

NAMES = 6
"""Files of a group that are named one by one in the text; `--format json` has all."""
LOOKED_AT = 300
"""Files that break that are looked at themselves; those beyond are told what is true of files like them."""


def impact(file: str, against: str, form: str, *, offline: bool = False) -> int:
    """1 where something breaks. Raises Refused."""
    workspace = Workspace(offline)
    document = workspace.read(file)
    if document.kind is not Kind.MANIFEST:
        raise Refused(f"{file} is no manifest: nothing inherits from it")
    old = _earlier(workspace, Path(file), document, against)
    after = workspace.snapshot
    before = after.with_document(read_document(document.uri, old, label=document.label))
    baseline = Baseline(before)
    found = looked_at(baseline, after, impact_of(baseline, after, document.uri), LOOKED_AT)
    write = {"json": _json, "markdown": _markdown}.get(form, _text)
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
        "summary": {
            "inheriting": len(found.inheriting),
            "products": found.products,
            "changed": len(found.touched),
            "broken": len(found.broken),
        },
        "affected": sorted(affected, key=lambda file: str(file["path"])),
    }
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _affected(workspace: Workspace, each: Affected) -> Iterator[dict[str, Any]]:
    changes = [change_as_data(change) for change in each.changes]
    for row in each.rows:
        yield {
            "path": workspace.session.label(row.uri),
            "name": row.name,
            "tier": row.tier.value,
            "changes": changes,
            "new": [finding_as_data(found) for found in each.new_of(row)],
            "gone": [finding_as_data(each.said_of(row, found)) for found in each.gone],
        }


# --- text


def _text(workspace: Workspace, document: Document, against: str, found: Impact) -> str:
    style = Style()
    out = [f"{style(document.label, BOLD)} against {against}\n"]
    verdict = headline(found, _name(workspace, document))
    out.append(f"{style(_capital(verdict), RED if found.broken else GREEN, BOLD)}\n")
    common = common_changes(found)
    if common:
        out.append(f"\n{style(f'All {len(found.touched):,} get', BOLD)}\n")
        out += values_in_text(common, style)
    for each in found.affected:
        out.append(f"\n{style(what(each), BOLD)}\n")
        out += values_in_text(own_changes(each, common), style)
        shared = _shared(each)
        out += (finding_in_text(one, style) for one in each.new if one in shared)
        for row in _first(each.rows):
            new = each.new_of(row)
            out.append(f"    {_place(workspace, row, new)}\n")
            out += (f"  {finding_in_text(one, style)}" for one in new if not _is(one, shared))
        if len(each.rows) > NAMES:
            more = f"    … and {len(each.rows) - NAMES:,} more; --format json names all\n"
            out.append(style(more, DIM))
        out += (finding_in_text(one, style, gone=True) for one in each.gone)
    return "".join(out)


def _place(workspace: Workspace, row: Row, new: tuple[Broken, ...]) -> str:
    """A file, and the line of the first thing that is wrong with it."""
    return workspace.session.label(row.uri) + (f":{new[0].line + 1}" if new else "")


def _shared(each: Affected) -> tuple[Broken, ...]:
    """What is said in the same words of all files of a group."""
    shown = _first(each.rows)
    return tuple(found for found in each.new if all(_is(found, each.new_of(row)) for row in shown))


def _is(found: Broken, others: Iterable[Broken]) -> bool:
    return any((found.code, found.message) == (one.code, one.message) for one in others)


def _first(rows: Iterable[Row]) -> list[Row]:
    return nsmallest(NAMES, rows, key=lambda row: (row.kind is Kind.PRODUCT, row.uri))


def _name(workspace: Workspace, document: Document) -> str:
    row = workspace.snapshot.row(document)
    return row.name if row is not None else document.name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- markdown


def _markdown(workspace: Workspace, document: Document, against: str, found: Impact) -> str:
    """For a comment on a pull request."""
    out = [f"### {md.code(document.label)} against {md.code(against)}"]
    out.append(_capital(headline(found, md.label_text(_name(workspace, document)))))
    common = common_changes(found)
    if common:
        out += [f"#### All {len(found.touched):,} get", values_in_markdown(common)]
    for each in found.affected:
        out.append(f"#### {_capital(what(each))}")
        if own := own_changes(each, common):
            out.append(values_in_markdown(own))
        shared = _shared(each)
        lines = [finding_in_markdown(one) for one in each.new if one in shared]
        for row in _first(each.rows):
            new = each.new_of(row)
            lines.append(md.code(_place(workspace, row, new), 200))
            lines += (f"  - {finding_in_markdown(one)}" for one in new if not _is(one, shared))
        if len(each.rows) > NAMES:
            lines.append(f"and {len(each.rows) - NAMES:,} more")
        lines += (f"no longer {finding_in_markdown(one)}" for one in each.gone)
        out.append("\n".join(line if line.startswith("  -") else f"- {line}" for line in lines))
    return "\n\n".join(out) + "\n"
