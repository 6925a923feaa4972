"""`floe-ls diff`: what would change for a file if it took another version of its parent."""

from __future__ import annotations

import json
import sys
from typing import Any

from floe_ls.chain.layers import reference
from floe_ls.chain.merge import dotted
from floe_ls.cli.impact import change_as_data
from floe_ls.cli.words import BOLD, CYAN, DIM, GREEN, RED, YELLOW, Refused, Style
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document, read_document
from floe_ls.ide.changes import before_and_after
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.ide.model import Diagnostic
from floe_ls.ide.snapshot import Snapshot
from floe_ls.mesh.impact import Difference, differences
from floe_ls.schema.meta import Severity
from floe_ls.text import TextEdit, apply_edits

_TOLD = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)


def diff(file: str, ref: str, form: str, *, offline: bool = False) -> int:
    """1 where there would be new errors. Raises Refused."""
    workspace = Workspace(offline)
    document = workspace.read(file)
    here = reference(document, workspace.snapshot.shapes)
    if here is None:
        raise Refused(f"{file} names no parent whose version could be another one")
    text = apply_edits(document.text, [TextEdit(here.span, json.dumps(ref))])
    before = workspace.snapshot
    would = read_document(document.uri, text, label=document.label)
    after = workspace.trying(would)
    chain = after.chain(would)
    if chain.pending:
        raise Refused(f"{chain.pending} did not answer in time")
    trouble = next((t for t in chain.troubles if t.document is would and t.hides), None)
    if trouble is not None:
        raise Refused(trouble.message.rstrip("."))
    changes = tuple(
        change
        for change in differences(before.effective(document), after.effective(would))
        if (change.before, change.after) != (here.text, ref)  # the reference itself
    )
    was, now = _found(before, document), _found(after, would)
    new = [d for key, d in now.items() if key not in was]
    gone = [d for key, d in was.items() if key not in now]
    if form == "json":
        sys.stdout.write(_json(document, here.text, ref, changes, new, gone))
    else:
        sys.stdout.write(_text(document, here.text, ref, changes, new, gone))
    return int(any(d.severity is Severity.ERROR for d in new))


def _found(snapshot: Snapshot, document: Document) -> dict[tuple[str, str], Diagnostic]:
    found = diagnostics(snapshot, document)
    return {(d.code, d.message): d for d in found if d.severity in _TOLD}


def _json(
    document: Document,
    old: str,
    ref: str,
    changes: tuple[Difference, ...],
    new: list[Diagnostic],
    gone: list[Diagnostic],
) -> str:
    def finding(d: Diagnostic) -> dict[str, Any]:
        line = document.lines.position(d.span.start)[0]
        return {"code": d.code, "severity": d.severity.value, "message": d.message, "line": line}

    out = {
        "file": document.label,
        "before": old,
        "after": ref,
        "changes": [change_as_data(change) for change in changes],
        "new": [finding(d) for d in new],
        "gone": [finding(d) for d in gone],
    }
    return json.dumps(out, indent=2, ensure_ascii=False, default=str) + "\n"


def _text(
    document: Document,
    old: str,
    ref: str,
    changes: tuple[Difference, ...],
    new: list[Diagnostic],
    gone: list[Diagnostic],
) -> str:
    style = Style()
    out = [f"{style(document.label, BOLD)} with {style(ref, CYAN)}\n"]
    out.append(style(f"in place of {old}\n\n", DIM))
    for change in changes:
        was, now = before_and_after(change)
        out.append(f"  {style(dotted(change.path), CYAN)}: {was} → {now}\n")
    if not changes:
        out.append("  No value would be another one.\n")
    colours = {Severity.ERROR: RED, Severity.WARNING: YELLOW}
    for title, found in (("new", new), ("gone", gone)):
        for d in found:
            colour = GREEN if title == "gone" else colours.get(d.severity, CYAN)
            out.append(
                f"\n  {style(f'{title} {d.severity.value}[{d.code}]', colour, BOLD)} {d.message}\n"
            )
    return "".join(out)
