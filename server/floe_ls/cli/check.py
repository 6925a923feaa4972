"""`floe-ls check`: the editor's findings for a tree, in four formats."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import floe_ls
from floe_ls.cli.words import BLUE, BOLD, CYAN, DIM, GREEN, RED, YELLOW, Style
from floe_ls.cli.workspace import Progress, Workspace
from floe_ls.forms.document import Document
from floe_ls.ide.diagnostics import CODES, diagnostics
from floe_ls.ide.model import Diagnostic, Related
from floe_ls.schema.meta import Severity
from floe_ls.text import Span

Checked = list[tuple[Document, list[Diagnostic]]]


def check(paths: Sequence[str], form: str, *, offline: bool = False) -> int:
    """Prints what is wrong; 1 where something is an error, else 0. Raises Refused for a path that is not there."""
    workspace = Workspace(offline)
    progress = Progress()
    documents = workspace.load(paths, progress)
    checked: Checked = []
    for number, document in enumerate(documents):
        progress.show("checking", number, len(documents))
        checked.append((document, diagnostics(workspace.snapshot, document)))
    progress.clear()
    printer = {"text": _text, "json": _json, "sarif": _sarif, "github": _github}[form]
    sys.stdout.write(printer(checked))
    sys.stdout.flush()
    return int(any(d.severity is Severity.ERROR for _, found in checked for d in found))


# --- json: the form is fixed (lines and characters from 0, characters in UTF-16 units)


def _json(checked: Checked) -> str:
    files = [
        {
            "path": document.label,
            "kind": document.kind.value,
            "dialect": document.dialect.value,
            "diagnostics": [_diagnostic(document, d) for d in found],
        }
        for document, found in checked
    ]
    summary = {"files": len(checked), "errors": _count(checked, Severity.ERROR),
               "warnings": _count(checked, Severity.WARNING)}  # fmt: skip
    return json.dumps({"files": files, "summary": summary}, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(document: Document, d: Diagnostic) -> dict[str, Any]:
    return {
        "code": d.code,
        "severity": d.severity.value,
        "message": d.message,
        "range": _range(document, d.span),
        "related": [_related(r) for r in d.related],
        "href": CODES[d.code].href,
    }


def _related(related: Related) -> dict[str, Any]:
    document = related.document
    place = {"ref": document.ref} if document.ref else {"path": document.label}
    return {**place, "range": _range(document, related.span), "message": related.message}


def _range(document: Document, span: Span) -> dict[str, Any]:
    start, end = document.lines.position(span.start), document.lines.position(span.end)
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def _count(checked: Checked, severity: Severity) -> int:
    return sum(d.severity is severity for _, found in checked for d in found)


# --- text


_COLOUR = {
    Severity.ERROR: RED,
    Severity.WARNING: YELLOW,
    Severity.INFORMATION: BLUE,
    Severity.HINT: CYAN,
}


def _text(checked: Checked) -> str:
    style = Style()
    out: list[str] = []
    hints = 0
    for document, found in checked:
        for d in found:
            if d.severity is Severity.HINT:
                hints += 1
                continue
            out.append(_report(document, d, style))
    errors, warnings = _count(checked, Severity.ERROR), _count(checked, Severity.WARNING)
    files = _plural(len(checked), "file")
    if not checked:
        out.append("No manifests or data products here.\n")
    elif not errors and not warnings:
        out.append(f"{style('No errors', GREEN, BOLD)} in {files}.\n")
    else:
        counts = []
        if errors:
            counts.append(style(_plural(errors, "error"), RED, BOLD))
        if warnings:
            counts.append(style(_plural(warnings, "warning"), YELLOW, BOLD))
        out.append(f"{' and '.join(counts)} in {files}.\n")
    if hints:
        out.append(style(f"{_plural(hints, 'hint')} not shown; --format json has them.\n", DIM))
    return "".join(out)


def _report(document: Document, d: Diagnostic, style: Style) -> str:
    """Place, code and message, the line with the range underlined, what decided, and what would mend it."""
    colour = _COLOUR[d.severity]
    line, column = document.lines.position(d.span.start)
    head = f"{style(f'{document.label}:{line + 1}:{column + 1}', BOLD)}: "
    head += f"{style(d.severity.value, colour, BOLD)}[{d.code}] {d.message}\n"
    body = _excerpt(document, d.span, style, colour)
    for related in d.related:
        at, col = related.document.lines.position(related.span.start)
        place = f"{related.document.name}:{at + 1}:{col + 1}"
        body += f"  {style('→', DIM)} {place}: {related.message}\n"
        body += _excerpt(related.document, related.span, style, CYAN)
    best = sorted(d.fixes, key=lambda fix: not fix.preferred)[:3]
    if best:
        body += f"  {style('fix:', GREEN)} {' | '.join(fix.title for fix in best)}\n"
    return head + body + "\n"


def _excerpt(document: Document, span: Span, style: Style, colour: int) -> str:
    lines = document.lines
    line = lines.position(span.start)[0]
    start = span.start - lines.starts[line]
    text = lines.line(line)
    end = min(max(span.end - lines.starts[line], start + 1), max(len(text), start + 1))
    if len(text) > 160:  # a line too long to show whole: what is around the place
        cut = max(start - 60, 0)
        text, start, end = text[cut : cut + 160], start - cut, min(end - cut, 160)
    lead = "".join("\t" if c == "\t" else " " * _cells(c) for c in text[:start])
    marks = "^" * max(sum(_cells(c) for c in text[start:end]), 1)
    number = f"{line + 1:>5}"
    return f"{style(f'{number} |', DIM)} {text}\n{style('      |', DIM)} {lead}{style(marks, colour, BOLD)}\n"


def _cells(character: str) -> int:
    """How wide a terminal draws a character."""
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- github: annotations of a workflow run


def _github(checked: Checked) -> str:
    names = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    out = []
    for document, found in checked:
        for d in found:
            line, column = document.lines.position(d.span.start)
            end_line, end = document.lines.position(d.span.end)
            kind = names.get(d.severity, "notice")
            if d.severity is Severity.HINT:
                continue
            place = f"file={_property(document.label)},line={line + 1},endLine={end_line + 1}"
            if line == end_line:
                place += f",col={column + 1},endColumn={end + 1}"
            message = d.message + "".join(
                f"\n{r.document.name}:{r.document.lines.position(r.span.start)[0] + 1}: {r.message}"
                for r in d.related
            )
            out.append(f"::{kind} {place},title={_property(d.code)}::{_data(message)}\n")
    return "".join(out)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- sarif 2.1.0


def _sarif(checked: Checked) -> str:
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    used = sorted({d.code for _, found in checked for d in found})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].summary},
            "helpUri": CODES[code].href,
        }
        for code in used
    ]
    results = [
        {
            "ruleId": d.code,
            "ruleIndex": used.index(d.code),
            "level": levels.get(d.severity, "note"),
            "message": {"text": d.message},
            "locations": [{"physicalLocation": _physical(document, d.span)}],
            "relatedLocations": [
                {
                    "physicalLocation": _physical(r.document, r.span),
                    "message": {"text": r.message},
                }
                for r in d.related
            ],
        }
        for document, found in checked
        for d in found
    ]
    driver = {
        "name": "floe-language-server",
        "version": floe_ls.__version__,
        "rules": rules,
    }
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return (
        json.dumps(
            {
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [run],
            },
            indent=2,
        )
        + "\n"
    )


def _physical(document: Document, span: Span) -> dict[str, Any]:
    from urllib.parse import quote

    (line, column), (end_line, end) = map(document.lines.position, (span.start, span.end))
    uri = document.ref or quote(document.label)
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": line + 1,
            "startColumn": column + 1,
            "endLine": end_line + 1,
            "endColumn": end + 1,
        },
    }
