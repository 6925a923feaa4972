"""`floe-ls diff`: what would change for a file if it took another version of its parent."""

from __future__ import annotations

import json
import sys

from floe_ls.cli.changes import (
    change_as_data,
    finding_as_data,
    finding_in_markdown,
    finding_in_text,
    values_in_markdown,
    values_in_text,
)
from floe_ls.cli.words import BOLD, CYAN, DIM, GREEN, RED, Refused, Style
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document
from floe_ls.ide import markdown as md
from floe_ls.ide.impact_view import what
from floe_ls.ide.what_if import WhatIf, summary, what_if

_HOPS = 8
"""Manifests above each other that are fetched one after the other."""


def diff(file: str, ref: str, form: str, *, offline: bool = False) -> int:
    """1 where there would be new errors. Raises Refused."""
    workspace = Workspace(offline)
    found = _tried(workspace, workspace.read(file), ref)
    if found is None:
        raise Refused(f"{file} names no parent whose version could be another one")
    if found.pending:
        raise Refused(f"{found.pending} did not answer in time")
    if found.trouble:
        raise Refused(found.trouble.rstrip("."))
    write = {"json": _json, "markdown": _markdown}.get(form, _text)
    sys.stdout.write(write(found))
    return int(found.breaks)


def _tried(workspace: Workspace, document: Document, ref: str) -> WhatIf | None:
    """What would be, with all fetched that it takes."""
    for _ in range(_HOPS):
        found = what_if(workspace.snapshot, document, ref, most=None)
        if found is None or not found.pending:
            break
        workspace.session.fetch_to_try(found.pending, document)
        workspace.wait()
    return found


def _json(found: WhatIf) -> str:
    below = found.below
    out = {
        "file": found.document.label,
        "before": found.before,
        "after": found.after,
        "changes": [change_as_data(change) for change in found.changes],
        "new": [finding_as_data(each) for each in found.new],
        "gone": [finding_as_data(each) for each in found.gone],
        "below": None
        if below is None
        else {
            "inheriting": len(below.inheriting),
            "products": below.products,
            "changed": len(below.touched),
            "broken": len(below.broken),
        },
    }
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _text(found: WhatIf) -> str:
    style = Style()
    out = [f"{style(found.document.label, BOLD)} with {style(found.after, CYAN)}\n"]
    out.append(style(f"in place of {found.before}\n", DIM))
    verdict = summary(found)
    out.append(
        f"{style(verdict[:1].upper() + verdict[1:], RED if found.breaks else GREEN, BOLD)}\n"
    )
    if found.changes:
        out += ["\n", *values_in_text(found.changes, style)]
    if found.new or found.gone:
        out.append("\n")
    out += (finding_in_text(each, style) for each in found.new)
    out += (finding_in_text(each, style, gone=True) for each in found.gone)
    if found.below is not None and found.below.affected:
        out.append(f"\n{style('Below it', BOLD)}\n")
        out += (f"  {what(each)}\n" for each in found.below.affected)
    return "".join(out)


def _markdown(found: WhatIf) -> str:
    verdict = summary(found)
    out = [f"### {md.code(found.document.label)} with {md.code(found.after, 200)}"]
    out.append(f"In place of {md.code(found.before, 200)}: {verdict}.")
    if found.changes:
        out.append(values_in_markdown(found.changes))
    lines = [finding_in_markdown(each) for each in found.new]
    lines += (f"no longer {finding_in_markdown(each)}" for each in found.gone)
    if found.below is not None:
        lines += (f"below it: {what(each)}" for each in found.below.affected)
    if lines:
        out.append(md.bullets(lines))
    return "\n\n".join(out) + "\n"
